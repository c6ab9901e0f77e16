"""What the pages of the statistics show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Engine

from kb.statistics.deflection import Dimension, deflection_over_time
from kb.statistics.operations import Annotation, annotations_of
from kb.statistics.overview import Figure, overview, search_figures
from web.i18n import current_language, gettext, long_date
from web.layout import Head
from web.services import content
from web.statistics.article_panels import movers_panel, reading_panel, votes_panel
from web.statistics.contact_panels import links_panel, suggestions_panel
from web.statistics.deflection_panels import breakdown_panel, outcome_panel, range_panel
from web.statistics.forms import NoteForm
from web.statistics.search_panels import comparison_panel, quality_panel, query_panels, without_articles
from web.statistics.selection import Selection
from web.statistics.tables import Panel
from web.statistics.wording import (
    CHANNEL_NAMES,
    GRAIN_NAMES,
    KIND_NAMES,
    LANGUAGE_NAMES,
    NOTHING,
    WINDOW_NAMES,
    article_title,
    counts_of,
    interval_of,
    note_of,
    value_of,
)

_HEADLINES = ("deflection", "prevented_contacts", "self_service_success", "satisfaction", "effort")
PLACES = ("home", "breakdown", "searches", "articles", "report")
"""Endpoints of the pages, in the order of their menu."""


@dataclass(frozen=True, slots=True)
class FigureCard:
    """One figure with all that stands behind it, in words.

    Attributes:
        value: A range where only a range is known, a dash under 30 cases.
        closes: When late tickets can no longer change it; None: they cannot.
    """

    name: str
    title: str
    value: str
    interval: str
    counts: str
    definition: str
    numerator: str
    denominator: str
    note: str
    closes: date | None

    @property
    def has_value(self) -> bool:
        """Return whether there are cases enough for more than counts."""
        return self.value != NOTHING

    @property
    def is_one_number(self) -> bool:
        """Return whether the value is a number that has an interval, instead of being the interval."""
        return self.interval not in (self.value, NOTHING)


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FilterForm:
    """The filters with what is chosen; `article` is a title, empty without one."""

    periods: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    channels: tuple[Choice, ...]
    categories: tuple[Choice, ...]
    windows: tuple[Choice, ...]
    grains: tuple[Choice, ...]
    article: str
    without_article: str


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """A page of the statistics, for the same period and filters."""

    title: str
    path: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note on the calendar."""

    id: str
    day: date
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    """A page of the statistics.

    Attributes:
        head: Its title is the page's heading too.
        figures: Cards above the charts.
        more: Cards below them.
        note_form: None: the page takes no notes.
    """

    head: Head
    selection: Selection
    places: tuple[PlaceLink, ...]
    filters: FilterForm
    figures: tuple[FigureCard, ...]
    panels: tuple[Panel, ...]
    more: tuple[FigureCard, ...] = ()
    notes: tuple[NoteLine, ...] = ()
    note_form: NoteForm | None = None
    made: datetime | None = None


def home_page(engine: Engine, selection: Selection, now: datetime, note_form: NoteForm) -> StatisticsPage:
    """Return the first page: what self-service achieves."""
    cards = _cards(engine, selection, now)
    notes = annotations_of(engine, selection.period)
    points = deflection_over_time(engine, selection.period, selection.window, selection.filters, selection.grain)
    return StatisticsPage(
        Head(gettext("Statistics")),
        selection,
        _places("home", selection),
        _filters(selection, now.date()),
        tuple(cards[name] for name in _HEADLINES),
        (range_panel(points, notes, selection, now), outcome_panel(points, notes, selection, now)),
        tuple(card for name, card in cards.items() if name not in _HEADLINES),
        _note_lines(notes),
        note_form,
    )


def breakdown_page(engine: Engine, selection: Selection, now: datetime) -> StatisticsPage:
    """Return deflection by language, channel, category and article."""
    parts = tuple(breakdown_panel(engine, dimension, selection, now) for dimension in Dimension)
    panels = (*parts, links_panel(engine, selection))
    title = gettext("Deflection, broken down")
    return StatisticsPage(
        Head(title), selection, _places("breakdown", selection), _filters(selection, now.date()), (), panels
    )


def searches_page(engine: Engine, selection: Selection, now: datetime, k: int) -> StatisticsPage:
    """Return how well the search serves readers.

    Args:
        k: `Settings.k_anonymity`.
    """
    limited = without_articles(selection)
    figures = search_figures(engine, selection.period, limited.filters)
    notes = annotations_of(engine, selection.period)
    panels = (
        quality_panel(engine, notes, limited),
        comparison_panel(engine, limited),
        *query_panels(engine, limited, k),
    )
    return StatisticsPage(
        Head(gettext("Searches")),
        limited,
        _places("searches", selection),
        _filters(limited, now.date()),
        tuple(_card(figure, now) for figure in figures),
        panels,
    )


