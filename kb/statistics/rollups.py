"""Turns new raw events into facts and facts into daily figures; safe to run at any time, to kill and to run again.

An event touches its visitor: all journeys of that visitor are computed anew by the pure functions of
`kb.statistics.facts` and replace the old ones, so a late ticket moves the day in which its journey began. The days that
were touched are noted in the same transaction and their figures rebuilt from the facts afterwards. One process at a
time does this, by a lease.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, select, update
from sqlalchemy.sql import ColumnElement

from kb.clock import Clock
from kb.events import LinkSent, SurveyAnswered, Traffic
from kb.statistics.aggregates import MICROSECONDS_A_DAY, rebuild_day, refresh_query_audiences
from kb.statistics.facts import JourneyFact, VisitorFacts, facts_of
from kb.statistics.filters import Scope
from kb.statistics.journeys import streams_by_visitor
from kb.statistics.periods import Window
from kb.storage.database import insert_new, reading, writing
from kb.storage.event_log import stream_events
from kb.storage.event_rows import instant_to_microseconds, kind_name
from kb.storage.tables import (
    dirty_days,
    events,
    journey_facts,
    journey_scopes,
    link_facts,
    rollup_state,
    search_facts,
    touched_visitors,
)

_VISITORS_AT_ONCE = 500
_EVENTS_AT_ONCE = 20_000
_LEASE = timedelta(seconds=60)
# PostgreSQL hands out sequence numbers before the commit: events this far back are looked at again.
_OVERLAP = 1_000
_NO_ARM = "none"


@dataclass(frozen=True, slots=True)
class RollupReport:
    """What one run did.

    Attributes:
        events: New events since the last run.
        visitors: Visitors whose journeys were computed anew.
        days: Days whose figures were rebuilt.
    """

    events: int
    visitors: int
    days: int


class _Lease:
    """The right to roll up, renewed while working; lost when a process stalls for a minute."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._until = 0

    def acquire(self) -> bool:
        """Return whether no other process has it."""
        now = instant_to_microseconds(self._clock.now())
        with writing(self._engine) as connection:
            connection.execute(insert_new(connection, rollup_state, ["name"]), {"name": "lease", "value": 0})
            return self._move(connection, rollup_state.c.value <= now)

    def renew(self, connection: Connection) -> None:
        """Prolong it; raise RuntimeError if it was lost, so that the transaction is undone."""
        if not self._move(connection, rollup_state.c.value == self._until):
            raise RuntimeError("the rollup stalled and another process took over")

    def release(self) -> None:
        """Give it back."""
        with writing(self._engine) as connection:
            mine = (rollup_state.c.name == "lease") & (rollup_state.c.value == self._until)
            connection.execute(update(rollup_state).where(mine).values(value=0))

    def _move(self, connection: Connection, condition: ColumnElement[bool]) -> bool:
        until = instant_to_microseconds(self._clock.now() + _LEASE)
        moved = connection.execute(
            update(rollup_state).where(rollup_state.c.name == "lease", condition).values(value=until)
        ).rowcount
        self._until = until
        return moved == 1


def roll_up(engine: Engine, clock: Clock) -> RollupReport | None:
    """Bring facts and daily figures up to date.

    Returns:
        What was done; None if another process is at it.
    """
    lease = _Lease(engine, clock)
    if not lease.acquire():
        return None
    try:
        found = _note_new_events(engine, lease)
        visitors = 0
        while batch := _next_visitors(engine):
            _replace_facts(engine, batch, lease)
            visitors += len(batch)
        return RollupReport(found, visitors, _rebuild_dirty_days(engine, lease))
    finally:
        lease.release()


def state(connection: Connection, name: str) -> int:
    """Return a number that the rollup remembers, 0 at first."""
    return connection.execute(select(rollup_state.c.value).where(rollup_state.c.name == name)).scalar() or 0


def set_state(connection: Connection, name: str, value: int) -> None:
    """Remember a number; it never goes back."""
    connection.execute(insert_new(connection, rollup_state, ["name"]), {"name": name, "value": value})
    connection.execute(
        update(rollup_state).where(rollup_state.c.name == name, rollup_state.c.value < value).values(value=value)
    )


def _note_new_events(engine: Engine, lease: _Lease) -> int:
    """Queue the visitors and days of new events, a few thousand events at a time, and return how many were new."""
    with reading(engine) as connection:
        first = last = state(connection, "last_seq")
        newest = connection.execute(select(func.max(events.c.seq))).scalar() or 0
    overlap = _OVERLAP if engine.dialect.name == "postgresql" else 0
    while last < newest:
        upto = min(last + _EVENTS_AT_ONCE, newest)
        with writing(engine) as connection:
            lease.renew(connection)
            _note_events(connection, last - overlap, upto)
            set_state(connection, "last_seq", upto)
        last = upto
    return newest - first


def _note_events(connection: Connection, after: int, upto: int) -> None:
    new = (events.c.seq > after) & (events.c.seq <= upto)
    travels = (events.c.traffic == Traffic.READER.value) & (events.c.kind != kind_name(SurveyAnswered))
    readers = select(events.c.visitor).where(new, travels).distinct()
    connection.execute(insert_new(connection, touched_visitors, ["visitor"]).from_select(["visitor"], readers))
    day = events.c.at // MICROSECONDS_A_DAY
    _note_days(connection, connection.execute(select(day).where(new).distinct()).scalars())


