"""Signing in and out: passwords checked, failures slowed down, sessions kept on the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Engine, delete, func, insert, select, update

from kb.accounts.model import Session, SessionId, User, UserId
from kb.accounts.people import user_of
from kb.accounts.secrets import Passwords, fingerprint, new_secret
from kb.clock import Clock
from kb.storage.account_tables import failed_sign_ins, invitations, sessions, users
from kb.storage.database import reading, writing
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds

FAILURES_ALLOWED = 5
FAILURE_MEMORY = timedelta(minutes=15)
IDLE_LIFE = timedelta(hours=12)
LONGEST_LIFE = timedelta(days=14)
_SEEN_STEP = timedelta(minutes=5)
"""A session's last use is written at most this often."""


class Refusal(StrEnum):
    """Why somebody is not signed in; unknown login and wrong password are the same to whoever tries."""

    WRONG = "wrong"
    SLOWED_DOWN = "slowed-down"


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session.

    Attributes:
        secret: What the browser's cookie holds.
    """

    secret: str
    session: Session


class SignIn:
    """Opens, checks and ends sessions.

    Args:
        engine: The database.
        clock: Tells when sessions and failures end.
        passwords: Checks passwords.
    """

    def __init__(self, engine: Engine, clock: Clock, passwords: Passwords) -> None:
        self._engine = engine
        self._clock = clock
        self._passwords = passwords

    def with_password(self, login: str, password: str) -> OpenedSession | Refusal:
        """Check a password and open a session.

        After five failures within 15 minutes a login is refused without a look at the password.
        """
        login = login.strip().lower()
        subject = fingerprint(login)
        if self._is_slowed_down(subject):
            return Refusal.SLOWED_DOWN
        with reading(self._engine) as connection:
            row = connection.execute(select(users).where(users.c.login == login)).first()
        stored = row.password if row is not None and row.active else None
        if not self._passwords.matches(password, stored) or row is None:
            self._remember_failure(subject)
            return Refusal.WRONG
        if self._passwords.is_outdated(row.password):
            with writing(self._engine) as connection:
                fresh = self._passwords.hash(password)
                connection.execute(update(users).where(users.c.id == row.id).values(password=fresh))
        self._forget_failures(subject)
        return self.open(user_of(row))

    def accept_invitation(self, secret: str, password: str) -> OpenedSession | None:
        """Set the first password by a one-time link and open a session; None if the link is used up.

        Raises:
            UserError: The password is too short or too long; the link stays good.
        """
        stored = self._passwords.hash(password)
        now = instant_to_microseconds(self._clock.now())
        with writing(self._engine) as connection:
            wanted = (invitations.c.secret == fingerprint(secret)) & (invitations.c.expires > now)
            user = connection.execute(select(invitations.c.user).where(wanted)).scalar()
            if user is None:
                return None
            connection.execute(delete(invitations).where(invitations.c.user == user))
            connection.execute(update(users).where(users.c.id == user).values(password=stored))
            row = connection.execute(select(users).where((users.c.id == user) & (users.c.active == 1))).first()
        return self.open(user_of(row)) if row else None

    def open(self, user: User) -> OpenedSession:
        """Open a session for somebody who has proved who they are."""
        now = self._clock.now()
        secret = new_secret()
        session = Session(SessionId(uuid4().hex), user, now, now + LONGEST_LIFE)
        with writing(self._engine) as connection:
            connection.execute(
                insert(sessions).values(
                    secret=fingerprint(secret),
                    id=session.id,
                    user=user.id,
                    opened=instant_to_microseconds(now),
                    seen=instant_to_microseconds(now),
                    expires=instant_to_microseconds(session.expires),
                )
            )
            connection.execute(delete(sessions).where(sessions.c.expires <= instant_to_microseconds(now)))
        return OpenedSession(secret, session)

    def session(self, secret: str) -> Session | None:
        """Return the session of a cookie; None if it ended, idled too long or its person was blocked."""
        now = self._clock.now()
        query = select(sessions.c.id.label("session"), sessions.c.opened, sessions.c.seen, sessions.c.expires, users)
        query = query.join(users, users.c.id == sessions.c.user).where(sessions.c.secret == fingerprint(secret))
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None or not row.active:
            return None
        seen, expires = instant_from_microseconds(row.seen), instant_from_microseconds(row.expires)
        if now >= expires or now - seen > IDLE_LIFE:
            return None
        if now - seen > _SEEN_STEP:
            self._touch(secret, now)
        return Session(SessionId(row.session), user_of(row), instant_from_microseconds(row.opened), expires)

    def close(self, secret: str) -> None:
        """End one session."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.secret == fingerprint(secret)))

    def close_everywhere(self, user: UserId) -> int:
        """End all sessions of a person; returns how many there were."""
        with writing(self._engine) as connection:
            return connection.execute(delete(sessions).where(sessions.c.user == user)).rowcount

    def _touch(self, secret: str, now: datetime) -> None:
        with writing(self._engine) as connection:
            seen = update(sessions).where(sessions.c.secret == fingerprint(secret))
            connection.execute(seen.values(seen=instant_to_microseconds(now)))

    def _is_slowed_down(self, subject: str) -> bool:
        recent = failed_sign_ins.c.at > instant_to_microseconds(self._clock.now() - FAILURE_MEMORY)
        query = select(func.count()).where((failed_sign_ins.c.subject == subject) & recent)
        with reading(self._engine) as connection:
            return (connection.execute(query).scalar() or 0) >= FAILURES_ALLOWED

    def _remember_failure(self, subject: str) -> None:
        now = self._clock.now()
        with writing(self._engine) as connection:
            old = failed_sign_ins.c.at <= instant_to_microseconds(now - FAILURE_MEMORY)
            connection.execute(delete(failed_sign_ins).where(old))
            connection.execute(insert(failed_sign_ins).values(subject=subject, at=instant_to_microseconds(now)))

    def _forget_failures(self, subject: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(failed_sign_ins).where(failed_sign_ins.c.subject == subject))