def articles_page(engine: Engine, selection: Selection, now: datetime) -> StatisticsPage:
    """Return how articles are read and what readers think of them."""
    panels = (
        movers_panel(engine, selection),
        reading_panel(engine, selection),
        votes_panel(engine, selection),
        suggestions_panel(engine, selection),
    )
    title = gettext("Articles")
    return StatisticsPage(
        Head(title), selection, _places("articles", selection), _filters(selection, now.date()), (), panels
    )


def report_page(engine: Engine, selection: Selection, now: datetime) -> StatisticsPage:
    """Return the report of a period, made to be printed: every figure with its definition."""
    cards = _cards(engine, selection, now)
    notes = annotations_of(engine, selection.period)
    points = deflection_over_time(engine, selection.period, selection.window, selection.filters, selection.grain)
    panels = (
        range_panel(points, notes, selection, now),
        outcome_panel(points, notes, selection, now),
        breakdown_panel(engine, Dimension.LANGUAGE, selection, now),
        breakdown_panel(engine, Dimension.CATEGORY, selection, now),
        quality_panel(engine, notes, without_articles(selection)),
        movers_panel(engine, selection),
    )
    return StatisticsPage(
        Head(gettext("Report")),
        selection,
        _places("report", selection),
        _filters(selection, now.date()),
        tuple(cards[name] for name in _HEADLINES),
        panels,
        tuple(cards.values()),
        _note_lines(notes),
        made=now,
    )


def _cards(engine: Engine, selection: Selection, now: datetime) -> dict[str, FigureCard]:
    found = overview(engine, selection.period, selection.window, selection.filters)
    return {figure.metric.name: _card(figure, now) for figure in found.figures}


def _card(figure: Figure, now: datetime) -> FigureCard:
    metric = figure.metric
    is_open = figure.closes is not None and now < figure.closes
    return FigureCard(
        metric.name,
        gettext(metric.title),
        value_of(figure),
        interval_of(figure),
        counts_of(figure),
        gettext(metric.definition),
        gettext(metric.numerator),
        gettext(metric.denominator),
        note_of(figure),
        figure.closes.date() if is_open and figure.closes else None,
    )


def _places(here: str, selection: Selection) -> tuple[PlaceLink, ...]:
    titles = {
        "home": gettext("Overview"),
        "breakdown": gettext("Breakdown"),
        "searches": gettext("Searches"),
        "articles": gettext("Articles"),
        "report": gettext("Report"),
    }
    return tuple(
        PlaceLink(titles[place], url_for(f"statistics.{place}", **selection.arguments), place == here)
        for place in PLACES
    )


def _filters(selection: Selection, today: date) -> FilterForm:
    filters = selection.filters
    categories = {each.slug: each.title for each in content().categories(current_language())}
    if filters.category:
        categories.setdefault(filters.category, filters.category)
    arguments = selection.arguments
    arguments.pop("article", None)
    return FilterForm(
        _choices(_periods(selection, today), selection.period_text),
        _choices(_or_all(LANGUAGE_NAMES), filters.lang.value if filters.lang else ""),
        _choices(_or_all(CHANNEL_NAMES), filters.channel.value if filters.channel else ""),
        _choices({"": gettext("All")} | categories, filters.category or ""),
        _choices({window.value: str(name) for window, name in WINDOW_NAMES.items()}, selection.window.value),
        _choices({grain.value: str(name) for grain, name in GRAIN_NAMES.items()}, selection.grain.value),
        article_title(filters.article) if filters.article else "",
        url_for("statistics.home", **arguments),
    )


def _periods(selection: Selection, today: date) -> dict[str, str]:
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    known = {
        "last-7-days": gettext("Last 7 days"),
        "last-30-days": gettext("Last 30 days"),
        "last-90-days": gettext("Last 90 days"),
        "last-365-days": gettext("Last 365 days"),
        f"{this_month:%Y-%m}": gettext("This month"),
        f"{last_month:%Y-%m}": gettext("Last month"),
    }
    if selection.period_text not in known:
        known[selection.period_text] = f"{long_date(selection.period.first)} \u2013 {long_date(selection.period.last)}"
    return known


def _or_all(names: Mapping[Any, object]) -> dict[str, str]:
    return {"": gettext("All"), **{key.value: str(name) for key, name in names.items()}}


def _choices(labels: dict[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in labels.items())


def _note_lines(notes: tuple[Annotation, ...]) -> tuple[NoteLine, ...]:
    return tuple(NoteLine(note.id, note.day, str(KIND_NAMES[note.kind]), note.text) for note in notes)
