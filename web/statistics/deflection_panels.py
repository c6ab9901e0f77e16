"""Deflection in charts and tables: over time, by outcome, by language, channel, category and article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy import Engine

from kb.events import Channel
from kb.model import ArticleKey, Language
from kb.statistics.deflection import DeflectionPoint, DeflectionRange, Dimension, deflection_by
from kb.statistics.journeys import Outcome
from kb.statistics.operations import Annotation
from web.i18n import gettext, long_date, number
from web.statistics.selection import Selection
from web.statistics.tables import Chart, ChartKind, Panel, Row, Series, Table, marks_of
from web.statistics.wording import (
    CHANNEL_NAMES,
    LANGUAGE_NAMES,
    OUTCOME_NAMES,
    article_title,
    category_title,
    percent,
    share_range,
)

MOST_BARS = 15
_TONES = {
    Outcome.CONFIRMED: "good",
    Outcome.POTENTIAL: "maybe",
    Outcome.ABANDONED: "quiet",
    Outcome.FAILED: "bad",
    Outcome.NOT_ATTEMPTED: "other",
}


def range_panel(
    points: Sequence[DeflectionPoint], notes: Sequence[Annotation], selection: Selection, now: datetime
) -> Panel:
    """Return the published range over time."""
    starts = [point.first for point in points]
    ranges = [point.range for point in points]
    labels = tuple(long_date(start) for start in starts)
    chart = Chart(
        ChartKind.RANGES, labels, _range_series(ranges), _open(ranges, now), marks_of(notes, starts, selection.grain)
    )
    rows = tuple(_range_row(label, found, now) for label, found in zip(labels, ranges, strict=True))
    return Panel(
        "deflection",
        gettext("Deflection over time"),
        gettext(
            "The truth lies in the pale bar with 95% certainty; its dark part runs from what is confirmed to what is "
            "confirmed or potential. No bar: under 30 journeys."
        ),
        Table((gettext("From"), *_range_headings()), rows),
        "deflection",
        chart,
        arguments=selection.arguments,
    )


def outcome_panel(
    points: Sequence[DeflectionPoint], notes: Sequence[Annotation], selection: Selection, now: datetime
) -> Panel:
    """Return how intent journeys ended, over time."""
    starts = [point.first for point in points]
    ranges = [point.range for point in points]
    labels = tuple(long_date(start) for start in starts)
    series = tuple(_outcome_series(outcome, ranges) for outcome in OUTCOME_NAMES)
    rows = tuple(
        Row(
            (label, *(number(_count(found, outcome)) for outcome in OUTCOME_NAMES), number(found.intent)),
            found.is_open(now),
        )
        for label, found in zip(labels, ranges, strict=True)
    )
    return Panel(
        "outcomes",
        gettext("How journeys with intent ended"),
        gettext("Everybody who meant to contact support is in exactly one colour. Only confirmed is surely deflected."),
        Table((gettext("From"), *(str(name) for name in OUTCOME_NAMES.values()), gettext("All")), rows),
        "outcomes",
        Chart(ChartKind.STACK, labels, series, _open(ranges, now), marks_of(notes, starts, selection.grain)),
        arguments=selection.arguments,
    )


def breakdown_panel(engine: Engine, dimension: Dimension, selection: Selection, now: datetime) -> Panel:
    """Return the range of each language, channel, category or article, most journeys first."""
    found = deflection_by(engine, selection.period, selection.window, selection.filters, dimension)
    ordered = sorted(found.items(), key=lambda item: (-item[1].intent, item[0]))
    named = [(_name(dimension, value), value, ranged) for value, ranged in ordered]
    drawn = [ranged for _, _, ranged in named[:MOST_BARS]]
    chart = Chart(
        ChartKind.RANGES_ACROSS,
        tuple(name for name, _, _ in named[:MOST_BARS]),
        _range_series(drawn),
        _open(drawn, now),
    )
    rows = tuple(_range_row(name, ranged, now, _path(dimension, value, selection)) for name, value, ranged in named)
    heading = _headings()[dimension]
    return Panel(
        f"by-{dimension.value}",
        heading,
        gettext("A journey that opened several of them counts for each.")
        if dimension in (Dimension.CATEGORY, Dimension.ARTICLE)
        else "",
        Table((heading, *_range_headings()), rows),
        f"deflection-by-{dimension.value}",
        chart if any(ranged.interval for ranged in drawn) else None,
        gettext("Nobody meant to contact support in this period."),
        selection.arguments,
    )


def _headings() -> dict[Dimension, str]:
    return {
        Dimension.LANGUAGE: gettext("By language"),
        Dimension.CHANNEL: gettext("By channel"),
        Dimension.CATEGORY: gettext("By category"),
        Dimension.ARTICLE: gettext("By article"),
    }


def _name(dimension: Dimension, value: str) -> str:
    if dimension is Dimension.LANGUAGE:
        return str(LANGUAGE_NAMES[Language(value)])
    if dimension is Dimension.CHANNEL:
        return str(CHANNEL_NAMES.get(Channel(value), value))
    return category_title(value) if dimension is Dimension.CATEGORY else article_title(ArticleKey.parse(value))


def _path(dimension: Dimension, value: str, selection: Selection) -> str:
    arguments = selection.arguments | {dimension.value: value}
    if dimension is Dimension.ARTICLE:
        arguments.pop("category", None)
    return url_for("statistics.home", **arguments)


def _range_headings() -> tuple[str, ...]:
    return (
        gettext("Deflection, published range"),
        gettext("Confirmed"),
        gettext("Confirmed or potential"),
        gettext("Journeys with intent"),
    )


def _range_row(label: str, found: DeflectionRange, now: datetime, path: str = "") -> Row:
    cells = (
        label,
        share_range(found.interval),
        _share(found.low.numerator, found.low.rate),
        _share(found.high.numerator, found.high.rate),
        number(found.intent),
    )
    return Row(cells, found.is_open(now), path)


def _share(count: int, rate: float | None) -> str:
    return number(count) if rate is None else f"{number(count)} ({percent(rate)})"


def _range_series(ranges: Sequence[DeflectionRange]) -> tuple[Series, ...]:
    intervals = [found.interval for found in ranges]
    shares = [(found.low.rate, found.high.rate) for found in ranges]
    return (
        Series(
            gettext("Published range"),
            "pale",
            tuple((each.low, each.high) if each else None for each in intervals),
            tuple(share_range(each) for each in intervals),
        ),
        Series(
            gettext("Confirmed, to confirmed or potential"),
            "strong",
            tuple(None if low is None or high is None else (low, high) for low, high in shares),
            tuple(gettext("%(low)s to %(high)s", low=percent(low), high=percent(high)) for low, high in shares),
        ),
    )


def _outcome_series(outcome: Outcome, ranges: Sequence[DeflectionRange]) -> Series:
    counts = tuple(_count(found, outcome) for found in ranges)
    return Series(str(OUTCOME_NAMES[outcome]), _TONES[outcome], counts, tuple(number(count) for count in counts))


def _count(found: DeflectionRange, outcome: Outcome) -> int:
    return int(getattr(found, outcome.value))


def _open(ranges: Sequence[DeflectionRange], now: datetime) -> tuple[bool, ...]:
    return tuple(found.is_open(now) for found in ranges)
