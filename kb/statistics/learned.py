"""What the index may learn from readers: the words that they typed before an article helped them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, and_, select

from kb.events import Traffic, Verdict
from kb.model import ArticleId, ArticleKey, Language
from kb.statistics.searches import folded_query
from kb.storage.database import reading
from kb.storage.tables import events, votes
from kb.visitors import SALT_PERIOD


def liked_queries(engine: Engine, k: int, limit: int = 5) -> dict[ArticleKey, tuple[str, ...]]:
    """Return what at least `k` different visitors of one week typed before they voted an article helpful.

    It is what `Article.asked_as` holds.

    Args:
        k: `Settings.k_anonymity`; counts present votes, so that an article's new revision starts over.
        limit: Most queries of one article, those of most visitors first.
    """
    search = events.alias("search")
    statement = (
        select(votes.c.article_lang, votes.c.article_id, search.c.query, votes.c.at // _WEEK, votes.c.visitor)
        .join_from(votes, search, and_(search.c.id == votes.c.search, search.c.visitor == votes.c.visitor))
        .where(votes.c.verdict == Verdict.HELPFUL.value, search.c.traffic == Traffic.READER.value)
    )
    # By week, within which nobody has two keys.
    visitors: dict[ArticleKey, dict[tuple[str, int], set[str]]] = {}
    with reading(engine) as connection:
        for lang, article_id, query, week, visitor in connection.execute(statement):
            if text := folded_query(query or ""):
                key = ArticleKey(ArticleId(article_id), Language(lang))
                visitors.setdefault(key, {}).setdefault((text, week), set()).add(visitor)
    liked = {key: _most_typed(queries, k, limit) for key, queries in visitors.items()}
    return {key: liked[key] for key in sorted(liked) if liked[key]}


_WEEK = SALT_PERIOD // timedelta(microseconds=1)


def _most_typed(queries: dict[tuple[str, int], set[str]], k: int, limit: int) -> tuple[str, ...]:
    most: dict[str, int] = {}
    for (text, _), visitors in queries.items():
        most[text] = max(most.get(text, 0), len(visitors))
    shown = [(count, text) for text, count in most.items() if count >= k]
    return tuple(text for _, text in sorted(shown, key=lambda each: (-each[0], each[1]))[:limit])
