"""Time as a dependency: everything that asks for the time gets a clock through its constructor."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


def day_in(zone: str, instant: datetime) -> date:
    """Return the day that an instant belongs to where the site is: what every date of an article is compared with.

    Args:
        zone: IANA name of the site's time zone.
        instant: Aware.
    """
    return instant.astimezone(ZoneInfo(zone)).date()


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is told otherwise; for tests and replays.

    Args:
        instant: Aware instant to show.
    """

    def __init__(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self.instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant that was set."""
        return self.instant
