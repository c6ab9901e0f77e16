"""Lets raw rows expire into the daily figures, and destroys what could still join them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement

from kb.clock import Clock
from kb.statistics.aggregates import MICROSECONDS_A_DAY
from kb.statistics.periods import day_number
from kb.statistics.rollups import roll_up, set_state
from kb.storage.database import writing
from kb.storage.editing_tables import query_outcome_days, query_rescue_days, query_vectors
from kb.storage.tables import (
    events,
    journey_facts,
    journey_scopes,
    link_facts,
    queries,
    query_days,
    search_facts,
    vote_totals,
    votes,
)
from kb.visitors import destroy_old_salts

_ROWS_AT_ONCE = 5_000
_VOTE_GROUPS = ("article_id", "article_lang", "revision", "category", "lang", "channel", "verdict")


@dataclass(frozen=True, slots=True)
class PruneReport:
    """What one run removed.

    Attributes:
        events: Raw events.
        votes: Votes that became totals.
        salts: Keys of visitors' hashes.
    """

    events: int
    votes: int
    salts: int


def prune(engine: Engine, clock: Clock, *, retention_days: int, k: int) -> PruneReport | None:
    """Remove raw rows of days that lie more than `retention_days` back; the daily figures stay as they are.

    Args:
        retention_days: `Settings.retention_days`, 30 or more, so that no journey is still running.
        k: `Settings.k_anonymity`; queries that fewer visitors typed are forgotten.

    Returns:
        What was removed; None if another process is rolling up, in which case nothing was.
    """
    if roll_up(engine, clock) is None:
        return None
    first_kept = day_number(clock.now().date()) - retention_days
    with writing(engine) as connection:
        set_state(connection, "pruned_day", first_kept)
        expired_votes = _total_votes(connection, votes.c.at < first_kept * MICROSECONDS_A_DAY)
        _forget_rare_queries(connection, first_kept, k)
    for table in (journey_facts, journey_scopes, link_facts, search_facts):
        _delete_in_steps(engine, table, table.c.day < first_kept)
    expired_events = _delete_in_steps(engine, events, events.c.at < first_kept * MICROSECONDS_A_DAY)
    report = PruneReport(expired_events, expired_votes, destroy_old_salts(engine, clock.now()))
    _empty_write_ahead_log(engine)
    return report


def _total_votes(connection: Connection, expired: ColumnElement[bool]) -> int:
    day = votes.c.at // MICROSECONDS_A_DAY
    groups: list[ColumnElement[Any]] = [
        day.label("day"),
        *(votes.c[name] for name in _VOTE_GROUPS),
        func.coalesce(votes.c.reason, "").label("reason"),
    ]
    totals = select(*groups, func.count().label("votes")).where(expired).group_by(*groups)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(vote_totals).from_select([column.name for column in totals.selected_columns], totals)
    keys = [column.name for column in vote_totals.primary_key]
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=keys, set_={"votes": vote_totals.c.votes + statement.excluded.votes}
        )
    )
    return connection.execute(delete(votes).where(expired)).rowcount


def _forget_rare_queries(connection: Connection, first_kept: int, k: int) -> None:
    rare = select(queries.c.id).where(queries.c.visitors < k)
    for table in (query_days, query_outcome_days, query_rescue_days):
        connection.execute(delete(table).where(table.c.day < first_kept, table.c.query_id.in_(rare)))
    unused = ~select(query_days.c.query_id).where(query_days.c.query_id == queries.c.id).exists()
    connection.execute(delete(queries).where(unused))
    # What a query means could give it away as well as its words.
    connection.execute(delete(query_vectors).where(query_vectors.c.query_id.not_in(select(queries.c.id))))


def _delete_in_steps(engine: Engine, table: Table, condition: ColumnElement[bool]) -> int:
    """Delete rows in short transactions, so that writers never wait long."""
    row_id: ColumnElement[Any] = (
        literal_column("ctid") if engine.dialect.name == "postgresql" else literal_column("rowid")
    )
    some = select(row_id).select_from(table).where(condition).limit(_ROWS_AT_ONCE)
    deleted = 0
    while True:
        with writing(engine) as connection:
            count = connection.execute(delete(table).where(row_id.in_(some))).rowcount
        deleted += count
        if count < _ROWS_AT_ONCE:
            return deleted


def _empty_write_ahead_log(engine: Engine) -> None:
    # Overwritten rows stay readable in SQLite's log until it is written back.
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()  # a checkpoint cannot run inside a transaction
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()
