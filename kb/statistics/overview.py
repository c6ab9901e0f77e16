"""All figures of a period on one page: what the terminal prints, the dashboard heads with, and the exports contain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from kb.events import Survey, Traffic
from kb.statistics.catalogue import METRICS, Metric
from kb.statistics.deflection import DeflectionRange, deflection_range, naive_deflection
from kb.statistics.feedback import survey_result, votes_by_revision
from kb.statistics.filters import FigureFilters
from kb.statistics.holdout import holdout_estimate
from kb.statistics.intervals import Interval, Proportion
from kb.statistics.operations import events_by_traffic, link_figures
from kb.statistics.periods import Period, Window
from kb.statistics.search_quality import search_quality
from kb.statistics.self_service import self_service


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        value: In the metric's unit; None where there are too few cases, and for a range, which is its interval.
        interval: 95 %, None where there are too few cases or the unit has none.
        numerator: A count; a sum for means.
        closes: When late tickets can no longer change it, None for figures that they do not touch.
        note: What else must be said with it.
    """

    metric: Metric
    value: float | None
    interval: Interval | None
    numerator: float
    denominator: int
    closes: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """All figures of a period, in the catalogue's order."""

    period: Period
    window: Window
    filters: FigureFilters
    figures: tuple[Figure, ...]

    def figure(self, name: str) -> Figure:
        """Return the figure of a metric's name."""
        return next(figure for figure in self.figures if figure.metric.name == name)


_Draft = Callable[[Metric], Figure]


def overview(engine: Engine, period: Period, window: Window, filters: FigureFilters) -> Overview:
    """Return all figures of the period.

    Figures that cannot be limited by category or article (searches, holdout, links, surveys, traffic) are limited by
    language and channel only, and their note says so.
    """
    drafts = {
        **_deflection(deflection_range(engine, period, window, filters)),
        **_reading(engine, period, window, filters),
        **_searching(engine, period, filters),
        **_surroundings(engine, period, window, filters),
    }
    narrowed = filters.category is not None or filters.article is not None
    notes = dict.fromkeys(_WHOLE_SITE, "For all articles.") if narrowed else {}
    return Overview(period, window, filters, tuple(_finished(each, drafts, notes) for each in METRICS))


def search_figures(engine: Engine, period: Period, filters: FigureFilters) -> tuple[Figure, ...]:
    """Return the figures about searches alone, in the catalogue's order; limited by language and channel only."""
    drafts = _searching(engine, period, filters)
    return tuple(_finished(each, drafts, {}) for each in METRICS if each.name in drafts)


_WHOLE_SITE = (
    "prevented_contacts",
    "zero_result_rate",
    "no_click_rate",
    "reformulation_rate",
    "click_mrr",
    "link_open_rate",
    "link_solve_rate",
    "link_reopen_rate",
    "satisfaction",
    "effort",
    "excluded_events",
)


def _finished(metric: Metric, drafts: Mapping[str, _Draft], notes: Mapping[str, str]) -> Figure:
    figure = drafts[metric.name](metric)
    return Figure(
        metric,
        figure.value,
        figure.interval,
        figure.numerator,
        figure.denominator,
        figure.closes,
        figure.note or notes.get(metric.name, ""),
    )


def _share(proportion: Proportion, closes: datetime | None = None) -> _Draft:
    return lambda metric: Figure(
        metric, proportion.rate, proportion.interval, proportion.numerator, proportion.denominator, closes
    )


def _deflection(found: DeflectionRange) -> dict[str, _Draft]:
    def published(metric: Metric) -> Figure:
        return Figure(metric, None, found.interval, found.high.numerator, found.intent, found.closes)

    parts = {name: Proportion(getattr(found, name), found.intent) for name in ("failed", "abandoned", "not_attempted")}
    return {
        "deflection": published,
        "deflection_confirmed": _share(found.low, found.closes),
        "deflection_possible": _share(found.high, found.closes),
        **{name: _share(part, found.closes) for name, part in parts.items()},
    }


def _reading(engine: Engine, period: Period, window: Window, filters: FigureFilters) -> dict[str, _Draft]:
    reading = self_service(engine, period, window, filters)
    votes = votes_by_revision(engine, period, filters)
    helpful = Proportion(sum(each.helpful for each in votes), sum(each.rate.denominator for each in votes))
    closes = period.end + window.length
    return {
        "naive_deflection": _share(naive_deflection(engine, period, filters).without_form),
        "self_service_success": _share(reading.success, closes),
        "self_service_unknown": _share(reading.silent, closes),
        "helpful_votes": _share(helpful),
    }


def _searching(engine: Engine, period: Period, filters: FigureFilters) -> dict[str, _Draft]:
    quality = search_quality(engine, period, filters)

    def click_mrr(metric: Metric) -> Figure:
        return Figure(metric, quality.click_mrr, None, quality.reciprocal_ranks, quality.clicked)

    return {
        "zero_result_rate": _share(quality.zero_result_rate),
        "no_click_rate": _share(quality.no_click_rate),
        "reformulation_rate": _share(quality.reformulation_rate),
        "click_mrr": click_mrr,
    }


def _surroundings(engine: Engine, period: Period, window: Window, filters: FigureFilters) -> dict[str, _Draft]:
    estimate = holdout_estimate(engine, period, window, filters)
    links = link_figures(engine, period, filters)
    traffic = events_by_traffic(engine, period)
    left_out = sum(count for kind, count in traffic.items() if kind is not Traffic.READER)

    def prevented(metric: Metric) -> Figure:
        counts = estimate.holdout.numerator, estimate.holdout.denominator + estimate.suggestions.denominator
        note = "" if estimate.holdout.denominator else "No forms are held out: see the setting holdout_share."
        return Figure(metric, estimate.prevented, estimate.interval, *counts, period.end + window.length, note)

    return {
        "prevented_contacts": prevented,
        "link_open_rate": _share(links.open_rate),
        "link_solve_rate": _share(links.solve_rate),
        "link_reopen_rate": _share(links.reopen_rate),
        "satisfaction": _share(survey_result(engine, period, filters, Survey.SATISFACTION).favourable),
        "effort": _share(survey_result(engine, period, filters, Survey.EFFORT).favourable),
        "excluded_events": _share(Proportion(left_out, sum(traffic.values()))),
    }
