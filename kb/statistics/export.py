"""Figures as plain records: the one form from which JSON and CSV are made."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine

from kb.statistics.deflection import DeflectionRange, deflection_over_time
from kb.statistics.feedback import reading_by_article, votes_by_revision
from kb.statistics.filters import Filters, Grain
from kb.statistics.intervals import Interval, Proportion
from kb.statistics.overview import Overview
from kb.statistics.periods import Period, Window
from kb.statistics.search_quality import QueryOrder, disclosed_queries, search_quality_over_time

Scalar = str | int | float | bool | None
Record = Mapping[str, Scalar]


def overview_records(overview: Overview, now: datetime) -> list[Record]:
    """Return one record a figure, each with its definition."""
    return [
        {
            "name": figure.metric.name,
            "title": figure.metric.title,
            "value": figure.value,
            **_bounds(figure.interval),
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "unit": figure.metric.unit.value,
            "open": figure.closes is not None and now < figure.closes,
            "note": figure.note,
            "definition": figure.metric.definition,
            "numerator_is": figure.metric.numerator,
            "denominator_is": figure.metric.denominator,
        }
        for figure in overview.figures
    ]


def deflection_records(
    engine: Engine, period: Period, window: Window, filters: Filters, grain: Grain, now: datetime
) -> list[Record]:
    """Return one record a day, week or month."""
    points = deflection_over_time(engine, period, window, filters, grain)
    return [{"first_day": point.first.isoformat(), **_range(point.range, now)} for point in points]


def search_records(engine: Engine, period: Period, filters: Filters, grain: Grain) -> list[Record]:
    """Return one record a day, week or month."""
    return [
        {
            "first_day": point.first.isoformat(),
            "searches": point.quality.searches,
            "found_nothing": point.quality.found_nothing,
            "no_click": point.quality.no_click,
            "reformulated": point.quality.reformulated,
            "clicked": point.quality.clicked,
            "zero_result_rate": point.quality.zero_result_rate.rate,
            "no_click_rate": point.quality.no_click_rate.rate,
            "reformulation_rate": point.quality.reformulation_rate.rate,
            "click_mrr": point.quality.click_mrr,
        }
        for point in search_quality_over_time(engine, period, filters, grain)
    ]


def query_records(engine: Engine, period: Period, filters: Filters, k: int) -> list[Record]:
    """Return one record a query that at least `k` different visitors typed."""
    found = disclosed_queries(engine, period, filters, order=QueryOrder.SEARCHES, k=k, limit=10_000)
    return [
        {
            "query": each.query,
            "lang": each.lang.value,
            "visitors": each.visitors,
            "searches": each.searches,
            "found_nothing": each.found_nothing,
            "no_click": each.no_click,
        }
        for each in found.queries
    ]


def article_records(engine: Engine, period: Period, filters: Filters) -> list[Record]:
    """Return one record an article: views, contact after reading, votes on all its revisions."""
    votes: dict[str, Proportion] = {}
    for vote in votes_by_revision(engine, period, filters):
        known = votes.get(str(vote.article), Proportion(0, 0))
        votes[str(vote.article)] = Proportion(
            known.numerator + vote.rate.numerator, known.denominator + vote.rate.denominator
        )
    return [
        {
            "article": each.article.id,
            "lang": each.article.lang.value,
            "views": each.views,
            "journeys": each.journeys,
            "contact_after": each.contact_after,
            "contact_after_read": each.contact_after_read.rate,
            "helpful": votes.get(str(each.article), Proportion(0, 0)).numerator,
            "votes": votes.get(str(each.article), Proportion(0, 0)).denominator,
        }
        for each in reading_by_article(engine, period, filters)
    ]


def to_csv(records: Sequence[Record]) -> str:
    """Return the records as CSV with a header; empty without records. Text that a spreadsheet would run is quoted."""
    if not records:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(records[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_harmless(record) for record in records)
    return out.getvalue()


def _harmless(record: Record) -> dict[str, Scalar]:
    return {
        name: f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
        for name, value in record.items()
    }


def _range(found: DeflectionRange, now: datetime) -> dict[str, Scalar]:
    counts: Iterable[str] = ("intent", "confirmed", "potential", "failed", "abandoned", "not_attempted")
    return {
        **{name: getattr(found, name) for name in counts},
        "confirmed_rate": found.low.rate,
        "possible_rate": found.high.rate,
        **_bounds(found.interval),
        "open": found.is_open(now),
    }


def _bounds(interval: Interval | None) -> dict[str, Scalar]:
    return {"low": interval.low if interval else None, "high": interval.high if interval else None}
