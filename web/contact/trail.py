"""What a customer searched and read before they wrote: shown to them, and sent along only if they agree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from kb.contact.model import ReadArticle, Trail
from kb.events import ARTICLE_OPENINGS, Event, Searched, VisitorKey
from web.layout import absolute
from web.public.pages import article_path
from web.services import content, is_public, services

LONGEST = 10

Item = TypeVar("Item")


def trail_of(visitor: VisitorKey) -> Trail:
    """Return the last searches and articles of a visitor's present journey, each once."""
    events = services().history.recent(visitor)
    return Trail(
        searches=_last(event.query for event in events if isinstance(event, Searched)),
        articles=_last(article for event in events for article in _read(event)),
    )


def _read(event: Event) -> Iterable[ReadArticle]:
    if not isinstance(event, ARTICLE_OPENINGS):
        return
    article = content().article(event.article.key)
    if article and is_public(article):
        yield ReadArticle(article.title, absolute(article_path(article)))


def _last(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))[-LONGEST:]
