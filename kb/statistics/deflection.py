"""The deflection rate as a range, and what the naive formula would have said instead.

The range leaves out the holdout, which was offered nothing. Its published interval runs from the lower Wilson bound of
what is confirmed to the upper Wilson bound of what is confirmed or potential: as long as the truth lies between the two
shares, wherever it is, the interval holds it with at least 95 % (Imbens and Manski 2004: partial identification).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, func, select

from kb.events import Arm
from kb.statistics.facts import JourneyFact
from kb.statistics.filters import FigureFilters, Grain, Scope, bucket_of, day_conditions, journey_conditions
from kb.statistics.intervals import Interval, Proportion
from kb.statistics.journeys import INTENT_OUTCOMES, Outcome
from kb.statistics.periods import Period, Window, closes_at, day_of_number
from kb.storage.database import reading
from kb.storage.event_rows import instant_from_microseconds
from kb.storage.tables import journey_days


@dataclass(frozen=True, slots=True)
class DeflectionRange:
    """How many of those who meant to contact support did not need to: at least, and at most.

    Attributes:
        intent: Intent journeys that were not held out: the sum of the five outcomes below.
        closes: When late tickets can no longer change the figures.
    """

    window: Window
    failed: int
    confirmed: int
    potential: int
    abandoned: int
    not_attempted: int
    closes: datetime

    @property
    def intent(self) -> int:
        """Return the number of intent journeys."""
        return self.failed + self.confirmed + self.potential + self.abandoned + self.not_attempted

    @property
    def low(self) -> Proportion:
        """Return what is confirmed, of all intent journeys."""
        return Proportion(self.confirmed, self.intent)

    @property
    def high(self) -> Proportion:
        """Return what is confirmed or potential, of all intent journeys."""
        return Proportion(self.confirmed + self.potential, self.intent)

    @property
    def interval(self) -> Interval | None:
        """Return the published interval; None under 30 intent journeys."""
        low, high = self.low.interval, self.high.interval
        return Interval(low.low, high.high) if low and high else None

    def is_open(self, now: datetime) -> bool:
        """Return whether late tickets may still move the figures."""
        return now < self.closes


class Dimension(StrEnum):
    """What a table of ranges has one row for."""

    LANGUAGE = "lang"
    CHANNEL = "channel"
    CATEGORY = "category"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class DeflectionPoint:
    """One point of the curve over time.

    Attributes:
        first: First day of the bucket; a week begins on Monday.
    """

    first: date
    range: DeflectionRange


@dataclass(frozen=True, slots=True)
class NaiveDeflection:
    """The formula that is often published: sessions without a form, of all sessions. Shown beside the range only.

    Attributes:
        forms: Tickets sent, at most `sessions`.
    """

    sessions: int
    forms: int

    @property
    def without_form(self) -> Proportion:
        """Return the sessions minus the forms, of all sessions."""
        return Proportion(max(0, self.sessions - self.forms), self.sessions)


def deflection_of(counts: Mapping[Outcome, int], window: Window, closes: datetime) -> DeflectionRange:
    """Return the range of counted outcomes; those of journeys without intent are passed over."""
    failed, confirmed, potential, abandoned, not_attempted = (counts.get(outcome, 0) for outcome in INTENT_OUTCOMES)
    return DeflectionRange(window, failed, confirmed, potential, abandoned, not_attempted, closes)


def deflection_of_facts(facts: Iterable[JourneyFact], period: Period, window: Window) -> DeflectionRange:
    """Return the range of the journeys that began in the period; the stored figures are tested against it."""
    counts: dict[Outcome, int] = {}
    closes = closes_at(period, window)
    for fact in facts:
        if fact.arm is not Arm.HOLDOUT and period.start <= fact.start < period.end:
            outcome = fact.outcome(window)
            counts[outcome] = counts.get(outcome, 0) + 1
            closes = max(closes, fact.end + window.length)
    return deflection_of(counts, window, closes)


def deflection_range(engine: Engine, period: Period, window: Window, filters: FigureFilters) -> DeflectionRange:
    """Return the range of the period."""
    rows = _rows(engine, period, window, filters)
    return _combined(rows, period, window)


def deflection_over_time(
    engine: Engine, period: Period, window: Window, filters: FigureFilters, grain: Grain = Grain.DAY
) -> tuple[DeflectionPoint, ...]:
    """Return the ranges of the period's days, weeks or months in order, those without journeys too."""
    buckets: dict[date, list[Any]] = {bucket_of(day, grain): [] for day in period.days()}
    for row in _rows(engine, period, window, filters):
        buckets[bucket_of(day_of_number(row.day), grain)].append(row)
    points = []
    starts = sorted(buckets)
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        last = period.last if following is None else date.fromordinal(following.toordinal() - 1)
        part = Period(max(start, period.first), last)
        points.append(DeflectionPoint(start, _combined(buckets[start], part, window)))
    return tuple(points)


