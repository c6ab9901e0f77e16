"""Figures as plain records: the one form from which JSON and CSV are made."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine

from kb.events import Channel
from kb.statistics.contact_page import followed_links, suggested_articles
from kb.statistics.deflection import DeflectionRange, Dimension, deflection_by, deflection_over_time
from kb.statistics.feedback import reading_by_article, votes_by_revision
from kb.statistics.filters import FigureFilters, Grain
from kb.statistics.intervals import Interval, Proportion
from kb.statistics.journeys import INTENT_OUTCOMES
from kb.statistics.movers import top_movers
from kb.statistics.overview import Overview
from kb.statistics.periods import Period, Window
from kb.statistics.search_quality import (
    QueryOrder,
    SearchQuality,
    disclosed_queries,
    search_quality,
    search_quality_by_language,
    search_quality_over_time,
)

Scalar = str | int | float | bool | None
Record = Mapping[str, Scalar]

BYTE_ORDER_MARK = "\ufeff"
"""What spreadsheets need before they read a file as UTF-8; without it Arabic comes out as signs of Windows-1252."""

QUERY_EXPORTS: Mapping[str, QueryOrder] = {
    "queries": QueryOrder.SEARCHES,
    "queries-unanswered": QueryOrder.ZERO,
    "queries-unclicked": QueryOrder.NO_CLICK,
}
"""Names of the tables of queries, and what each is about."""

_MOST_QUERIES = 10_000
# What a spreadsheet runs at the start of a cell, in its wide forms as well, whatever blank or invisible stands before.
# Semicolons, tabs and line ends begin cells too where they separate fields, as in many countries' spreadsheets.
_BLANK = r"(?:[^\S\r\n]|[\0\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff])*"
_SIGN = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(rf"^(?={_BLANK}{_SIGN}|[\t\r\n])|(?<=[;\t\r\n])(?={_BLANK}{_SIGN})")


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
    engine: Engine, period: Period, window: Window, filters: FigureFilters, grain: Grain, now: datetime
) -> list[Record]:
    """Return one record a day, week or month."""
    points = deflection_over_time(engine, period, window, filters, grain)
    return [{"first_day": point.first.isoformat(), **_range(point.range, now)} for point in points]


def breakdown_records(
    engine: Engine, period: Period, window: Window, filters: FigureFilters, dimension: Dimension, now: datetime
) -> list[Record]:
    """Return one record a language, channel, category or article, in order of its name."""
    found = deflection_by(engine, period, window, filters, dimension)
    return [{dimension.value: name, **_range(ranged, now)} for name, ranged in found.items()]


def search_records(engine: Engine, period: Period, filters: FigureFilters, grain: Grain) -> list[Record]:
    """Return one record a day, week or month."""
    points = search_quality_over_time(engine, period, filters, grain)
    return [{"first_day": point.first.isoformat(), **_quality(point.quality)} for point in points]


def search_comparison_records(engine: Engine, period: Period, filters: FigureFilters) -> list[Record]:
    """Return one record a language and one a channel where readers search."""
    languages = search_quality_by_language(engine, period, filters)
    channels = {
        channel: search_quality(engine, period, FigureFilters(lang=filters.lang, channel=channel))
        for channel in (Channel.SITE, Channel.WIDGET, Channel.API)
        if filters.channel in (None, channel)
    }
    return [
        *({"by": "lang", "value": lang.value, **_quality(quality)} for lang, quality in languages.items()),
        *({"by": "channel", "value": channel.value, **_quality(found)} for channel, found in channels.items()),
    ]


def outcome_records(
    engine: Engine, period: Period, window: Window, filters: FigureFilters, grain: Grain, now: datetime
) -> list[Record]:
    """Return how intent journeys ended: one record a day, week or month."""
    points = deflection_over_time(engine, period, window, filters, grain)
    return [
        {
            "first_day": point.first.isoformat(),
            **{outcome.value: getattr(point.range, outcome.value) for outcome in INTENT_OUTCOMES},
            "intent": point.range.intent,
            "open": point.range.is_open(now),
        }
        for point in points
    ]


def query_records(
    engine: Engine, period: Period, filters: FigureFilters, k: int, order: QueryOrder = QueryOrder.SEARCHES
) -> list[Record]:
    """Return one record a query that at least `k` different visitors typed, of those that the order is about."""
    found = disclosed_queries(engine, period, filters, k=k)
    return [
        {
            "query": each.query,
            "lang": each.lang.value,
            "visitors": each.visitors,
            "searches": each.searches,
            "found_nothing": each.found_nothing,
            "no_click": each.no_click,
        }
        for each in found.top(order, _MOST_QUERIES)
    ]


def article_records(engine: Engine, period: Period, filters: FigureFilters) -> list[Record]:
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


def mover_records(engine: Engine, period: Period, filters: FigureFilters, limit: int = 100) -> list[Record]:
    """Return one record an article that changed since the period before, surest changes first."""
    return [
        {
            "article": each.article.id,
            "lang": each.article.lang.value,
            "journeys_before": each.before.journeys,
            "contact_after_before": each.before.contact_after,
            "journeys_now": each.now.journeys,
            "contact_after_now": each.now.contact_after,
            **{f"change_{name}": value for name, value in _bounds(each.change).items()},
            "views_before": each.before.views,
            "views_now": each.now.views,
        }
        for each in top_movers(engine, period, filters, limit)
    ]


def vote_records(engine: Engine, period: Period, filters: FigureFilters) -> list[Record]:
    """Return one record a revision of an article, most surely helpful first."""
    return [
        {
            "article": each.article.id,
            "lang": each.article.lang.value,
            "revision": each.revision,
            "helpful": each.helpful,
            "unhelpful": each.unhelpful,
            "helpful_rate": each.rate.rate,
            **_bounds(each.rate.interval),
            "reasons": ", ".join(f"{reason.value}: {count}" for reason, count in each.reasons),
        }
        for each in votes_by_revision(engine, period, filters)
    ]


def suggestion_records(engine: Engine, period: Period, filters: FigureFilters) -> list[Record]:
    """Return one record an article that the contact form suggested."""
    return [
        {"lang": each.article.lang.value, "article": each.article.id, "shown": each.shown, "opened": each.opened}
        for each in suggested_articles(engine, period, filters)
    ]


def contact_link_records(engine: Engine, period: Period, filters: FigureFilters) -> list[Record]:
    """Return one record a contact link that readers followed."""
    return [
        {"channel": each.channel.value, "followed": each.times, "readers": each.readers}
        for each in followed_links(engine, period, filters)
    ]


def to_csv(records: Sequence[Record]) -> str:
    """Return the records as CSV with a byte order mark and a header; without records with the mark alone.

    Text that a spreadsheet would run gets an apostrophe before it, which spreadsheets take for "this is text"
    (https://owasp.org/www-community/attacks/CSV_Injection); numbers stay numbers, negative ones too.
    """
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    if not records:
        return out.getvalue()
    writer = csv.DictWriter(out, fieldnames=list(records[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_harmless(record) for record in records)
    return out.getvalue()


def _harmless(record: Record) -> dict[str, Scalar]:
    return {name: _FORMULA.sub("'", value) if isinstance(value, str) else value for name, value in record.items()}


def _range(found: DeflectionRange, now: datetime) -> dict[str, Scalar]:
    counts: Iterable[str] = ("intent", "confirmed", "potential", "failed", "abandoned", "not_attempted")
    return {
        **{name: getattr(found, name) for name in counts},
        "confirmed_rate": found.low.rate,
        "possible_rate": found.high.rate,
        **_bounds(found.interval),
        "open": found.is_open(now),
    }


def _quality(quality: SearchQuality) -> dict[str, Scalar]:
    rates = {
        "zero_result_rate": quality.zero_result_rate,
        "no_click_rate": quality.no_click_rate,
        "reformulation_rate": quality.reformulation_rate,
    }
    found: dict[str, Scalar] = {
        "searches": quality.searches,
        "found_nothing": quality.found_nothing,
        "no_click": quality.no_click,
        "reformulated": quality.reformulated,
        "clicked": quality.clicked,
    }
    for name, proportion in rates.items():
        found[name] = proportion.rate
        found |= {f"{name}_{end}": value for end, value in _bounds(proportion.interval).items()}
    return found | {"click_mrr": quality.click_mrr}


def _bounds(interval: Interval | None) -> dict[str, Scalar]:
    return {"low": interval.low if interval else None, "high": interval.high if interval else None}
