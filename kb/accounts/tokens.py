"""API tokens: shown once, kept as fingerprints, revocable, never worth more than their owner's roles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import Engine, Row, delete, insert, select, update

from kb.accounts.model import SCOPE_PERMISSIONS, ApiToken, Scope, TokenId, User, UserId
from kb.accounts.people import user_of
from kb.accounts.secrets import fingerprint, new_secret
from kb.accounts.tables import api_tokens, users
from kb.clock import Clock
from kb.errors import UserError
from kb.storage.database import reading, writing
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds

PREFIX = "dalil_"
"""Marks the secret, so that scanners for leaked secrets can find it."""


_USED_STEP = timedelta(minutes=5)
"""A token's last use is written at most this often."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever calls with a token.

    Attributes:
        scopes: Scopes of the token that its owner's roles still cover.
    """

    user: User
    scopes: frozenset[Scope]


class ApiTokens:
    """Makes, checks and revokes tokens.

    Args:
        engine: The database.
        clock: Tells when a token was made and used.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def issue(self, user: User, name: str, scopes: Collection[Scope]) -> str:
        """Return the secret of a new token; it cannot be shown again.

        Raises:
            UserError: No name, no scope, or a scope beyond what the person may do.
        """
        if not name.strip() or not scopes:
            raise UserError("Give the token a name and at least one scope.")
        beyond = sorted(scope for scope in scopes if not user.may(SCOPE_PERMISSIONS[scope]))
        if beyond:
            raise UserError(f"{user.name} may not do what these scopes allow: {', '.join(beyond)}.")
        secret = PREFIX + new_secret()
        with writing(self._engine) as connection:
            connection.execute(
                insert(api_tokens).values(
                    secret=fingerprint(secret),
                    id=uuid4().hex,
                    user=user.id,
                    name=name.strip()[:200],
                    scopes=" ".join(sorted(scopes)),
                    made=instant_to_microseconds(self._clock.now()),
                )
            )
        return secret

    def bearer(self, secret: str) -> Bearer | None:
        """Return who calls with a token; None if it is unknown, revoked, or its owner blocked."""
        is_it = api_tokens.c.secret == fingerprint(secret)
        query = select(api_tokens.c.scopes, api_tokens.c.used, users).join(users, users.c.id == api_tokens.c.user)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(is_it)).first()
        if row is None or not row.active:
            return None
        now = self._clock.now()
        if row.used is None or now - instant_from_microseconds(row.used) > _USED_STEP:
            with writing(self._engine) as connection:
                connection.execute(update(api_tokens).where(is_it).values(used=instant_to_microseconds(now)))
        user = user_of(row)
        scopes = (Scope(scope) for scope in row.scopes.split())
        return Bearer(user, frozenset(scope for scope in scopes if user.may(SCOPE_PERMISSIONS[scope])))

    def of(self, user: UserId) -> tuple[ApiToken, ...]:
        """Return the tokens of a person, newest first."""
        query = select(api_tokens).where(api_tokens.c.user == user).order_by(api_tokens.c.made.desc(), api_tokens.c.id)
        with reading(self._engine) as connection:
            return tuple(_token(row) for row in connection.execute(query))

    def revoke(self, user: UserId, token: TokenId) -> bool:
        """Delete a token of a person; returns whether there was one."""
        wanted = (api_tokens.c.user == user) & (api_tokens.c.id == token)
        with writing(self._engine) as connection:
            return connection.execute(delete(api_tokens).where(wanted)).rowcount > 0


def _token(row: Row[tuple[object, ...]]) -> ApiToken:
    return ApiToken(
        TokenId(row.id),
        UserId(row.user),
        row.name,
        frozenset(Scope(scope) for scope in row.scopes.split()),
        instant_from_microseconds(row.made),
        instant_from_microseconds(row.used) if row.used is not None else None,
    )