def _note_days(connection: Connection, days: Iterable[int]) -> None:
    if rows := [{"day": day} for day in sorted(days)]:
        connection.execute(insert_new(connection, dirty_days, ["day"]), rows)


def _next_visitors(engine: Engine) -> list[str]:
    queue = select(touched_visitors.c.visitor).order_by(touched_visitors.c.visitor).limit(_VISITORS_AT_ONCE)
    with reading(engine) as connection:
        return list(connection.execute(queue).scalars())


def _replace_facts(engine: Engine, visitors: Sequence[str], lease: _Lease) -> None:
    queued = touched_visitors.c.visitor.between(visitors[0], visitors[-1])
    queue = select(touched_visitors.c.visitor).where(queued).scalar_subquery()
    readers = (events.c.visitor.in_(queue), events.c.traffic == Traffic.READER.value)
    with reading(engine) as connection:
        facts = [facts_of(stream) for stream in streams_by_visitor(stream_events(connection, *readers))]
    rows: dict[Table, list[dict[str, Any]]] = {
        journey_facts: [_journey_row(fact) for each in facts for fact in each.journeys],
        journey_scopes: [row for each in facts for fact in each.journeys for row in _scope_rows(fact)],
        link_facts: [row for each in facts for row in _link_rows(each)],
        search_facts: [row for each in facts for row in _search_rows(each)],
    }
    with writing(engine) as connection:
        lease.renew(connection)
        _note_days(connection, _days_of_links(connection, link_facts.c.visitor.in_(queue)))
        for table, new in rows.items():
            old = table.c.visitor.in_(queue)
            days = set(connection.execute(select(table.c.day).where(old).distinct()).scalars())
            if days:
                connection.execute(delete(table).where(old))
            if new:
                connection.execute(table.insert(), new)
            _note_days(connection, days | {row["day"] for row in new})
        _note_days(connection, _days_of_links(connection, link_facts.c.visitor.in_(queue)))
        connection.execute(delete(touched_visitors).where(queued))


def _days_of_links(connection: Connection, condition: ColumnElement[bool]) -> Iterable[int]:
    """Return the days on which links were sent, to which what readers did with them belongs."""
    links = select(link_facts.c.link).where(condition)
    sent = (events.c.kind == kind_name(LinkSent)) & events.c.link.in_(links)
    return connection.execute(select(events.c.at // MICROSECONDS_A_DAY).where(sent).distinct()).scalars()


def _rebuild_dirty_days(engine: Engine, lease: _Lease) -> int:
    with writing(engine) as connection:
        first_kept = state(connection, "pruned_day")
        connection.execute(delete(dirty_days).where(dirty_days.c.day < first_kept))
        days = list(connection.execute(select(dirty_days.c.day).order_by(dirty_days.c.day)).scalars())
    for day in days:
        with writing(engine) as connection:
            lease.renew(connection)
            rebuild_day(connection, day)
            connection.execute(delete(dirty_days).where(dirty_days.c.day == day))
    for week in sorted({day // 7 for day in days}):
        with writing(engine) as connection:
            refresh_query_audiences(connection, week)
    return len(days)


def _day(instant: datetime) -> int:
    return instant_to_microseconds(instant) // MICROSECONDS_A_DAY


def _journey_row(fact: JourneyFact) -> dict[str, Any]:
    row: dict[str, Any] = {
        "visitor": fact.visitor,
        "start": instant_to_microseconds(fact.start),
        "end": instant_to_microseconds(fact.end),
        "day": _day(fact.start),
        "lang": fact.lang.value,
        "channel": fact.channel.value,
        "arm": fact.arm.value if fact.arm else _NO_ARM,
        "sessions": fact.sessions,
        "forms": fact.forms,
        "contact_opened": int(fact.contact_opened),
        "contact_delay": None if fact.contact_delay is None else fact.contact_delay // timedelta(microseconds=1),
    }
    return row | {f"outcome_{window.value}": fact.outcome(window).value for window in Window}


def _scope_rows(fact: JourneyFact) -> Iterator[dict[str, Any]]:
    followed: dict[tuple[Scope, str], bool] = {}
    for opening in fact.openings:
        for place in ((Scope.ARTICLE, str(opening.article.key)), (Scope.CATEGORY, opening.article.category)):
            followed[place] = followed.get(place, False) or opening.contact_after
    for (scope, value), contact_after in followed.items():
        yield {
            "visitor": fact.visitor,
            "start": instant_to_microseconds(fact.start),
            "day": _day(fact.start),
            "scope": scope.value,
            "value": value,
            "contact_after": int(contact_after),
        }


def _link_rows(facts: VisitorFacts) -> Iterator[dict[str, Any]]:
    for fact in facts.links:
        yield {
            "visitor": facts.visitor,
            "link": fact.link,
            "day": _day(fact.opened),
            "solved": int(fact.solved),
            "reopened": int(fact.reopened),
        }


def _search_rows(facts: VisitorFacts) -> Iterator[dict[str, Any]]:
    for search in facts.searches:
        yield {
            "visitor": facts.visitor,
            "at": instant_to_microseconds(search.at),
            "day": _day(search.at),
            "lang": search.lang.value,
            "channel": search.channel.value,
            "query": search.query,
            "zero": int(search.found_nothing),
            "rank": search.rank,
            "reformulated": int(search.reformulated),
            "recognised": int(facts.recognised),
        }
