"""How well the search serves readers, and what they could not find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.sql import ColumnElement

from kb.model import Language
from kb.statistics.filters import FigureFilters, Grain, bucket_of, day_conditions
from kb.statistics.intervals import MINIMUM_SAMPLE, Proportion
from kb.statistics.periods import Period, day_of_number
from kb.storage.database import reading
from kb.storage.tables import queries, query_days, search_days


@dataclass(frozen=True, slots=True)
class SearchQuality:
    """Searches of a period, keystrokes collapsed.

    Attributes:
        found_nothing: Ended without an answer.
        clicked: Led to an opened result.
        no_click: Found something, and nothing was opened.
        reformulated: Nothing was opened and another query followed within five minutes.
        reciprocal_ranks: Sum of 1 / rank of the result opened first.
    """

    searches: int
    found_nothing: int
    clicked: int
    no_click: int
    reformulated: int
    reciprocal_ranks: float

    @property
    def zero_result_rate(self) -> Proportion:
        """Return the searches without an answer, of all searches."""
        return Proportion(self.found_nothing, self.searches)

    @property
    def no_click_rate(self) -> Proportion:
        """Return the searches where nothing was opened, of those that found something."""
        return Proportion(self.no_click, self.searches - self.found_nothing)

    @property
    def reformulation_rate(self) -> Proportion:
        """Return the searches that were tried again in other words, of all searches."""
        return Proportion(self.reformulated, self.searches)

    @property
    def click_mrr(self) -> float | None:
        """Return the mean of 1 / rank of the first opened result, over searches with one; None under 30 of them."""
        return self.reciprocal_ranks / self.clicked if self.clicked >= MINIMUM_SAMPLE else None


@dataclass(frozen=True, slots=True)
class SearchPoint:
    """One point of the curve over time; a week begins on Monday."""

    first: date
    quality: SearchQuality


class QueryOrder(StrEnum):
    """Which queries come first."""

    SEARCHES = "searches"
    ZERO = "zero"
    NO_CLICK = "no_click"


@dataclass(frozen=True, slots=True)
class QueryCount:
    """A query that enough different visitors typed.

    Attributes:
        query: As typed, personal data masked, case and spaces folded.
        visitors: Most different visitors in one week.
    """

    query: str
    lang: Language
    visitors: int
    searches: int
    found_nothing: int
    no_click: int

    def counted(self, order: QueryOrder) -> int:
        """Return how many searches an order goes by."""
        return {
            QueryOrder.SEARCHES: self.searches,
            QueryOrder.ZERO: self.found_nothing,
            QueryOrder.NO_CLICK: self.no_click,
        }[order]


@dataclass(frozen=True, slots=True)
class DisclosedQueries:
    """Queries that staff may see, and how many searches stay unseen.

    Attributes:
        queries: In no order.
        undisclosed: Searches of the period whose query too few visitors typed.
    """

    queries: tuple[QueryCount, ...]
    undisclosed: int

    def top(self, order: QueryOrder, limit: int = 50) -> tuple[QueryCount, ...]:
        """Return the queries that have most of something, then by text; those that have none of it are left out."""
        some = [query for query in self.queries if query.counted(order)]
        return tuple(sorted(some, key=lambda query: (-query.counted(order), query.query, query.lang))[:limit])


_SUMS = ("searches", "zero", "clicked", "no_click", "reformulated", "reciprocal_ranks")


def search_quality(engine: Engine, period: Period, filters: FigureFilters) -> SearchQuality:
    """Return the figures of the period; limited by language and channel only."""
    return _quality_by(engine, period, filters, lambda _: None).get(None, _quality([]))


def search_quality_by_language(engine: Engine, period: Period, filters: FigureFilters) -> dict[Language, SearchQuality]:
    """Return the figures of each language of the interface, both always there."""
    found = _quality_by(engine, period, filters, lambda row: Language(row.lang))
    return {lang: found.get(lang, _quality([])) for lang in Language}


def search_quality_over_time(
    engine: Engine, period: Period, filters: FigureFilters, grain: Grain = Grain.DAY
) -> tuple[SearchPoint, ...]:
    """Return the figures of the period's days, weeks or months in order, the empty ones too."""
    found = _quality_by(engine, period, filters, lambda row: bucket_of(day_of_number(row.day), grain))
    starts = sorted({bucket_of(day, grain) for day in period.days()})
    return tuple(SearchPoint(start, found.get(start, _quality([]))) for start in starts)


def disclosed_queries(engine: Engine, period: Period, filters: FigureFilters, *, k: int) -> DisclosedQueries:
    """Return the queries that at least `k` different visitors typed within one week.

    Args:
        k: `Settings.k_anonymity`.
    """
    sums = (func.sum(query_days.c[name]).label(name) for name in ("searches", "zero", "no_click"))
    conditions = _query_conditions(period, filters)
    joined = query_days.join(queries, query_days.c.query_id == queries.c.id)
    shown = (
        select(queries.c.query, queries.c.lang, queries.c.visitors, *sums)
        .select_from(joined)
        .where(*conditions, queries.c.visitors >= k)
        .group_by(queries.c.id, queries.c.query, queries.c.lang, queries.c.visitors)
    )
    unseen = select(func.sum(query_days.c.searches)).select_from(joined).where(*conditions, queries.c.visitors < k)
    with reading(engine) as connection:
        rows = connection.execute(shown).all()
        undisclosed = connection.execute(unseen).scalar() or 0
    return DisclosedQueries(
        tuple(
            QueryCount(row.query, Language(row.lang), row.visitors, int(row.searches), int(row.zero), int(row.no_click))
            for row in rows
        ),
        int(undisclosed),
    )


def _query_conditions(period: Period, filters: FigureFilters) -> list[ColumnElement[bool]]:
    conditions = day_conditions(query_days, period, filters)
    if filters.lang is not None:
        conditions.append(queries.c.lang == filters.lang.value)
    return conditions


def _quality_by(
    engine: Engine, period: Period, filters: FigureFilters, key: Callable[[Any], Any]
) -> dict[Any, SearchQuality]:
    statement = (
        select(search_days.c.day, search_days.c.lang, *(func.sum(search_days.c[name]).label(name) for name in _SUMS))
        .where(*day_conditions(search_days, period, filters))
        .group_by(search_days.c.day, search_days.c.lang)
        .order_by(search_days.c.day, search_days.c.lang)
    )
    groups: dict[Any, list[Any]] = {}
    with reading(engine) as connection:
        for row in connection.execute(statement):
            groups.setdefault(key(row), []).append(row)
    return {group: _quality(rows) for group, rows in groups.items()}


def _quality(rows: list[Any]) -> SearchQuality:
    searches, zero, clicked, no_click, reformulated = (sum(int(row[i]) for row in rows) for i in range(2, 7))
    return SearchQuality(searches, zero, clicked, no_click, reformulated, float(sum(row[7] for row in rows)))
