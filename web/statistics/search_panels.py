"""Searches in charts and tables: quality over time, by language and by channel, and what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Engine

from kb.statistics.export import QUERY_EXPORTS
from kb.statistics.filters import FigureFilters
from kb.statistics.intervals import Proportion
from kb.statistics.operations import Annotation
from kb.statistics.search_quality import (
    DisclosedQueries,
    QueryOrder,
    SearchQuality,
    disclosed_queries,
    search_quality,
    search_quality_by_language,
    search_quality_over_time,
)
from web.i18n import gettext, long_date, ngettext, number
from web.statistics.selection import Selection
from web.statistics.tables import Chart, ChartKind, Panel, Row, Series, Table, marks_of
from web.statistics.wording import CHANNEL_NAMES, LANGUAGE_NAMES, NOTHING, percent, share_range

MOST_QUERIES = 20


def quality_panel(engine: Engine, notes: Sequence[Annotation], selection: Selection) -> Panel:
    """Return how well the search served readers, over time."""
    points = search_quality_over_time(engine, selection.period, selection.filters, selection.grain)
    starts = [point.first for point in points]
    qualities = [point.quality for point in points]
    labels = tuple(long_date(start) for start in starts)
    series = (
        _rates(gettext("Without an answer"), "bad", [each.zero_result_rate for each in qualities]),
        _rates(gettext("Without a click"), "other", [each.no_click_rate for each in qualities]),
        _rates(gettext("Reformulated"), "maybe", [each.reformulation_rate for each in qualities]),
    )
    return Panel(
        "searches",
        gettext("Searches over time"),
        gettext("Lower is better. The pale strokes are 95% intervals; no point: under 30 searches."),
        Table((gettext("From"), *_headings()), tuple(map(_row, labels, qualities))),
        "searches",
        Chart(ChartKind.LINES, labels, series, marks=marks_of(notes, starts, selection.grain)),
        arguments=selection.arguments,
    )


def comparison_panel(engine: Engine, selection: Selection) -> Panel:
    """Return the same for each language and each channel."""
    by_language = search_quality_by_language(engine, selection.period, selection.filters)
    rows = [_row(str(LANGUAGE_NAMES[lang]), quality) for lang, quality in by_language.items()]
    for channel, name in CHANNEL_NAMES.items():
        if selection.filters.channel in (None, channel):
            limited = FigureFilters(lang=selection.filters.lang, channel=channel)
            rows.append(_row(str(name), search_quality(engine, selection.period, limited)))
    return Panel(
        "searches-by",
        gettext("Searches by language and channel"),
        "",
        Table((gettext("Language or channel"), *_headings()), tuple(rows)),
        "searches-by",
        arguments=selection.arguments,
    )


def query_panels(engine: Engine, selection: Selection, k: int) -> tuple[Panel, ...]:
    """Return what readers typed, as far as enough different visitors typed it.

    Args:
        k: `Settings.k_anonymity`.
    """
    found = disclosed_queries(engine, selection.period, selection.filters, k=k)
    return tuple(_query_panel(found, selection, k, order) for order in QueryOrder)


def _query_panel(found: DisclosedQueries, selection: Selection, k: int, order: QueryOrder) -> Panel:
    rows = tuple(
        Row(
            (
                each.query,
                str(LANGUAGE_NAMES[each.lang]),
                number(each.searches),
                number(each.found_nothing),
                number(each.no_click),
            )
        )
        for each in found.top(order, MOST_QUERIES)
    )
    titles = {
        QueryOrder.SEARCHES: gettext("Most searched"),
        QueryOrder.ZERO: gettext("Searched without an answer"),
        QueryOrder.NO_CLICK: gettext("Searched without a click"),
    }
    unseen = ngettext(
        "%(count)s search is not shown: %(visitors)s typed it in one week.",
        "%(count)s searches are not shown: %(visitors)s typed them in one week.",
        found.undisclosed,
        count=number(found.undisclosed),
        visitors=ngettext("fewer than %(count)s visitor", "fewer than %(count)s visitors", k, count=number(k)),
    )
    headings = (
        gettext("Query"),
        gettext("Language"),
        gettext("Searches"),
        gettext("Without an answer"),
        gettext("Without a click"),
    )
    name, empty = f"queries-{order.value}", gettext("Nothing that enough visitors typed.")
    explanation = unseen if found.undisclosed else ""
    export = next(export for export, listed in QUERY_EXPORTS.items() if listed is order)
    return Panel(name, titles[order], explanation, Table(headings, rows), export, None, empty, selection.arguments)


def without_articles(selection: Selection) -> Selection:
    """Return what is asked for without category and article, which searches know nothing of."""
    return replace(selection, filters=FigureFilters(lang=selection.filters.lang, channel=selection.filters.channel))


def _headings() -> tuple[str, ...]:
    return (
        gettext("Searches"),
        gettext("Without an answer"),
        gettext("Without a click"),
        gettext("Reformulated"),
        gettext("Rank of the first click"),
    )


def _row(label: str, quality: SearchQuality) -> Row:
    mrr = quality.click_mrr
    return Row(
        (
            label,
            number(quality.searches),
            _rate(quality.zero_result_rate),
            _rate(quality.no_click_rate),
            _rate(quality.reformulation_rate),
            NOTHING if mrr is None else number(mrr, "0.00"),
        )
    )


def _rate(proportion: Proportion) -> str:
    if proportion.rate is None:
        return number(proportion.numerator)
    return f"{percent(proportion.rate)} ({share_range(proportion.interval)})"


def _rates(name: str, tone: str, proportions: Sequence[Proportion]) -> Series:
    texts = tuple(
        gettext("%(part)s of %(whole)s", part=number(each.numerator), whole=number(each.denominator))
        if each.rate is None
        else _rate(each)
        for each in proportions
    )
    bounds = tuple((found.low, found.high) if (found := each.interval) else None for each in proportions)
    return Series(name, tone, tuple(each.rate for each in proportions), texts, bounds)