def deflection_by(
    engine: Engine, period: Period, window: Window, filters: FigureFilters, dimension: Dimension
) -> dict[str, DeflectionRange]:
    """Return the ranges of the period by language, channel, category or article (``lang:id``), in order of the name.

    Args:
        filters: Language and channel only; a journey counts once for each category and article that it opened.
    """
    table = journey_days
    name = table.c.value if dimension in _SCOPES else table.c[dimension.value]
    outcome = table.c[f"outcome_{window.value}"].label("outcome")
    statement = (
        select(
            name.label("name"),
            outcome,
            func.sum(table.c.journeys).label("journeys"),
            func.max(table.c.last_end).label("last_end"),
        )
        .where(
            table.c.scope == _SCOPES.get(dimension, Scope.ALL).value,
            table.c.arm != Arm.HOLDOUT.value,
            *day_conditions(table, period, filters),
        )
        .group_by(name, outcome)
    )
    groups: dict[str, list[Any]] = {}
    with reading(engine) as connection:
        for row in connection.execute(statement):
            groups.setdefault(row.name, []).append(row)
    return {group: _combined(groups[group], period, window) for group in sorted(groups)}


def naive_deflection(engine: Engine, period: Period, filters: FigureFilters) -> NaiveDeflection:
    """Return the naive formula's numbers for the period."""
    statement = select(func.sum(journey_days.c.sessions), func.sum(journey_days.c.forms)).where(
        *journey_conditions(period, filters)
    )
    with reading(engine) as connection:
        sessions, forms = connection.execute(statement).one()
    return NaiveDeflection(int(sessions or 0), int(forms or 0))


def outcome_counts(engine: Engine, period: Period, window: Window, filters: FigureFilters) -> Mapping[Outcome, int]:
    """Return how many journeys of the period had each outcome, holdout included, absent outcomes as 0."""
    outcome = journey_days.c[f"outcome_{window.value}"]
    statement = (
        select(outcome, func.sum(journey_days.c.journeys)).where(*journey_conditions(period, filters)).group_by(outcome)
    )
    with reading(engine) as connection:
        found = {Outcome(name): int(count) for name, count in connection.execute(statement)}
    return {outcome: found.get(outcome, 0) for outcome in Outcome}


_SCOPES = {Dimension.CATEGORY: Scope.CATEGORY, Dimension.ARTICLE: Scope.ARTICLE}


def _rows(engine: Engine, period: Period, window: Window, filters: FigureFilters) -> list[Any]:
    table = journey_days
    outcome = table.c[f"outcome_{window.value}"].label("outcome")
    statement = (
        select(
            table.c.day,
            outcome,
            func.sum(table.c.journeys).label("journeys"),
            func.max(table.c.last_end).label("last_end"),
        )
        .where(*journey_conditions(period, filters), table.c.arm != Arm.HOLDOUT.value)
        .group_by(table.c.day, outcome)
        .order_by(table.c.day, outcome)
    )
    with reading(engine) as connection:
        return list(connection.execute(statement))


def _combined(rows: Iterable[Any], period: Period, window: Window) -> DeflectionRange:
    counts: dict[Outcome, int] = {}
    closes = closes_at(period, window)
    for row in rows:
        counts[Outcome(row.outcome)] = counts.get(Outcome(row.outcome), 0) + int(row.journeys)
        closes = max(closes, instant_from_microseconds(row.last_end) + window.length)
    return deflection_of(counts, window, closes)
