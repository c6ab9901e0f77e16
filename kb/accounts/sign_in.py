"""Signing in and out: passwords checked at a pace, sessions kept on the server.

Every try is counted before the password is looked at, so that none of several at once passes uncounted. A browser in
which the person has signed in before counts by itself: whoever tries passwords from elsewhere cannot keep them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Engine, Row, delete, insert, select, update

from kb.accounts.model import Session, SessionId, User, UserId
from kb.accounts.people import end_everything, user_of
from kb.accounts.secrets import HashingBusyError, Passwords, fingerprint, new_secret
from kb.accounts.tables import invitations, sessions, users
from kb.clock import Clock
from kb.pacing.pacer import Pace, Pacer
from kb.storage.database import reading, writing
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds

PACE_MINUTES = 15
LOGIN_FROM_NETWORK = Pace("sign-in: login from a network", 5, PACE_MINUTES)
LOGIN = Pace("sign-in: login", 50, PACE_MINUTES)
NETWORK = Pace("sign-in: network", 30, PACE_MINUTES)
EVERYBODY = Pace("sign-in: everybody", 600, PACE_MINUTES)
"""What strangers may try: a tenth of one core at most."""

DEVICE = Pace("sign-in: device", 10, PACE_MINUTES)
"""What a browser may try in which the person signed in before; nobody else's tries count there."""

PROOF = Pace("proof", 10, PACE_MINUTES)
"""How often a session may be asked for the password again."""

FRESH = timedelta(minutes=10)
"""How long after signing in through a provider somebody may change what a password would be asked for."""

IDLE_LIFE = timedelta(hours=12)
LONGEST_LIFE = timedelta(days=14)
_SEEN_STEP = timedelta(minutes=5)
"""A session's last use is written at most this often."""


