"""What the index may learn from readers: the words they typed before an article helped them, and what is read most."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from sqlalchemy import Engine, and_, select

from kb.clock import Clock
from kb.events import Traffic, Verdict
from kb.model import ArticleId, ArticleKey, Language
from kb.statistics.feedback import most_read
from kb.statistics.periods import Period
from kb.statistics.searches import folded_query
from kb.storage.database import reading
from kb.storage.tables import events, votes


def liked_queries(engine: Engine, k: int, limit: int = 5) -> dict[ArticleKey, tuple[str, ...]]:
    """Return what at least `k` different visitors typed before they voted an article helpful, for `Article.asked_as`.

    Args:
        k: `Settings.k_anonymity`; counts present votes, so that an article's new revision starts over.
        limit: Most queries of one article, those of most visitors first.
    """
    search = events.alias("search")
    statement = (
        select(votes.c.article_lang, votes.c.article_id, search.c.query, votes.c.visitor)
        .join_from(votes, search, and_(search.c.id == votes.c.search, search.c.visitor == votes.c.visitor))
        .where(votes.c.verdict == Verdict.HELPFUL.value, search.c.traffic == Traffic.READER.value)
    )
    visitors: dict[ArticleKey, dict[str, set[str]]] = {}
    with reading(engine) as connection:
        for lang, article_id, query, visitor in connection.execute(statement):
            if text := folded_query(query or ""):
                key = ArticleKey(ArticleId(article_id), Language(lang))
                visitors.setdefault(key, {}).setdefault(text, set()).add(visitor)
    liked = {key: _most_typed(queries, k, limit) for key, queries in visitors.items()}
    return {key: liked[key] for key in sorted(liked) if liked[key]}


class StoredReadership:
    """Knows what readers opened most in the last weeks; asks the database every few minutes at most.

    Args:
        minimum_views: Views of all articles of a language under which nothing is said to be most read.
    """

    PERIOD = timedelta(days=28)
    FRESH = timedelta(minutes=10)

    def __init__(self, engine: Engine, clock: Clock, minimum_views: int = 50) -> None:
        self._engine = engine
        self._clock = clock
        self._minimum_views = minimum_views
        self._lock = threading.Lock()
        self._known: dict[tuple[Language, int], tuple[datetime, tuple[ArticleId, ...]]] = {}

    def most_read(self, lang: Language, limit: int) -> tuple[ArticleId, ...]:
        """Return at most `limit` articles, most read first; empty while there is too little to say so."""
        now = self._clock.now()
        with self._lock:
            at, found = self._known.get((lang, limit), (None, ()))
            if at is None or now - at > self.FRESH:
                found = self._ask(lang, limit, now)
                self._known[(lang, limit)] = now, found
            return found

    def _ask(self, lang: Language, limit: int, now: datetime) -> tuple[ArticleId, ...]:
        period = Period((now - self.PERIOD).date(), now.date())
        return most_read(self._engine, period, lang, limit, minimum_views=self._minimum_views)


def _most_typed(queries: dict[str, set[str]], k: int, limit: int) -> tuple[str, ...]:
    shown = [(len(visitors), text) for text, visitors in queries.items() if len(visitors) >= k]
    return tuple(text for _, text in sorted(shown, key=lambda each: (-each[0], each[1]))[:limit])
