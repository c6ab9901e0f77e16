"""What readers did about contact beside writing: links followed, suggestions seen and opened, a person asked for.

Counted from the raw log, so no further back than it reaches (`Settings.retention_days`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, Engine, distinct, func, select

from kb.events import Channel, ChannelChosen, PersonWanted, SuggestionOpened, SuggestionsShown, Traffic
from kb.model import ArticleId, ArticleKey, Language
from kb.statistics.filters import FigureFilters
from kb.statistics.periods import Period
from kb.storage.database import reading
from kb.storage.event_rows import instant_to_microseconds, kind_name
from kb.storage.tables import events


@dataclass(frozen=True, slots=True)
class FollowedLink:
    """A way to support that is not the form.

    Attributes:
        times: How often its link was followed.
        readers: By how many readers.
    """

    channel: Channel
    times: int
    readers: int


@dataclass(frozen=True, slots=True)
class PersonsWanted:
    """How often the search was asked for a person, and by how many readers."""

    times: int
    readers: int


@dataclass(frozen=True, slots=True)
class SuggestedArticle:
    """An article that the contact form suggested.

    Attributes:
        shown: In how many lists it stood.
        opened: How often it was opened there.
    """

    article: ArticleKey
    shown: int
    opened: int


def followed_links(engine: Engine, period: Period, filters: FigureFilters) -> tuple[FollowedLink, ...]:
    """Return the contact links that readers followed, most first."""
    times = func.count()
    query = (
        select(events.c.chosen, times, func.count(distinct(events.c.visitor)))
        .where(*_conditions(ChannelChosen, period, filters))
        .group_by(events.c.chosen)
        .order_by(times.desc(), events.c.chosen)
    )
    with reading(engine) as connection:
        return tuple(FollowedLink(Channel(row[0]), row[1], row[2]) for row in connection.execute(query))


def persons_wanted(engine: Engine, period: Period, filters: FigureFilters) -> PersonsWanted:
    """Return how often readers asked the search for a person."""
    query = select(func.count(), func.count(distinct(events.c.visitor)))
    with reading(engine) as connection:
        times, readers = connection.execute(query.where(*_conditions(PersonWanted, period, filters))).one()
    return PersonsWanted(times, readers)


def suggested_articles(engine: Engine, period: Period, filters: FigureFilters) -> tuple[SuggestedArticle, ...]:
    """Return the articles that were suggested, those shown most first."""
    lists = select(events.c.articles).where(*_conditions(SuggestionsShown, period, filters))
    openings = select(events.c.article_lang, events.c.article_id)
    openings = openings.where(*_conditions(SuggestionOpened, period, filters))
    with reading(engine) as connection:
        shown = Counter(key for row in connection.execute(lists) for key in _keys((row[0] or "").split()))
        opened = Counter(ArticleKey(ArticleId(row[1]), Language(row[0])) for row in connection.execute(openings))
    found = (SuggestedArticle(key, shown[key], opened[key]) for key in shown.keys() | opened.keys())
    return tuple(sorted(found, key=lambda each: (-each.shown, -each.opened, str(each.article))))


def _conditions(kind: type, period: Period, filters: FigureFilters) -> list[ColumnElement[bool]]:
    first = datetime.combine(period.first, time(), UTC)
    after = datetime.combine(period.last + timedelta(days=1), time(), UTC)
    conditions = [
        events.c.kind == kind_name(kind),
        events.c.traffic == Traffic.READER.value,
        events.c.at >= instant_to_microseconds(first),
        events.c.at < instant_to_microseconds(after),
    ]
    if filters.lang is not None:
        conditions.append(events.c.lang == filters.lang.value)
    if filters.channel is not None:
        conditions.append(events.c.channel == filters.channel.value)
    return conditions


def _keys(texts: Iterable[str]) -> Iterable[ArticleKey]:
    for text in texts:
        yield ArticleKey.parse(text)
