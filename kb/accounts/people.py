"""The people of the desk in the database: made, changed, invited, listed."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from kb.accounts.model import Role, User, UserId
from kb.accounts.secrets import Passwords, fingerprint, new_secret
from kb.accounts.tables import api_tokens, invitations, sessions, users
from kb.clock import Clock
from kb.errors import UserError
from kb.model import Language
from kb.storage.database import reading, writing
from kb.storage.event_rows import instant_to_microseconds

INVITATION_LIFE = timedelta(days=7)
_LOGIN = re.compile(r"[^\s@]+(@[^\s@]+\.[^\s@]+)?")
_LONGEST_NAME = 200


class LastAdminError(UserError):
    """Nobody would be left who can manage people."""

    def __init__(self) -> None:
        super().__init__("This is the last account that can manage people; make another one first.")


class People:
    """Keeps the accounts.

    Args:
        engine: The database.
        clock: Tells when invitations end.
        passwords: Hashes passwords.
    """

    def __init__(self, engine: Engine, clock: Clock, passwords: Passwords) -> None:
        self._engine = engine
        self._clock = clock
        self._passwords = passwords

    def add(self, login: str, name: str, roles: Collection[Role], lang: Language = Language.AR) -> User:
        """Make an account that cannot sign in before a password is set or an invitation accepted.

        Raises:
            UserError: The login is taken or malformed, the name is empty, or there is no role.
        """
        login = normal_login(login)
        if not name.strip() or len(name) > _LONGEST_NAME:
            raise UserError("Give the person a name of at most 200 characters.")
        with writing(self._engine) as connection:
            _check_free(connection, login)
            user = User(UserId(uuid4().hex), login, name.strip(), lang, _some(roles), True, new_secret())
            connection.execute(insert(users).values(**_columns(user), stamp=user.stamp, password=None))
        return user

    def all(self) -> tuple[User, ...]:
        """Return everybody, by login."""
        with reading(self._engine) as connection:
            return tuple(user_of(row) for row in connection.execute(select(users).order_by(users.c.login)))

    def get(self, user: UserId) -> User | None:
        """Return a person by id."""
        with reading(self._engine) as connection:
            row = connection.execute(select(users).where(users.c.id == user)).first()
        return user_of(row) if row else None

    def by_login(self, login: str) -> User | None:
        """Return a person by login, in whatever case it is typed."""
        with reading(self._engine) as connection:
            row = connection.execute(select(users).where(users.c.login == login.strip().lower())).first()
        return user_of(row) if row else None

    def change(
        self, user: UserId, *, name: str, roles: Collection[Role], lang: Language, active: bool, login: str = ""
    ) -> User:
        """Change a person; a new login, and the end of the right to sign in, end everything that rested on the old.

        Args:
            login: The new login; empty: the old one stays.

        Raises:
            UserError: Unknown person, no role, a login that is taken or malformed, or nobody would be left who can
                manage people.
        """
        with writing(self._engine) as connection:
            row = connection.execute(select(users).where(users.c.id == user)).first()
            if row is None:
                raise UserError("There is no such account.")
            new_login = normal_login(login) if login else row.login
            if new_login != row.login:
                _check_free(connection, new_login)
            changed = User(user, new_login, name.strip() or row.name, lang, _some(roles), active)
            if not (active and Role.ADMIN in changed.roles) and _admins(connection) == {user}:
                raise LastAdminError
            connection.execute(update(users).where(users.c.id == user).values(**_columns(changed)))
            if not active or new_login != row.login:
                end_everything(connection, user)
        return changed

    def set_password(self, user: UserId, password: str) -> None:
        """Set a password and end everything that rested on the old one.

        Raises:
            UserError: There is no such account, or too many passwords are being set.
            WeakPasswordError: The password is too short, too long or easy to guess.
        """
        if (known := self.get(user)) is None:
            raise UserError("There is no such account.")
        with self._passwords.place(known=True):
            stored = self._passwords.hash(password, (known.login, known.name))
        with writing(self._engine) as connection:
            connection.execute(update(users).where(users.c.id == user).values(password=stored))
            end_everything(connection, user)

    def end_everything(self, user: UserId) -> None:
        """Sign a person out everywhere, and end their API tokens, panels, known devices and invitations."""
        with writing(self._engine) as connection:
            end_everything(connection, user)

    def invite(self, user: UserId) -> str:
        """Return the secret of a one-time link with which the person sets a password; earlier links end."""
        secret = new_secret()
        expires = instant_to_microseconds(self._clock.now() + INVITATION_LIFE)
        with writing(self._engine) as connection:
            connection.execute(delete(invitations).where(invitations.c.user == user))
            connection.execute(insert(invitations).values(secret=fingerprint(secret), user=user, expires=expires))
        return secret

    def invited(self, secret: str) -> User | None:
        """Return whom an invitation is for; None if it was used, replaced or has expired."""
        now = instant_to_microseconds(self._clock.now())
        wanted = (invitations.c.secret == fingerprint(secret)) & (invitations.c.expires > now)
        with reading(self._engine) as connection:
            row = connection.execute(
                select(users).join(invitations, invitations.c.user == users.c.id).where(wanted)
            ).first()
        return user_of(row) if row else None

    def is_empty(self) -> bool:
        """Return whether there is no account at all yet."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(users)).scalar() == 0


def normal_login(login: str) -> str:
    """Return a login as it is stored.

    Raises:
        UserError: It is empty, too long, holds spaces, or looks like a broken e-mail address.
    """
    normal = login.strip().lower()
    if not _LOGIN.fullmatch(normal) or len(normal) > _LONGEST_NAME:
        raise UserError("Write a login without spaces, or an e-mail address.")
    return normal


def user_of(row: Row[tuple[object, ...]]) -> User:
    """Return the person of a row of `users`."""
    roles = frozenset(Role(role) for role in row.roles.split())
    return User(
        UserId(row.id),
        row.login,
        row.name,
        Language(row.lang),
        roles,
        bool(row.active),
        row.stamp,
        has_password=row.password is not None,
    )


def end_everything(connection: Connection, user: UserId) -> None:
    """End whatever the credentials of a person gave, whoever has it: sessions, tokens, marks and invitations."""
    for table in (sessions, api_tokens, invitations):
        connection.execute(delete(table).where(table.c.user == user))
    connection.execute(update(users).where(users.c.id == user).values(stamp=new_secret()))


def _columns(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "login": user.login,
        "name": user.name,
        "lang": user.lang,
        "roles": " ".join(sorted(user.roles)),
        "active": int(user.active),
    }


def _check_free(connection: Connection, login: str) -> None:
    if connection.execute(select(users.c.id).where(users.c.login == login)).first():
        raise UserError(f"There is an account {login} already.")


def _some(roles: Collection[Role]) -> frozenset[Role]:
    if not roles:
        raise UserError("Give the account at least one role.")
    return frozenset(roles)


def _admins(connection: Connection) -> set[UserId]:
    everybody = (user_of(row) for row in connection.execute(select(users)))
    return {user.id for user in everybody if user.active and Role.ADMIN in user.roles}
