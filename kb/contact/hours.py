"""Weekly opening hours: read from one line of text, asked whether it is open and until or from when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENTRY = re.compile(r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")
_END_OF_DAY = "24:00"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A time of one weekday during which somebody answers.

    Attributes:
        day: 0 (Monday) to 6 (Sunday).
        start: Minutes since midnight, included.
        end: Minutes since midnight, excluded; up to 1,440.
    """

    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody answers; no spans at all mean always."""

    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether somebody answers now.

    Attributes:
        changes: Instant at which that changes, in the hours' time zone; None if it never does.
    """

    is_open: bool
    changes: datetime | None


def parse_hours(text: str) -> Hours:
    """Read hours such as ``sat-thu 09:00-21:00, fri 14:00-23:00``.

    Raises:
        ValueError: Says how hours are written.
    """
    spans: list[Span] = []
    for entry in (part.strip().lower() for part in text.split(",") if part.strip()):
        match = _ENTRY.fullmatch(entry)
        if match is None or not {match["first"], match["last"] or match["first"]} <= set(DAYS):
            raise ValueError(f"cannot read {entry!r}; write hours as `sat-thu 09:00-21:00, fri 14:00-23:00`")
        start, end = _minutes(match["start"]), _minutes(match["end"])
        if start >= end:
            raise ValueError(f"{entry!r} must end after it starts, at 24:00 at the latest")
        spans += [Span(day, start, end) for day in _days(match["first"], match["last"] or match["first"])]
    ordered = sorted(spans)
    if any(a.day == b.day and b.start < a.end for a, b in pairwise(ordered)):
        raise ValueError("the hours of a day overlap")
    return Hours(tuple(ordered))


def state_at(hours: Hours, instant: datetime, zone: ZoneInfo) -> OpenState:
    """Return whether it is open at an instant, and when that changes.

    Args:
        instant: Aware.
        zone: Where the hours apply.
    """
    if not hours.spans:
        return OpenState(is_open=True, changes=None)
    local = instant.astimezone(zone)
    is_open = _is_open(hours, local)
    edges = sorted(
        edge
        for offset in range(9)
        for span in hours.spans
        if span.day == (local + timedelta(days=offset)).weekday()
        for minute in (span.start, span.end)
        if (edge := _moment(local, offset, minute)) > local
    )
    return OpenState(is_open, next((edge for edge in edges if _is_open(hours, edge) != is_open), None))


def _is_open(hours: Hours, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return any(span.day == local.weekday() and span.start <= minute < span.end for span in hours.spans)


def _moment(local: datetime, offset: int, minute: int) -> datetime:
    day = local.date() + timedelta(days=offset + minute // 1_440)
    return datetime.combine(day, time(minute // 60 % 24, minute % 60), local.tzinfo)


def _days(first: str, last: str) -> tuple[int, ...]:
    start = DAYS.index(first)
    return tuple((start + step) % 7 for step in range((DAYS.index(last) - start) % 7 + 1))


def _minutes(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if minute > 59 or hour * 60 + minute > 1_440:
        raise ValueError(f"{text} is not a time of day; the last is {_END_OF_DAY}")
    return hour * 60 + minute
