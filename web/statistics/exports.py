"""The records behind every table, by name: what CSV and JSON are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine

from kb.statistics import export as records
from kb.statistics.deflection import Dimension
from kb.statistics.export import Record
from kb.statistics.overview import overview
from kb.statistics.search_quality import QueryOrder
from web.statistics.selection import Selection

Maker = Callable[[Engine, Selection, datetime, int], Sequence[Record]]


def _figures(engine: Engine, selection: Selection, now: datetime, _k: int) -> Sequence[Record]:
    return records.overview_records(overview(engine, selection.period, selection.window, selection.filters), now)


def _deflection(engine: Engine, selection: Selection, now: datetime, _k: int) -> Sequence[Record]:
    return records.deflection_records(
        engine, selection.period, selection.window, selection.filters, selection.grain, now
    )


def _outcomes(engine: Engine, selection: Selection, now: datetime, _k: int) -> Sequence[Record]:
    return records.outcome_records(engine, selection.period, selection.window, selection.filters, selection.grain, now)


def _breakdown(dimension: Dimension) -> Maker:
    def make(engine: Engine, selection: Selection, now: datetime, _k: int) -> Sequence[Record]:
        return records.breakdown_records(engine, selection.period, selection.window, selection.filters, dimension, now)

    return make


def _searches(engine: Engine, selection: Selection, _now: datetime, _k: int) -> Sequence[Record]:
    return records.search_records(engine, selection.period, selection.filters, selection.grain)


def _searches_by(engine: Engine, selection: Selection, _now: datetime, _k: int) -> Sequence[Record]:
    return records.search_comparison_records(engine, selection.period, selection.filters)


def _queries(order: QueryOrder) -> Maker:
    def make(engine: Engine, selection: Selection, _now: datetime, k: int) -> Sequence[Record]:
        return records.query_records(engine, selection.period, selection.filters, k, order)

    return make


def _articles(engine: Engine, selection: Selection, _now: datetime, _k: int) -> Sequence[Record]:
    return records.article_records(engine, selection.period, selection.filters)


def _movers(engine: Engine, selection: Selection, _now: datetime, _k: int) -> Sequence[Record]:
    return records.mover_records(engine, selection.period, selection.filters)


def _votes(engine: Engine, selection: Selection, _now: datetime, _k: int) -> Sequence[Record]:
    return records.vote_records(engine, selection.period, selection.filters)


def _suggestions(engine: Engine, selection: Selection, _now: datetime, _k: int) -> Sequence[Record]:
    return records.suggestion_records(engine, selection.period, selection.filters)


def _contact_links(engine: Engine, selection: Selection, _now: datetime, _k: int) -> Sequence[Record]:
    return records.contact_link_records(engine, selection.period, selection.filters)


EXPORTS: Mapping[str, Maker] = {
    "figures": _figures,
    "deflection": _deflection,
    "outcomes": _outcomes,
    **{f"deflection-by-{dimension.value}": _breakdown(dimension) for dimension in Dimension},
    "searches": _searches,
    "searches-by": _searches_by,
    **{name: _queries(order) for name, order in records.QUERY_EXPORTS.items()},
    "articles": _articles,
    "movers": _movers,
    "votes": _votes,
    "suggestions": _suggestions,
    "contact-links": _contact_links,
}
"""Given the database, what is asked for, the present and `Settings.k_anonymity`: one record a line of the table."""
