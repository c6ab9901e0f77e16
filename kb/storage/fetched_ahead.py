"""Counts what a browser fetched ahead from the moment its reader sees it, and never if nobody does.

A browser that prerenders or prefetches a page sends the reader's cookie, and does not ask again when the page is shown.
What such a request would have recorded is kept apart under ids of its own; the page's first report that it is visible
makes ordinary events of it: the view, the result that was opened, and the search if its page was fetched ahead too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from kb.events import Event, EventId, ResultOpened, Traffic, ViewTimed
from kb.storage.event_rows import kind_name
from kb.storage.tables import events

_AHEAD = "pre-"
_IDS_AT_ONCE = 500


def set_apart(event: Event) -> Event:
    """Return an event of a request that fetches ahead under an id that keeps the reader's own free."""
    return replace(event, id=EventId(_AHEAD + event.id))


def rows_of_shown(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows to add since rows that are being written say that pages fetched ahead are seen.

    Args:
        rows: New rows of the table of events.
    """
    readers = [row for row in rows if row["traffic"] == Traffic.READER]
    seen = {row["view"]: row for row in readers if row["kind"] == kind_name(ViewTimed)}
    searched = {row["search"]: row for row in readers if row["kind"] == kind_name(ResultOpened)}
    if not seen and not searched:
        return []
    views = _found(connection, seen)
    opened = _opened_results(connection, views)
    searches = _found(connection, searched.keys() | {row.search for row in views if row.search})
    first_seen = {row.id: seen[row.id.removeprefix(_AHEAD)] for row in views}
    times = {(row.visitor, row.search): first_seen[row.id]["at"] for row in views}
    return [
        *(_shown(row, first_seen[row.id]["at"] - int(first_seen[row.id]["dwell_s"] * 1_000_000)) for row in views),
        *(_shown(row, times[row.visitor, row.search]) for row in opened),
        *(_shown(row, row.at) for row in searches),
    ]


def _found(connection: Connection, ids: Iterable[str]) -> list[Row[Any]]:
    wanted = sorted(_AHEAD + each for each in ids)
    found: list[Row[Any]] = []
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        some = events.c.id.in_(wanted[start : start + _IDS_AT_ONCE])
        found += connection.execute(select(events).where(some, events.c.traffic == Traffic.PREFETCH.value)).all()
    return found


def _opened_results(connection: Connection, views: Sequence[Row[Any]]) -> list[Row[Any]]:
    led = [
        and_(events.c.visitor == view.visitor, events.c.search == view.search, events.c.article_id == view.article_id)
        for view in views
        if view.search
    ]
    if not led:
        return []
    ahead = (events.c.traffic == Traffic.PREFETCH.value, events.c.kind == kind_name(ResultOpened))
    return list(connection.execute(select(events).where(*ahead, or_(*led))).all())


def _shown(row: Row[Any], at: int) -> dict[str, Any]:
    own = {"id": row.id.removeprefix(_AHEAD), "traffic": Traffic.READER.value, "at": max(row.at, at)}
    return {name: value for name, value in row._mapping.items() if name != "seq"} | own
