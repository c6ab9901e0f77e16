"""What counts as one search, and what became of it. Pure functions over one journey's events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from kb.events import Channel, Event, EventId, ResultOpened, Searched
from kb.model import Language

KEYSTROKE_PAUSE = timedelta(seconds=30)
REFORMULATION_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SearchFact:
    """One search, its keystrokes collapsed.

    Attributes:
        at: Instant of the last keystroke's search.
        query: The last query, spaces and case folded.
        found_nothing: It ended without an answer.
        rank: Place, from 1, of the result that was opened first, None if none was.
        reformulated: Nothing was opened and another query followed within five minutes.
    """

    at: datetime
    lang: Language
    channel: Channel
    query: str
    found_nothing: bool
    rank: int | None
    reformulated: bool


@dataclass(frozen=True, slots=True)
class _Series:
    """The searches of one series of keystrokes, and the rank that was opened first."""

    first: Searched
    last: Searched
    rank: int | None


def searches_of(events: Sequence[Event]) -> tuple[SearchFact, ...]:
    """Return the searches of one journey.

    Args:
        events: By time and id.
    """
    series = list(_series_of(events))
    followers: list[_Series | None] = [later for _, later in pairwise(series)]
    followers += [None] * bool(series)
    return tuple(_fact(each, follower) for each, follower in zip(series, followers, strict=True))


def folded_query(query: str) -> str:
    """Return the query with case and runs of spaces folded: what is compared and shown."""
    return " ".join(query.casefold().split())


def _fact(series: _Series, follower: _Series | None) -> SearchFact:
    last = series.last
    reformulated = (
        series.rank is None
        and follower is not None
        and follower.first.at - last.at <= REFORMULATION_PAUSE
        and folded_query(follower.last.query) != folded_query(last.query)
    )
    origin = last.origin
    query = folded_query(last.query)
    return SearchFact(last.at, origin.lang, origin.channel, query, last.found_nothing, series.rank, reformulated)


def _series_of(events: Sequence[Event]) -> Iterator[_Series]:
    clicks: dict[EventId, ResultOpened] = {}
    for event in events:
        if isinstance(event, ResultOpened):
            clicks.setdefault(event.search, event)
    run: list[Searched] = []
    for search in (event for event in events if isinstance(event, Searched)):
        if run and not (_extends(run[-1], search) and run[-1].id not in clicks):
            yield _closed(run, clicks)
            run = []
        run.append(search)
    if run:
        yield _closed(run, clicks)


def _extends(earlier: Searched, later: Searched) -> bool:
    return later.at - earlier.at <= KEYSTROKE_PAUSE and folded_query(later.query).startswith(
        folded_query(earlier.query)
    )


def _closed(run: list[Searched], clicks: dict[EventId, ResultOpened]) -> _Series:
    opened = sorted((clicks[search.id] for search in run if search.id in clicks), key=lambda each: (each.at, each.id))
    return _Series(run[0], run[-1], opened[0].rank if opened else None)
