"""Says whether somebody goes too fast. Subjects, as addresses and logins, are kept as keyed fingerprints only."""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from kb.clock import Clock
from kb.errors import OperatorError
from kb.pacing.counts import SharedCounts

DIRECTORY = "limits"
PAUSE_AFTER_FAILURE = timedelta(seconds=5)
"""While it lasts, a storage that did not answer is not asked: nobody waits for it again and again."""

LONGEST_WAIT_S = 0.25
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a subject may do something.

    Attributes:
        name: What is done; paces of one name share a count.
        most: How often within the time; 0 means no limit.
        minutes: The time.
    """

    name: str
    most: int
    minutes: int = 1

    @property
    def retry_after_s(self) -> int:
        """Return after how long it is worth trying again, at the latest."""
        return self.minutes * 60


class Pacer:
    """Counts what subjects do.

    Args:
        clock: Tells when a count ends.
        storage: Where the counts are; None: in the memory of this process.
        key: Makes the fingerprints; processes that share a storage share the key. Empty: a random one.
    """

    def __init__(self, clock: Clock, storage: Storage | None = None, key: str = "") -> None:
        self._clock = clock
        self._local = SharedCounts(lambda: clock.now().timestamp())
        self._limiter = FixedWindowRateLimiter(storage or self._local)
        self._without_storage = FixedWindowRateLimiter(self._local)
        self._key = hashlib.blake2b((key or secrets.token_hex()).encode(), digest_size=32).digest()
        self._asked_again = datetime.min.replace(tzinfo=UTC)

    def take(self, pace: Pace, *subject: str) -> bool:
        """Count one of a subject, and tell whether it is within the pace; of several at once, no more pass than may."""
        return pace.most == 0 or self._ask("hit", pace, subject)

    def has_room(self, pace: Pace, *subject: str) -> bool:
        """Tell whether one more is within the pace, without counting it."""
        return pace.most == 0 or self._ask("test", pace, subject)

    def forget(self, pace: Pace, *subject: str) -> None:
        """Begin anew for a subject."""
        if pace.most:
            self._ask("clear", pace, subject)

    def _ask(self, method: str, pace: Pace, subject: tuple[str, ...]) -> bool:
        """Ask the storage; while it does not answer, this process counts by itself."""
        item = RateLimitItemPerMinute(pace.most, pace.minutes, namespace=pace.name)
        name = self._fingerprint(subject)
        if self._clock.now() >= self._asked_again:
            try:
                return bool(getattr(self._limiter, method)(item, name))
            except StorageError as error:
                _log.warning("Limits hold for each process alone: their storage fails: %s", error.storage_error)
                self._asked_again = self._clock.now() + PAUSE_AFTER_FAILURE
        return bool(getattr(self._without_storage, method)(item, name))

    def _fingerprint(self, subject: tuple[str, ...]) -> str:
        text = "\0".join(subject).encode("utf-8", "replace")
        return hashlib.blake2b(text, key=self._key, digest_size=12).hexdigest()


def open_pacer(url: str, var_dir: Path, clock: Clock, *, key: str, processes: int) -> Pacer:
    """Return the pacer of the settings.

    Args:
        url: A storage of `limits`, as ``redis://…``; empty: files in the product's directory.
        var_dir: That directory.
        clock: Tells when a count ends.
        key: Makes fingerprints.
        processes: How many server processes share the files.

    Raises:
        OperatorError: The URL names no storage, or one whose library is missing.
    """
    if not url:
        return Pacer(clock, SharedCounts(lambda: clock.now().timestamp(), var_dir / DIRECTORY, processes), key)
    from limits.errors import ConfigurationError
    from limits.storage import storage_from_string

    waits = {"socket_timeout": LONGEST_WAIT_S, "socket_connect_timeout": LONGEST_WAIT_S}
    options = waits if url.partition("://")[0] in {"redis", "rediss", "valkey", "valkeys"} else {}
    try:
        return Pacer(clock, storage_from_string(url, wrap_exceptions=True, **options), key)  # type: ignore[arg-type]
    except (ConfigurationError, ValueError) as error:
        raise OperatorError(
            f"KB_LIMITS_URL cannot be used: {error}.",
            "install the library of that storage, as `pip install redis`, or leave it empty to count on this machine.",
        ) from error
