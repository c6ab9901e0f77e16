"""The one place that knows how an event becomes a row of the table `events`, and a row an event.

Each field of an event is a column of the same name, except the article it is about, which fills four.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from kb.events import (
    Arm,
    ArticleSeen,
    ArticleViewed,
    Channel,
    ChannelChosen,
    ContactOpened,
    ContactTyped,
    Event,
    EventId,
    HelpStillNeeded,
    LinkOpened,
    LinkSent,
    Origin,
    PersonWanted,
    ProblemSolved,
    Reason,
    ResultOpened,
    Searched,
    SuggestionOpened,
    SuggestionsShown,
    Survey,
    SurveyAnswered,
    TicketSent,
    Traffic,
    Verdict,
    ViewTimed,
    VisitorKey,
    Voted,
)
from kb.model import ArticleId, ArticleKey, Language
from kb.storage.tables import events

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

KINDS: Mapping[str, type[Event]] = {
    "searched": Searched,
    "person_wanted": PersonWanted,
    "result_opened": ResultOpened,
    "article_viewed": ArticleViewed,
    "view_timed": ViewTimed,
    "voted": Voted,
    "contact_opened": ContactOpened,
    "contact_typed": ContactTyped,
    "suggestions_shown": SuggestionsShown,
    "suggestion_opened": SuggestionOpened,
    "problem_solved": ProblemSolved,
    "help_still_needed": HelpStillNeeded,
    "channel_chosen": ChannelChosen,
    "ticket_sent": TicketSent,
    "link_sent": LinkSent,
    "link_opened": LinkOpened,
    "survey_answered": SurveyAnswered,
}
"""Name of each kind of event in the database; never changed, since old rows carry it."""

_NAMES = {kind: name for name, kind in KINDS.items()}
_COMMON = {"id", "at", "origin"}
_DETAILS = {kind: tuple(each.name for each in fields(kind) if each.name not in _COMMON) for kind in KINDS.values()}
_POSITIONS = {column.name: position for position, column in enumerate(events.columns)}
_RECOGNISED = _POSITIONS["recognised"]
_EMPTY_ROW: Mapping[str, Any] = {column.name: None for column in events.columns if column.name != "seq"}


def kind_name(kind: type[Event]) -> str:
    """Return the name of a kind of event in the database."""
    return _NAMES[kind]


def instant_to_microseconds(instant: datetime) -> int:
    """Return whole microseconds since 1970 of an aware instant."""
    return (instant - _UNIX_EPOCH) // _MICROSECOND


def instant_from_microseconds(microseconds: int) -> datetime:
    """Return the aware UTC instant of whole microseconds since 1970."""
    return _UNIX_EPOCH + timedelta(microseconds=microseconds)


def event_to_row(event: Event) -> dict[str, Any]:
    """Return the values of the columns, all of them except `seq`."""
    origin = event.origin
    row: dict[str, Any] = dict(
        _EMPTY_ROW,
        id=event.id,
        kind=_NAMES[type(event)],
        at=instant_to_microseconds(event.at),
        visitor=origin.visitor,
        lang=origin.lang.value,
        traffic=origin.traffic.value,
        channel=origin.channel.value,
        recognised=int(origin.recognised),
    )
    for name in _DETAILS[type(event)]:
        value = getattr(event, name)
        if name == "article":
            row.update(_article_columns(value))
        elif name == "articles":
            row[name] = " ".join(map(str, value))
        elif isinstance(value, bool):
            row[name] = int(value)
        else:
            row[name] = value
    return row


def row_to_event(row: Sequence[Any]) -> Event:
    """Return the event of a row that holds all columns of `events` in their order."""
    kind = KINDS[row[2]]
    details = {name: read(row) for name, read in _DETAIL_READERS[kind]}
    origin = _origin(row[4], row[5], row[6], row[7], row[_RECOGNISED])
    return kind(id=EventId(row[1]), at=_UNIX_EPOCH + timedelta(microseconds=row[3]), origin=origin, **details)


# Millions of events share few articles and follow each other by visitor: equal values are made once.
@lru_cache(maxsize=1_024)
def _origin(visitor: str, lang: str, traffic: str, channel: str, recognised: int) -> Origin:
    return Origin(VisitorKey(visitor), Language(lang), Traffic(traffic), Channel(channel), bool(recognised))


@lru_cache(maxsize=16_384)
def _article_seen(article_id: str, lang: str, category: str, revision: str) -> ArticleSeen:
    return ArticleSeen(ArticleKey(ArticleId(article_id), Language(lang)), category, revision)


def _article_columns(article: ArticleSeen | None) -> dict[str, str]:
    if article is None:
        return {}
    return {
        "article_id": article.key.id,
        "article_lang": article.key.lang.value,
        "category": article.category,
        "revision": article.revision,
    }


_ARTICLE = _POSITIONS["article_id"]
_ARTICLES = _POSITIONS["articles"]


def _article(row: Sequence[Any]) -> ArticleSeen | None:
    article_id, lang, category, revision = row[_ARTICLE : _ARTICLE + 4]
    return None if article_id is None else _article_seen(article_id, lang, category, revision)


def _articles(row: Sequence[Any]) -> tuple[ArticleKey, ...]:
    pairs = (text.split(":", 1) for text in row[_ARTICLES].split())
    return tuple(ArticleKey(ArticleId(article_id), Language(lang)) for lang, article_id in pairs)


def _plain(name: str) -> Callable[[Sequence[Any]], Any]:
    position = _POSITIONS[name]
    return lambda row: row[position]


def _converted(name: str, convert: Callable[[Any], Any]) -> Callable[[Sequence[Any]], Any]:
    position = _POSITIONS[name]
    return lambda row: None if row[position] is None else convert(row[position])


_READERS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    **{
        name: _plain(name)
        for name in ("search", "view", "link", "ticket", "query", "results", "rank", "dwell_s", "comment", "score")
    },
    "article": _article,
    "articles": _articles,
    "no_answer": _converted("no_answer", bool),
    "rewritten": _converted("rewritten", bool),
    "verdict": _converted("verdict", Verdict),
    "reason": _converted("reason", Reason),
    "arm": _converted("arm", Arm),
    "chosen": _converted("chosen", Channel),
    "survey": _converted("survey", Survey),
}

_DETAIL_READERS = {kind: tuple((name, _READERS[name]) for name in names) for kind, names in _DETAILS.items()}