class Refusal(StrEnum):
    """Why somebody is not signed in; unknown login and wrong password are the same to whoever tries."""

    WRONG = "wrong"
    SLOWED_DOWN = "slowed-down"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser in which somebody signed in before; only we can have said so.

    Attributes:
        stamp: Of the person at that time.
        name: Tells their browsers apart.
    """

    user: UserId
    stamp: str
    name: str


@dataclass(frozen=True, slots=True)
class Caller:
    """From where somebody tries to sign in.

    Attributes:
        network: Network of their address.
    """

    network: str = ""
    device: KnownDevice | None = None


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
        pacer: Counts tries.
    """

    def __init__(self, engine: Engine, clock: Clock, passwords: Passwords, pacer: Pacer) -> None:
        self._engine = engine
        self._clock = clock
        self._passwords = passwords
        self._pacer = pacer

    def with_password(self, login: str, password: str, caller: Caller = Caller()) -> OpenedSession | Refusal:
        """Check a password and open a session.

        Args:
            login: As typed.
            caller: Where the try comes from; each place has a pace of its own.
        """
        login = login.strip().lower()
        row = self._row(login) if caller.device else None
        known = row is not None and _is_known(caller.device, row)
        if not known and not self._has_room(login, caller):
            return Refusal.SLOWED_DOWN
        try:
            with self._passwords.place(known=known):
                if not self._may_try(login, caller, known=known):
                    return Refusal.SLOWED_DOWN
                row = row or self._row(login)
                stored = row.password if row is not None and row.active else None
                if not self._passwords.matches(password, stored) or row is None:
                    return Refusal.WRONG
                self._renew(row, password)
        except HashingBusyError:
            return Refusal.BUSY
        self._forget_tries(login, caller)
        return self.open(user_of(row))

    def prove(self, session: Session, password: str) -> Refusal | None:
        """Check the password of somebody who is signed in, before what must not be done by a stolen session.

        Returns:
            Why it is not believed; None if it is right.
        """
        try:
            with self._passwords.place(known=True):
                if not self._pacer.take(PROOF, session.id):
                    return Refusal.SLOWED_DOWN
                row = self._row(session.user.login)
                if row is None or not self._passwords.matches(password, row.password):
                    return Refusal.WRONG
        except HashingBusyError:
            return Refusal.BUSY
        self._pacer.forget(PROOF, session.id)
        return None

    def is_fresh(self, session: Session) -> bool:
        """Tell whether the person proved but now who they are; what counts for somebody without a password."""
        return self._clock.now() - session.proved <= FRESH

    def accept_invitation(self, secret: str, password: str) -> OpenedSession | None:
        """Set a password by a one-time link and open a session; None if the link is used up.

        Everything that rested on an earlier password ends: a link is also how an account is taken back.

        Raises:
            WeakPasswordError: The password is too short, too long or easy to guess; the link stays good.
            HashingBusyError: Too many passwords are being checked; likewise.
        """
        now = instant_to_microseconds(self._clock.now())
        wanted = (invitations.c.secret == fingerprint(secret)) & (invitations.c.expires > now)
        invited = select(users).join(invitations, invitations.c.user == users.c.id).where(wanted, users.c.active == 1)
        with reading(self._engine) as connection:
            person = connection.execute(invited).first()
        if person is None:
            return None
        with self._passwords.place(known=True):
            stored = self._passwords.hash(password, (person.login, person.name))
        with writing(self._engine) as connection:
            if connection.execute(delete(invitations).where(wanted)).rowcount == 0:
                return None  # somebody else was faster
            connection.execute(update(users).where(users.c.id == person.id).values(password=stored))
            end_everything(connection, UserId(person.id))
            row = connection.execute(select(users).where(users.c.id == person.id)).one()
        return self.open(user_of(row))

    def open(self, user: User, proved: datetime | None = None) -> OpenedSession:
        """Open a session for somebody who has proved who they are.

        Args:
            proved: When, if a provider says that it was earlier than now.
        """
        now = self._clock.now()
        secret = new_secret()
        session = Session(SessionId(uuid4().hex), user, now, now + LONGEST_LIFE, min(proved or now, now))
        with writing(self._engine) as connection:
            connection.execute(
                insert(sessions).values(
                    secret=fingerprint(secret),
                    id=session.id,
                    user=user.id,
                    opened=instant_to_microseconds(now),
                    seen=instant_to_microseconds(now),
                    expires=instant_to_microseconds(session.expires),
                    proved=instant_to_microseconds(session.proved),
                )
            )
            connection.execute(delete(sessions).where(sessions.c.expires <= instant_to_microseconds(now)))
        return OpenedSession(secret, session)

    def session(self, secret: str) -> Session | None:
        """Return the session of a cookie; None if it ended, idled too long or its person was blocked."""
        now = self._clock.now()
        of_session = (sessions.c.opened, sessions.c.seen, sessions.c.expires, sessions.c.proved)
        query = select(sessions.c.id.label("session"), *of_session, users)
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
        opened = instant_from_microseconds(row.opened)
        proved = opened if row.proved is None else instant_from_microseconds(row.proved)
        return Session(SessionId(row.session), user_of(row), opened, expires, proved)

    def close(self, secret: str) -> None:
        """End one session."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.secret == fingerprint(secret)))

    def _touch(self, secret: str, now: datetime) -> None:
        with writing(self._engine) as connection:
            seen = update(sessions).where(sessions.c.secret == fingerprint(secret))
            connection.execute(seen.values(seen=instant_to_microseconds(now)))

    def _row(self, login: str) -> Row[tuple[object, ...]] | None:
        with reading(self._engine) as connection:
            return connection.execute(select(users).where(users.c.login == login)).first()

    def _renew(self, row: Row[tuple[object, ...]], password: str) -> None:
        """Store a hash of today's parameters; the password itself is the same, and as good as it was."""
        if self._passwords.is_outdated(row.password):
            fresh = self._passwords.rehash(password)
            with writing(self._engine) as connection:
                connection.execute(update(users).where(users.c.id == row.id).values(password=fresh))

    def _has_room(self, login: str, caller: Caller) -> bool:
        """Tell at no cost whether a stranger is not already refused: they need no place among those who wait."""
        from_network = self._pacer.has_room(LOGIN_FROM_NETWORK, login, caller.network)
        return from_network and self._pacer.has_room(NETWORK, caller.network)

    def _may_try(self, login: str, caller: Caller, *, known: bool) -> bool:
        """Count a try, by what is nearest to the caller first: who is refused there takes nothing from others."""
        if known and caller.device is not None:
            return self._pacer.take(DEVICE, caller.device.user, caller.device.name)
        return (
            self._pacer.take(LOGIN_FROM_NETWORK, login, caller.network)
            and self._pacer.take(NETWORK, caller.network)
            and self._pacer.take(LOGIN, login)
            and self._pacer.take(EVERYBODY)
        )

    def _forget_tries(self, login: str, caller: Caller) -> None:
        self._pacer.forget(LOGIN_FROM_NETWORK, login, caller.network)
        if caller.device is not None:
            self._pacer.forget(DEVICE, caller.device.user, caller.device.name)


def _is_known(device: KnownDevice | None, row: Row[tuple[object, ...]]) -> bool:
    return device is not None and (device.user, device.stamp) == (row.id, row.stamp)
