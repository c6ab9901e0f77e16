"""Records what readers of public pages do. Ids are made from who did what when, so that a reload records nothing twice.

Pages stay the same for everybody: no id of a view stands in them, the beacon's view is found by the same calculation.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from flask import after_this_request, request

from kb.events import (
    SAID_ON_PURPOSE,
    ArticleSeen,
    ArticleViewed,
    Channel,
    Event,
    EventId,
    Origin,
    PersonWanted,
    ResultOpened,
    Searched,
    Traffic,
    ViewTimed,
    VisitorKey,
)
from kb.model import Article
from kb.results import Intent, Query, SearchResponse
from kb.storage.fetched_ahead import set_apart
from web.metrics.counters import count_search
from web.pacing import caller, event_pace
from web.services import Services, services
from web.tracking.reader import keep_to_this_browser, present_reader

SAME_VISIT = timedelta(minutes=30)
"""A page that is opened again within this time, by the clock's half hours, counts as the same opening."""

LONGEST_RANK = 1_100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SEARCH_ID = re.compile(r"[0-9a-f]{32}")
_RANK = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


def record(event: Event) -> bool:
    """Append an event to the log and return whether it was accepted; never raises.

    Of readers who ask not to be followed only what they say on purpose is recorded, whoever calls.
    """
    reader = present_reader()
    if reader.unrecorded and not isinstance(event, SAID_ON_PURPOSE):
        return False
    return services().event_log.append(set_apart(event) if reader.traffic is Traffic.PREFETCH else event)


def record_paced(event: Event) -> None:
    """Record what follows from looking at pages, unless their address looks faster than people do.

    It is answered all the same; what readers say on purpose has the pace of forms.
    """
    given = services()
    if given.pacer.take(event_pace(given.settings), caller()):
        record(event)


def article_ref(article: Article) -> ArticleSeen:
    """Return an article as events name it."""
    return ArticleSeen(article.key, article.category, article.digest)


def record_search(query: Query, response: SearchResponse, channel: Channel = Channel.SITE) -> str:
    """Record a search once, whichever of its pages is looked at.

    Returns:
        The search's id for the links of its results; empty for readers who want no record.
    """
    if query.offset == 0:
        count_search(response)  # a number without a visitor
    reader = present_reader()
    if reader.unrecorded:
        return ""
    if reader.cookie or reader.traffic is Traffic.PREFETCH:
        after_this_request(keep_to_this_browser)  # the links of its results carry this reader's id of the search
    now = services().clock.now()
    search = _search_id(reader.key, now, query)
    if query.offset == 0 and request.method == "GET" and response.intent is Intent.PERSON:
        record_paced(PersonWanted(id=EventId(search), at=now, origin=reader.origin(channel), query=query.text))
    elif query.offset == 0 and request.method == "GET":
        record_paced(
            Searched(
                id=EventId(search),
                at=now,
                origin=reader.origin(channel),
                query=query.text,
                results=response.total,
                no_answer=response.no_answer,
                rewritten=response.rewritten_query is not None,
            )
        )
    return search


def record_article(article: Article) -> None:
    """Record that an article was opened, and from which result of a search."""
    reader = present_reader()
    if reader.unrecorded:
        return
    now, origin, what = services().clock.now(), reader.origin(), article_ref(article)
    search = followed_search()
    if search and (rank := _followed_rank()):
        opened = EventId(stable_id("opened", search, str(article.key)))
        record_paced(ResultOpened(id=opened, at=now, origin=origin, search=search, article=what, rank=rank))
    record_paced(
        ArticleViewed(id=view_id(reader.key, article, now), at=now, origin=origin, article=what, search=search)
    )


def record_dwell(view: EventId, article: Article, dwell_s: float) -> None:
    """Record for how many seconds a view has been visible so far."""
    reader = present_reader()
    if reader.is_timed:
        record_paced(view_timed(services(), reader.origin(), view, article, dwell_s))


def view_shown(given: Services, origin: Origin, view: EventId, article: Article) -> ArticleViewed:
    """Return the event that a page is seen which was fetched ahead, perhaps before its reader was known."""
    return ArticleViewed(id=view, at=given.clock.now(), origin=origin, article=article_ref(article))


def view_timed(given: Services, origin: Origin, view: EventId, article: Article, dwell_s: float) -> ViewTimed:
    """Return the event that a view has been visible for that many seconds so far."""
    report, now = EventId(given.new_id()), given.clock.now()
    return ViewTimed(id=report, at=now, origin=origin, view=view, article=article_ref(article), dwell_s=dwell_s)


def view_id(key: VisitorKey, article: Article, at: datetime) -> EventId:
    """Return the id of the view of an article that a visitor opened at an instant."""
    return EventId(stable_id("view", key, str(article.key), article.digest, half_hour(at)))


def followed_search() -> EventId | None:
    """Return the search whose result link led here, None if the link was another reader's."""
    given = request.args.get("s", "") or request.form.get("s", "")
    if not _SEARCH_ID.fullmatch(given):
        return None
    return EventId(given) if given[24:] == _seal(present_reader().key, given[:24]) else None


def _followed_rank() -> int | None:
    """Return the place of the result whose link led here, None if it was none that a search can show."""
    given = request.args.get("r", "")
    return int(given) if _RANK.fullmatch(given) and int(given) <= LONGEST_RANK else None


def stable_id(*parts: str) -> str:
    """Return 32 hexadecimal digits made from the parts: the same for the same."""
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _search_id(key: VisitorKey, at: datetime, query: Query) -> str:
    """Return an id that only this visitor's links may carry: its last digits are made from the visitor's key."""
    what = (query.text, query.lang, repr(query.filters), query.mode, query.rewriting)
    start = stable_id("search", key, half_hour(at), *what)[:24]
    return start + _seal(key, start)


def _seal(key: VisitorKey, start: str) -> str:
    return stable_id("seal", key, start)[:8]


def half_hour(at: datetime) -> str:
    """Return the half hour of the clock that an instant lies in, as text."""
    return str((at - _EPOCH) // SAME_VISIT)
