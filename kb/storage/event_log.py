"""The one way into the event log, and the way to read it back.

Views and searches are queued and written by a thread a quarter of a second later, many in one transaction, so that no
page waits for the disk and no search is interrupted for each; a killed process may lose those moments of views. Votes,
tickets and whatever else is confirmed to a person are committed before `append` returns. A failing log is logged and
counted, and never raises into a page.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import ColumnElement

from kb.events import ACKNOWLEDGED, Event, PersonWanted, Searched, Traffic, Voted
from kb.privacy import mask_personal_data
from kb.storage.database import insert_new, reading, upsert, writing
from kb.storage.engines import is_outage
from kb.storage.event_rows import event_to_row, instant_to_microseconds, row_to_event
from kb.storage.fetched_ahead import rows_of_shown
from kb.storage.tables import events, votes

MAXIMUM_QUERY_LENGTH = 500
MAXIMUM_COMMENT_LENGTH = 2_000
_LONGEST_MASKED = 20_000
_ATTEMPTS = 3
_OUTAGE_S = 120.0
_PAUSE_S = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LogHealth:
    """What became of the events that this process appended.

    Attributes:
        stored: Written to the database.
        waiting: Queued.
        dropped: Refused because the queue was full.
        failed: Not written because of an error.
    """

    stored: int
    waiting: int
    dropped: int
    failed: int


class EventLog:
    """Appends events.

    Args:
        engine: An open database; stays the caller's.
        linger_s: How long views and searches may wait for company; 0 writes everything at once, without a thread.
        queue_limit: Events that may wait; more are dropped and counted.
    """

    def __init__(self, engine: Engine, *, linger_s: float = 0.25, queue_limit: int = 10_000) -> None:
        self._engine = engine
        self._linger_s = linger_s
        self._queue: queue.Queue[Event | None] = queue.Queue(queue_limit)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._writer: threading.Thread | None = None
        self._stored = self._dropped = self._failed = 0

    def append(self, event: Event) -> bool:
        """Record an event; one whose id is already there changes nothing.

        Args:
            event: With an aware instant; text in it is masked and cut here.

        Returns:
            For a vote, a ticket or another event in `kb.events.ACKNOWLEDGED`: whether it is stored for good. For
            others: whether it was accepted.
        """
        try:
            if self._linger_s and not isinstance(event, ACKNOWLEDGED):
                return self._enqueue(event)
            self._write([_row(event)])
        except Exception as error:  # noqa: BLE001 - the edge between the log and a page, which must not fail with it
            self._count_failures(1)
            trace = None if _is_outage(error) else error  # what is said for every vote of an outage stays short
            _log.error("an event of kind %s was not recorded: %s", type(event).__name__, error, exc_info=trace)
            return False
        return True

    def record_in(self, connection: Connection, event: Event) -> None:
        """Record an event in the caller's transaction, so that both are stored or neither, as with a ticket's outbox.

        Raises:
            SQLAlchemyError: The database failed; the caller's transaction is lost.
        """
        _write_rows(connection, [_row(event)])

    @property
    def health(self) -> LogHealth:
        """Return the counts since this log was opened."""
        with self._lock:
            return LogHealth(self._stored, self._queue.qsize(), self._dropped, self._failed)

    def flush(self) -> None:
        """Wait until all that was accepted is written or has failed."""
        self._queue.join()

    def close(self) -> None:
        """Write what waits and end the thread; the log may be used again afterwards."""
        with self._lock:
            writer, self._writer = self._writer, None
        if writer:
            self._closing.set()
            self._queue.put(None)
            writer.join()
            self._closing.clear()

    def _enqueue(self, event: Event) -> bool:
        try:
            self._queue.put_nowait(event)
        except queue.Full:
            with self._lock:
                self._dropped += 1
            return False
        with self._lock:
            if self._writer is None or not self._writer.is_alive():  # also after a fork
                self._writer = threading.Thread(target=self._drain, name="event-log", daemon=True)
                self._writer.start()
        return True

    def _drain(self) -> None:
        while True:
            batch = [self._queue.get()]
            time.sleep(self._linger_s)
            batch += [self._queue.get_nowait() for _ in range(self._queue.qsize())]
            self._write_patiently([event for event in batch if event is not None])
            for _ in batch:
                self._queue.task_done()
            if None in batch:
                return

    def _write_patiently(self, waiting: list[Event]) -> None:
        attempts, given_up = 0, time.monotonic() + _OUTAGE_S
        while attempts < _ATTEMPTS:
            try:
                self._write([_row(event) for event in waiting])
            except Exception as error:  # noqa: BLE001 - the thread's edge: it must outlive any one batch
                if _is_outage(error) and time.monotonic() < given_up and not self._closing.wait(_PAUSE_S):
                    continue  # a database that is away for a minute costs nothing: events wait in the queue
                attempts += 1
                if attempts == _ATTEMPTS:
                    _log.exception("%d events were not recorded together; trying each alone", len(waiting))
            else:
                return
        for event in waiting:
            try:
                self._write([_row(event)])
            except Exception:  # noqa: BLE001 - as above
                self._count_failures(1)

    def _write(self, rows: Sequence[dict[str, Any]]) -> None:
        if not rows:
            return
        with writing(self._engine) as connection:
            _write_rows(connection, rows)
        with self._lock:
            self._stored += len(rows)

    def _count_failures(self, count: int) -> None:
        with self._lock:
            self._failed += count


def append_many(engine: Engine, batch: Sequence[Event]) -> None:
    """Record many events in one transaction, for imports, replays and simulations.

    Raises:
        SQLAlchemyError: The database failed; none of them is stored.
    """
    rows = [_row(event) for event in batch]
    if rows:
        with writing(engine) as connection:
            _write_rows(connection, rows)


def stream_events(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[Event]:
    """Yield the events that meet all conditions (on `kb.storage.tables.events`), by visitor, time and id."""
    statement = select(events).where(*conditions).order_by(events.c.visitor, events.c.at, events.c.id)
    for rows in connection.execute(statement).partitions(5_000):
        yield from map(row_to_event, rows)


def read_events(engine: Engine, start: datetime, end: datetime) -> tuple[Event, ...]:
    """Return the events from `start` up to before `end`, by visitor, time and id; all kinds of traffic."""
    low, high = instant_to_microseconds(start), instant_to_microseconds(end)
    with reading(engine) as connection:
        return tuple(stream_events(connection, events.c.at >= low, events.c.at < high))


def _write_rows(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    insert = insert_new(connection, events, ["id"])
    ahead = [row for row in rows if row["traffic"] == Traffic.PREFETCH]
    if ahead:
        connection.execute(insert, ahead)
    # Before the others: what was set apart says from which search a page was opened.
    others = [*rows_of_shown(connection, rows), *(row for row in rows if row["traffic"] != Traffic.PREFETCH)]
    if others:
        connection.execute(insert, others)
    if ballots := [_ballot(row) for row in rows if row["kind"] == "voted" and row["traffic"] == Traffic.READER]:
        statement = upsert(connection, votes, _VOTE_KEYS, only_if=lambda new: new.at >= votes.c.at)
        connection.execute(statement, ballots)


_VOTE_KEYS = ("visitor", "article_id", "article_lang", "revision")


def _is_outage(error: Exception) -> bool:
    return isinstance(error, SQLAlchemyError) and is_outage(error)


def _ballot(row: dict[str, Any]) -> dict[str, Any]:
    return {column.name: row[column.name] for column in votes.columns if column.name != "event"} | {"event": row["id"]}


def _row(event: Event) -> dict[str, Any]:
    return event_to_row(_without_personal_data(event))


def _without_personal_data(event: Event) -> Event:
    if isinstance(event, Searched | PersonWanted):
        return replace(event, query=_storable(event.query, MAXIMUM_QUERY_LENGTH))
    if isinstance(event, Voted) and event.comment:
        return replace(event, comment=_storable(event.comment, MAXIMUM_COMMENT_LENGTH))
    return event


def _storable(text: str, length: int) -> str:
    # Lone surrogates cannot be encoded, and PostgreSQL stores no NUL.
    encodable = text[:_LONGEST_MASKED].replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return mask_personal_data(encodable)[:length]
