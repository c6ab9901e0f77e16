"""The articles that an agent used last, and those kept as favourites."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, Engine, delete, select

from kb.accounts.model import UserId
from kb.clock import Clock
from kb.model import ArticleId, ArticleKey, Language
from kb.storage.agent_tables import agent_articles
from kb.storage.database import reading, upsert, writing
from kb.storage.event_rows import instant_to_microseconds

KEPT = 20
"""Recent articles that are remembered."""

MOST_FAVOURITES = 100
_KEYS = ["user", "shelf", "article_id", "article_lang"]


class ShelfKind(StrEnum):
    """Which list."""

    RECENT = "recent"
    FAVOURITE = "favourite"


class Shelf:
    """Keeps the lists of all agents.

    Args:
        engine: The database.
        clock: Orders recent articles.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def articles(self, user: UserId, kind: ShelfKind) -> tuple[ArticleKey, ...]:
        """Return a list, the latest first."""
        with reading(self._engine) as connection:
            return _articles(connection, user, kind)

    def remember(self, user: UserId, article: ArticleKey) -> None:
        """Put an article in front of the recent ones; the oldest falls off."""
        self._put(user, ShelfKind.RECENT, article, KEPT)

    def keep(self, user: UserId, article: ArticleKey) -> None:
        """Make an article a favourite."""
        self._put(user, ShelfKind.FAVOURITE, article, MOST_FAVOURITES)

    def drop(self, user: UserId, article: ArticleKey) -> None:
        """Make an article no favourite."""
        with writing(self._engine) as connection:
            _delete(connection, user, ShelfKind.FAVOURITE, article)

    def _put(self, user: UserId, kind: ShelfKind, article: ArticleKey, most: int) -> None:
        row = {
            "user": user,
            "shelf": kind,
            "article_id": article.id,
            "article_lang": article.lang,
            "at": instant_to_microseconds(self._clock.now()),
        }
        with writing(self._engine) as connection:
            connection.execute(upsert(connection, agent_articles, _KEYS), row)
            for old in _articles(connection, user, kind)[most:]:
                _delete(connection, user, kind, old)


def _articles(connection: Connection, user: UserId, kind: ShelfKind) -> tuple[ArticleKey, ...]:
    table = agent_articles.c
    wanted = select(table.article_id, table.article_lang).where(table.user == user, table.shelf == kind)
    rows = connection.execute(wanted.order_by(table.at.desc(), table.article_id, table.article_lang))
    return tuple(ArticleKey(ArticleId(row.article_id), Language(row.article_lang)) for row in rows)


def _delete(connection: Connection, user: UserId, kind: ShelfKind, article: ArticleKey) -> None:
    table = agent_articles.c
    one = (table.user == user, table.shelf == kind, table.article_id == article.id, table.article_lang == article.lang)
    connection.execute(delete(agent_articles).where(*one))
