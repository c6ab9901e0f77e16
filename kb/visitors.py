"""Tells visitors apart without knowing them: keyed hashes of a random first-party cookie, salts that are destroyed.

Weeks are counted from 1970. A new cookie belongs to the week in which it is made and is hashed with that week's salt
for as long as the salt lives: to the end of the following week. Then the salt is deleted, and nothing can join the
cookie to what was recorded. Within one week a cookie therefore has exactly one key, and a journey is cut only if a
reader keeps coming back, without a week's pause, past the end of their salt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.exc import SQLAlchemyError

from kb.clock import Clock
from kb.events import VisitorKey
from kb.storage.database import insert_new, reading, writing
from kb.storage.engines import WriteRefusedError
from kb.storage.tables import salts

SALT_PERIOD = timedelta(days=7)
"""How long a salt is given to new cookies; it lives as long again, the longest deflection window."""

COOKIE_AGE = SALT_PERIOD
"""What to set as the cookie's age, renewed with every page: after a week's pause there is nothing left to join."""

LONGEST_WAIT_S = 0.05
"""How long a page waits for the right to write a salt; without one its visitor is joined to nothing."""

PAUSE = timedelta(seconds=1)
"""After a page waited in vain, how long no other tries."""

_COOKIE = re.compile(r"([0-9]{1,6})\.([A-Za-z0-9_-]{22})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who cannot be known again once their salt is destroyed.

    Attributes:
        cookie: Value to set in the first-party cookie: the one received, or a new one.
    """

    key: VisitorKey
    cookie: str


class VisitorKeys:
    """Turns cookies into visitor keys.

    Args:
        engine: Database that keeps the salts, so that all server processes share them.
        random_bytes: Source of randomness, given a length in bytes.
    """

    def __init__(
        self, engine: Engine, clock: Clock, random_bytes: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._random_bytes = random_bytes
        self._salts: dict[int, bytes] = {}
        self._refused_at: datetime | None = None

    def identify(self, cookie: str | None) -> Visitor:
        """Return the visitor of a cookie, or a new visitor where the cookie is missing, malformed or too old.

        Never raises for a failing database: the visitor then gets a key that joins nothing.
        """
        week = _week(self._clock.now())
        match = _COOKIE.fullmatch(cookie or "")
        if match and int(match[1]) in {week, week - 1}:
            cookie_week, token = int(match[1]), match[2]
        else:
            cookie_week, token = week, _random_token(self._random_bytes)
        try:
            salt = self._salt(cookie_week)
        except SQLAlchemyError as error:
            _log.warning("there is no salt for visitors, whose events will not be joined: %s", type(error).__name__)
            salt = self._random_bytes(32)
        digest = hmac.new(salt, token.encode("ascii"), hashlib.sha256).hexdigest()
        return Visitor(VisitorKey(digest[:32]), f"{cookie_week}.{token}")

    def _salt(self, week: int) -> bytes:
        if (known := self._salts.get(week)) is not None:
            return known
        stored = _stored_salt(self._engine, week) or self._made_salt(week)
        self._salts = {kept: salt for kept, salt in self._salts.items() if kept >= week - 1} | {week: stored}
        return stored

    def _made_salt(self, week: int) -> bytes:
        """Make a salt that nobody made ahead; a page waits for it, hence only for a moment, and one at a time."""
        now = self._clock.now()
        if self._refused_at is not None and abs(now - self._refused_at) < PAUSE:
            raise WriteRefusedError("others were writing a moment ago")
        self._refused_at = now
        made = _make_salt(self._engine, week, self._random_bytes(32), lock_s=LONGEST_WAIT_S)
        self._refused_at = None
        return made


def prepare_salts(engine: Engine, now: datetime, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
    """Make the salts of this week and the next, if they are missing, so that no page has to.

    Raises:
        SQLAlchemyError: The database failed, or others are writing to it.
    """
    for week in (_week(now), _week(now) + 1):
        if _stored_salt(engine, week) is None:
            _make_salt(engine, week, random_bytes(32), lock_s=None)


def _stored_salt(engine: Engine, week: int) -> bytes | None:
    with reading(engine) as connection:
        stored = connection.execute(select(salts.c.secret).where(salts.c.week == week)).scalar_one_or_none()
    return None if stored is None else bytes(stored)


def _make_salt(engine: Engine, week: int, fresh: bytes, *, lock_s: float | None) -> bytes:
    """Return the salt that is stored in the end: another process may be first."""
    with writing(engine, lock_s=lock_s) as connection:
        connection.execute(insert_new(connection, salts, ["week"]), {"week": week, "secret": fresh})
        return bytes(connection.execute(select(salts.c.secret).where(salts.c.week == week)).scalar_one())


def destroy_old_salts(engine: Engine, now: datetime) -> int:
    """Delete the salts whose visitors can no longer be joined, and return how many there were."""
    with writing(engine) as connection:
        return connection.execute(delete(salts).where(salts.c.week < _week(now) - 1)).rowcount


def salt_weeks(engine: Engine) -> tuple[int, ...]:
    """Return the weeks, counted from 1970, whose salts still exist, ascending."""
    with reading(engine) as connection:
        return tuple(connection.execute(select(salts.c.week).order_by(salts.c.week)).scalars())


def _week(instant: datetime) -> int:
    return (instant - _EPOCH) // SALT_PERIOD


def _random_token(random_bytes: Callable[[int], bytes]) -> str:
    return base64.urlsafe_b64encode(random_bytes(16)).decode("ascii").rstrip("=")
