"""Keeps items and their history; a change made from an old version is refused, never merged in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, insert, select, update
from sqlalchemy.sql import ColumnElement

from kb.clock import Clock
from kb.editing.model import (
    Change,
    ChangeKind,
    EditConflictError,
    Entry,
    Item,
    ItemId,
    QueryId,
    Queue,
    State,
    Subject,
)
from kb.errors import UserError
from kb.statistics.periods import day_number, day_of_number
from kb.storage.database import insert_new, insert_once, reading, writing
from kb.storage.editing_tables import editing_history, editing_items, editing_members
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds

LONGEST_NOTE = 5_000


class EditingStore:
    """Reads and changes items; safe with several processes.

    Args:
        engine: The database.
        clock: Dates what was done.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def items(self, queue: Queue) -> tuple[Item, ...]:
        """Return everything of a queue that was touched, by subject."""
        with reading(self._engine) as connection:
            return _items(connection, editing_items.c.queue == queue.value)

    def item(self, queue: Queue, subject: Subject) -> Item:
        """Return an item; one that nobody touched is new and has the version 0."""
        with reading(self._engine) as connection:
            return _one(connection, queue, subject)

    def history(self, item: Item) -> tuple[Entry, ...]:
        """Return what was done about an item, newest first."""
        wanted = select(editing_history).where(editing_history.c.item == item.id).order_by(editing_history.c.seq.desc())
        with reading(self._engine) as connection:
            return tuple(
                Entry(instant_from_microseconds(row.at), row.by, ChangeKind(row.kind), row.text)
                for row in connection.execute(wanted)
            )

    def change(
        self,
        queue: Queue,
        subject: Subject,
        change: Change,
        *,
        version: int,
        by: str,
        cases: int = 0,
        members: Collection[QueryId] = (),
        reopened: bool = False,
    ) -> Item:
        """Set state, owner and note.

        Args:
            version: Of the item from which the change was made.
            by: Login of the editor.
            cases: Cases known now; remembered when the item is closed.
            members: Queries of the cluster now.
            reopened: New evidence had opened it again before this change.

        Raises:
            EditConflictError: The item has another version; nothing was changed.
            UserError: The note is too long.
        """
        if len(change.note) > LONGEST_NOTE:
            raise UserError(f"A note has at most {LONGEST_NOTE} characters.")
        today = self._clock.now().date()
        with writing(self._engine) as connection:
            old = _one(connection, queue, subject)
            if old.version != version:
                raise EditConflictError(old)
            keeps = old.state is change.state and not reopened
            closed = (old.closed if keeps else today) if change.state.is_closed else None
            new = replace(
                old,
                state=change.state,
                owner=change.owner,
                note=change.note,
                version=version + 1,
                closed=closed,
                closed_cases=old.closed_cases if keeps else cases,
            )
            _write(connection, new)
            _remember_members(connection, new.id, members)
            for kind, text in _differences(old, new, reopened=reopened):
                self._note(connection, new.id, by, kind, text)
        return replace(new, members=old.members | frozenset(members))

    def record_fix(
        self, queue: Queue, subject: Subject, text: str, *, by: str, members: Collection[QueryId] = ()
    ) -> Item:
        """Write down what was done; a new item is in work from then on. Forms that are open stay valid."""
        with writing(self._engine) as connection:
            item = _one(connection, queue, subject)
            if item.version == 0:
                item = replace(item, state=State.IN_WORK, owner=by, version=1)
                _write(connection, item)
            _remember_members(connection, item.id, members)
            self._note(connection, item.id, by, ChangeKind.FIX, text)
        return replace(item, members=item.members | frozenset(members))

    def _note(self, connection: Connection, item: ItemId, by: str, kind: ChangeKind, text: str) -> None:
        at = instant_to_microseconds(self._clock.now())
        connection.execute(insert(editing_history).values(item=item, at=at, by=by, kind=kind.value, text=text))


def _differences(old: Item, new: Item, *, reopened: bool) -> Iterator[tuple[ChangeKind, str]]:
    if reopened:
        yield ChangeKind.REOPENED, ""
    if old.state is not new.state:
        yield ChangeKind.STATE, new.state.value
    if old.owner != new.owner:
        yield ChangeKind.OWNER, new.owner
    if old.note != new.note:
        yield ChangeKind.NOTE, new.note


def _one(connection: Connection, queue: Queue, subject: Subject) -> Item:
    condition = (editing_items.c.queue == queue.value) & (editing_items.c.subject == subject)
    found = _items(connection, condition)
    return found[0] if found else Item(ItemId(uuid4().hex), queue, subject)


def _items(connection: Connection, condition: ColumnElement[bool]) -> tuple[Item, ...]:
    rows = connection.execute(select(editing_items).where(condition).order_by(editing_items.c.subject)).all()
    members: dict[str, set[QueryId]] = {}
    of_these = select(editing_items.c.id).where(condition)
    for item, query in connection.execute(
        select(editing_members.c.item, editing_members.c.query_id).where(editing_members.c.item.in_(of_these))
    ):
        members.setdefault(item, set()).add(QueryId(query))
    return tuple(_item(row, frozenset(members.get(row.id, ()))) for row in rows)


def _item(row: Row[tuple[object, ...]], members: frozenset[QueryId]) -> Item:
    return Item(
        ItemId(row.id),
        Queue(row.queue),
        Subject(row.subject),
        State(row.state),
        row.owner,
        row.note,
        row.version,
        None if row.closed_day is None else day_of_number(row.closed_day),
        row.closed_cases,
        members,
    )


def _write(connection: Connection, item: Item) -> None:
    """Write an item over its last version; raise EditConflictError if another process was faster."""
    values = {
        "state": item.state.value,
        "owner": item.owner,
        "note": item.note,
        "version": item.version,
        "closed_day": None if item.closed is None else day_number(item.closed),
        "closed_cases": item.closed_cases,
    }
    if item.version == 1:
        new = {"id": item.id, "queue": item.queue.value, "subject": item.subject} | values
        written = insert_once(connection, editing_items, ["queue", "subject"], new)
    else:
        same = (editing_items.c.id == item.id) & (editing_items.c.version == item.version - 1)
        written = connection.execute(update(editing_items).where(same).values(values)).rowcount == 1
    if not written:
        raise EditConflictError(_one(connection, item.queue, item.subject))


def _remember_members(connection: Connection, item: ItemId, members: Collection[QueryId]) -> None:
    if rows := [{"item": item, "query_id": member} for member in sorted(members)]:
        connection.execute(insert_new(connection, editing_members, ["item", "query_id"]), rows)
