"""Whole days in UTC, the periods made of them, and the windows after which a period's figures are final."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from kb.errors import UserError

_FIRST_DAY = date(1970, 1, 1)
_RELATIVE = re.compile(r"last-(\d{1,4})-days", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


class Window(Enum):
    """How long after reading a ticket still means that reading did not help."""

    H24 = "24h"
    H72 = "72h"
    D7 = "7d"

    @property
    def length(self) -> timedelta:
        """Return the length in time."""
        return timedelta(hours=_HOURS[self.value])

    @staticmethod
    def of_hours(hours: int) -> Window:
        """Return the window of 24, 72 or 168 hours."""
        return next(window for window in Window if _HOURS[window.value] == hours)


_HOURS = {"24h": 24, "72h": 72, "7d": 168}


@dataclass(frozen=True, slots=True)
class Period:
    """Days in UTC.

    Attributes:
        first: First day.
        last: Last day, included; not before `first`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise UserError(f"The period ends ({self.last}) before it begins ({self.first}).")

    @property
    def start(self) -> datetime:
        """Return the first instant."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """Return the instant after the last."""
        return datetime.combine(self.last, time(), UTC) + timedelta(days=1)

    @property
    def length(self) -> int:
        """Return the number of days."""
        return (self.last - self.first).days + 1

    def days(self) -> Iterator[date]:
        """Yield the days in order."""
        for offset in range(self.length):
            yield self.first + timedelta(days=offset)

    def previous(self) -> Period:
        """Return the period of the same length just before."""
        return Period(self.first - timedelta(days=self.length), self.first - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


def parse_period(text: str, today: date) -> Period:
    """Read a period.

    Args:
        text: `today`, `yesterday`, `last-30-days` (ending today), `2026-11`, `2026-W47`, `2026-11-21`, or
            `2026-11-01..2026-11-15`.
        today: What "today" means.

    Raises:
        UserError: The text is none of these.
    """
    text = text.strip()
    if text in {"today", "yesterday"}:
        day = today - timedelta(days=text == "yesterday")
        return Period(day, day)
    if (match := _RELATIVE.fullmatch(text)) and int(match[1]):
        return Period(today - timedelta(days=int(match[1]) - 1), today)
    try:
        return _calendar_period(text)
    except ValueError as error:
        raise UserError(
            f"“{text}” is not a period: write last-30-days, 2026-11, 2026-W47, 2026-11-21 or 2026-11-01..2026-11-15."
        ) from error


def _calendar_period(text: str) -> Period:
    if match := _MONTH.fullmatch(text):
        first = date(int(match[1]), int(match[2]), 1)
        return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    if match := _WEEK.fullmatch(text):
        first = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return Period(first, first + timedelta(days=6))
    first_text, _, last_text = text.partition("..")
    first = date.fromisoformat(first_text)
    return Period(first, date.fromisoformat(last_text) if last_text else first)


def day_number(day: date) -> int:
    """Return the day's number in the database: whole days since 1970."""
    return (day - _FIRST_DAY).days


def day_of_number(number: int) -> date:
    """Return the day that has this number in the database."""
    return _FIRST_DAY + timedelta(days=number)


def closes_at(period: Period, window: Window) -> datetime:
    """Return when the window of the period's last moment has passed, so that late tickets can no longer change it."""
    return period.end + window.length
