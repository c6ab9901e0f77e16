"""Lets raw rows expire into the daily figures, and destroys what could still join them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import ColumnElement

from kb.backup import kept_copies, kept_since, remove_copy
from kb.clock import Clock
from kb.contact.tickets import forget_tickets
from kb.errors import OperatorError
from kb.settings import Settings
from kb.statistics.aggregates import MICROSECONDS_A_DAY
from kb.statistics.periods import day_number
from kb.statistics.rollups import roll_up, set_state
from kb.storage.agent_tables import forget_names, tracked_links
from kb.storage.database import open_database, writing
from kb.storage.editing_tables import query_outcome_days, query_rescue_days, query_vectors
from kb.storage.erasure import LARGEST_WHILE_SERVING, erase_leftovers
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

_log = logging.getLogger(__name__)
_ROWS_AT_ONCE = 5_000
_VOTE_GROUPS = ("article_id", "article_lang", "revision", "category", "lang", "channel", "verdict")


COPY_LIFE = timedelta(days=14)
"""How long what `kb restore` replaced is kept."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long what is kept.

    Attributes:
        raw_days: `Settings.retention_days`: raw rows.
        ticket_days: `Settings.ticket_retention_days`: delivered tickets.
        k: `Settings.k_anonymity`; queries that fewer visitors typed go with the raw rows.
    """

    raw_days: int
    ticket_days: int
    k: int


def terms_of(settings: Settings) -> Terms:
    """Return the terms that the settings name."""
    return Terms(settings.retention_days, settings.ticket_retention_days, settings.k_anonymity)


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


def prune(
    engine: Engine, clock: Clock, *, retention_days: int, k: int, largest: int | None = LARGEST_WHILE_SERVING
) -> PruneReport | None:
    """Remove raw rows of days that lie more than `retention_days` back; the daily figures stay as they are.

    Args:
        retention_days: `Settings.retention_days`, 30 or more, so that no journey is still running.
        k: `Settings.k_anonymity`; queries that fewer visitors typed are forgotten.
        largest: As `erase_leftovers` takes it.

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
        forget_names(connection, tracked_links.c.made < first_kept * MICROSECONDS_A_DAY)
    for table in (journey_facts, journey_scopes, link_facts, search_facts):
        _delete_in_steps(engine, table, table.c.day < first_kept)
    expired_events = _delete_in_steps(engine, events, events.c.at < first_kept * MICROSECONDS_A_DAY)
    report = PruneReport(expired_events, expired_votes, destroy_old_salts(engine, clock.now()))
    erase_leftovers(engine, largest)
    return report


def forget_expired(engine: Engine, clock: Clock, terms: Terms, largest: int | None = LARGEST_WHILE_SERVING) -> bool:
    """Remove everything that is kept no longer, tickets as well.

    Args:
        largest: As `erase_leftovers` takes it.

    Returns:
        Whether it was done; False if another process is rolling up.
    """
    forget_tickets(engine, clock.now(), timedelta(days=terms.ticket_days))
    return prune(engine, clock, retention_days=terms.raw_days, k=terms.k, largest=largest) is not None


def tend_copies(engine: Engine, clock: Clock, terms: Terms) -> None:
    """Let what `kb restore` set aside expire too: rows when their time comes, whole copies after `COPY_LIFE`."""
    for copy in kept_copies(engine):
        try:
            if clock.now() - kept_since(copy) > COPY_LIFE:
                remove_copy(copy)
            else:
                _forget_in(copy, clock, terms)
        except (OperatorError, SQLAlchemyError, OSError) as error:
            _log.warning("%s could not be gone through: %s; it is removed when it is old", copy.name, error)


def _forget_in(copy: Path, clock: Clock, terms: Terms) -> None:
    engine = open_database(f"sqlite:///{copy}")
    try:
        forget_expired(engine, clock, terms, largest=None)
    finally:
        engine.dispose()


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
