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
from web.statistics.wanted import Wanted

Maker = Callable[[Engine, Wanted, datetime, int], Sequence[Record]]


def _figures(engine: Engine, asked: Wanted, now: datetime, _k: int) -> Sequence[Record]:
    return records.overview_records(overview(engine, asked.period, asked.window, asked.filters), now)


def _deflection(engine: Engine, asked: Wanted, now: datetime, _k: int) -> Sequence[Record]:
    return records.deflection_records(engine, asked.period, asked.window, asked.filters, asked.grain, now)


def _outcomes(engine: Engine, asked: Wanted, now: datetime, _k: int) -> Sequence[Record]:
    return records.outcome_records(engine, asked.period, asked.window, asked.filters, asked.grain, now)


def _breakdown(dimension: Dimension) -> Maker:
    def make(engine: Engine, asked: Wanted, now: datetime, _k: int) -> Sequence[Record]:
        return records.breakdown_records(engine, asked.period, asked.window, asked.filters, dimension, now)

    return make


def _searches(engine: Engine, asked: Wanted, _now: datetime, _k: int) -> Sequence[Record]:
    return records.search_records(engine, asked.period, asked.filters, asked.grain)


def _searches_by(engine: Engine, asked: Wanted, _now: datetime, _k: int) -> Sequence[Record]:
    return records.search_comparison_records(engine, asked.period, asked.filters)


def _queries(order: QueryOrder) -> Maker:
    def make(engine: Engine, asked: Wanted, _now: datetime, k: int) -> Sequence[Record]:
        return records.query_records(engine, asked.period, asked.filters, k, order)

    return make


def _articles(engine: Engine, asked: Wanted, _now: datetime, _k: int) -> Sequence[Record]:
    return records.article_records(engine, asked.period, asked.filters)


def _movers(engine: Engine, asked: Wanted, _now: datetime, _k: int) -> Sequence[Record]:
    return records.mover_records(engine, asked.period, asked.filters)


def _votes(engine: Engine, asked: Wanted, _now: datetime, _k: int) -> Sequence[Record]:
    return records.vote_records(engine, asked.period, asked.filters)


def _suggestions(engine: Engine, asked: Wanted, _now: datetime, _k: int) -> Sequence[Record]:
    return records.suggestion_records(engine, asked.period, asked.filters)


def _contact_links(engine: Engine, asked: Wanted, _now: datetime, _k: int) -> Sequence[Record]:
    return records.contact_link_records(engine, asked.period, asked.filters)


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
