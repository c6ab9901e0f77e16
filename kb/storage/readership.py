"""What readers open, asked by public pages: the most read articles, and one visitor's present journey."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from kb.clock import Clock
from kb.events import Event, EventId, VisitorKey
from kb.model import ArticleId, Language
from kb.storage.database import reading
from kb.storage.event_log import stream_events
from kb.storage.event_rows import instant_to_microseconds
from kb.storage.tables import article_days, events

PERIOD_DAYS = 28
FEWEST_VIEWS = 20
"""Views that the last of the list must have, so that the list says something."""

REFRESHED = timedelta(minutes=10)
HISTORY = timedelta(hours=24)
LONGEST_HISTORY = 200
_EPOCH_DAY = datetime(1970, 1, 1).toordinal()

_log = logging.getLogger(__name__)


class StoredReadership:
    """Counts views of the last four weeks in the daily figures, and remembers the result for a while.

    Args:
        engine: The database.
        clock: Tells what day it is.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[Language, tuple[datetime, tuple[ArticleId, ...]]] = {}

    def most_read(self, lang: Language, limit: int) -> tuple[ArticleId, ...]:
        """Return the most read articles, most read first; empty while any of them has too few views to say so."""
        now = self._clock.now()
        with self._lock:
            known = self._known.get(lang)
        if known is None or now - known[0] > REFRESHED:
            known = (now, self._counted(lang, now))
            with self._lock:
                self._known[lang] = known
        ids = known[1][:limit]
        return ids if len(ids) == limit else ()

    def _counted(self, lang: Language, now: datetime) -> tuple[ArticleId, ...]:
        views = func.sum(article_days.c.views)
        first = now.toordinal() - _EPOCH_DAY - PERIOD_DAYS
        most = (
            select(article_days.c.article_id)
            .where(article_days.c.article_lang == lang, article_days.c.day >= first)
            .group_by(article_days.c.article_id)
            .having(views >= FEWEST_VIEWS)
            .order_by(views.desc(), article_days.c.article_id)
            .limit(50)
        )
        try:
            with reading(self._engine) as connection:
                return tuple(ArticleId(each) for each in connection.execute(most).scalars())
        except SQLAlchemyError:
            _log.exception("the most read articles cannot be counted")
            return ()


class StoredHistory:
    """Reads back what one visitor did.

    Args:
        engine: The database.
        clock: Tells what is recent.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def recent(self, visitor: VisitorKey) -> tuple[Event, ...]:
        """Return the visitor's events of the last day, oldest first; nothing if the database fails."""
        since = instant_to_microseconds(self._clock.now() - HISTORY)
        try:
            with reading(self._engine) as connection:
                found = tuple(stream_events(connection, events.c.visitor == visitor, events.c.at >= since))
        except SQLAlchemyError:
            _log.exception("a visitor's journey cannot be read")
            return ()
        return found[-LONGEST_HISTORY:]

    def survey_score(self, answer: EventId) -> int | None:
        """Return the score of an answer to a survey; None if there is none, or if the database fails."""
        try:
            with reading(self._engine) as connection:
                return connection.scalar(select(events.c.score).where(events.c.id == answer))
        except SQLAlchemyError:
            _log.exception("an answer to a survey cannot be read")
            return None
