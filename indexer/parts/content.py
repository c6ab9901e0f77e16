"""The content of one generation: articles, chunks, categories and images in one SQLite file.

The only module that knows this file's format: it writes it once and reads it ever after, without changing a byte.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from kb.model import Article, ArticleId, ArticleKey, Audience, Card, Category, Chunk, ChunkId, Language
from kb.storage.generations import CorruptGeneration

FILE = "content.sqlite"
FORMAT = 3
PUBLIC_ONLY = frozenset({Audience.PUBLIC})

_CACHED_ARTICLES = 256
_Stored = TypeVar("_Stored")
_ARTICLE = TypeAdapter(Article)
_CHUNK = TypeAdapter(Chunk)
_CATEGORY = TypeAdapter(Category)

_SCHEMA = """
CREATE TABLE article (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL, lang TEXT NOT NULL, slug TEXT NOT NULL,
    category TEXT NOT NULL, tags TEXT NOT NULL, owner TEXT NOT NULL, audience TEXT NOT NULL, updated TEXT NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (id, lang), UNIQUE (lang, slug)
);
CREATE INDEX article_listing ON article (updated DESC, id, lang, category, audience);
CREATE TABLE alias (
    lang TEXT NOT NULL, slug TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (lang, slug)
) WITHOUT ROWID;
CREATE TABLE tag (
    tag TEXT NOT NULL, row INTEGER NOT NULL, lang TEXT NOT NULL, audience TEXT NOT NULL, PRIMARY KEY (tag, row)
) WITHOUT ROWID;
CREATE TABLE chunk (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article INTEGER NOT NULL, document BLOB NOT NULL
);
CREATE INDEX chunk_owner ON chunk (row, id, article);
CREATE TABLE category (lang TEXT NOT NULL, position INTEGER NOT NULL, slug TEXT NOT NULL, document BLOB NOT NULL);
CREATE TABLE asset (name TEXT PRIMARY KEY, data BLOB NOT NULL);
"""

_LISTING = """
SELECT row FROM article
WHERE (:lang IS NULL OR lang = :lang)
  AND (:category IS NULL OR category = :category)
  AND (:tag IS NULL OR row IN (SELECT row FROM tag WHERE tag = :tag))
  AND audience IN (SELECT value FROM json_each(:audiences))
ORDER BY updated DESC, id, lang LIMIT :limit
"""
_CARDS = "SELECT id, lang, slug, category, tags, owner, updated, audience FROM article ORDER BY row"
# By the index alone: the passages themselves are most of the file.
_OWNERS = "SELECT id, article FROM chunk INDEXED BY chunk_owner ORDER BY row"
_TAGS = """
SELECT tag, count(*) FROM tag
WHERE lang = :lang AND audience IN (SELECT value FROM json_each(:audiences))
GROUP BY tag ORDER BY count(*) DESC, tag
"""
_CATEGORY_COUNTS = """
SELECT category, count(*) FROM article
WHERE lang = :lang AND audience IN (SELECT value FROM json_each(:audiences))
GROUP BY category ORDER BY category
"""


class ContentWriter:
    """Writes the content file of a new generation.

    Args:
        directory: The generation's directory; the file must not be there yet.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE

    def write(
        self,
        articles: Sequence[Article],
        chunks: Sequence[Chunk],
        categories: Iterable[Category],
        assets: Mapping[str, bytes] | None = None,
    ) -> None:
        """Write everything, in one transaction.

        Args:
            articles: In the order of the lexical rows; keys and slugs are unique within a language.
            chunks: In the order of the vector rows; ids are unique.
            categories: Of both languages.
            assets: Images by content-addressed name.
        """
        rows = {article.key: row for row, article in enumerate(articles)}
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA user_version = {FORMAT}; {_SCHEMA}")
            connection.executemany(
                "INSERT INTO article VALUES (?,?,?,?,?,?,?,?,?,?)",
                (_article_row(row, article) for row, article in enumerate(articles)),
            )
            connection.executemany(
                "INSERT INTO alias VALUES (?,?,?)",
                [(article.lang, slug, row) for row, article in enumerate(articles) for slug in article.aliases],
            )
            connection.executemany(
                "INSERT INTO tag VALUES (?,?,?,?)",
                [
                    (tag, row, article.lang, article.audience)
                    for row, article in enumerate(articles)
                    for tag in dict.fromkeys(article.tags)
                ],
            )
            connection.executemany(
                "INSERT INTO chunk VALUES (?,?,?,?)",
                ((row, chunk.id, rows[chunk.article], _CHUNK.dump_json(chunk)) for row, chunk in enumerate(chunks)),
            )
            connection.executemany(
                "INSERT INTO category VALUES (?,?,?,?)",
                ((item.lang, item.position, item.slug, _CATEGORY.dump_json(item)) for item in categories),
            )
            connection.executemany("INSERT INTO asset VALUES (?,?)", sorted((assets or {}).items()))


def _article_row(row: int, article: Article) -> tuple[object, ...]:
    return (
        row,
        article.id,
        article.lang,
        article.slug,
        article.category,
        json.dumps(article.tags, ensure_ascii=False),
        article.owner,
        article.audience,
        article.updated.isoformat(),
        _ARTICLE.dump_json(article),
    )


class ContentStore:
    """Reads the content of one generation; may be shared by threads.

    Args:
        directory: The generation's directory.

    Every reading method raises `CorruptGeneration` where the file turns out to be damaged.

    Raises:
        FileNotFoundError: There is no content file.
        CorruptGeneration: The file is damaged, or of another format.
    """

    def __init__(self, directory: Path) -> None:
        self._generation = directory.name
        path = (directory / FILE).resolve(strict=True)
        # Immutable: no locks and no journal are looked for, so a read-only disk serves too.
        self._connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro&immutable=1",
            uri=True,
            check_same_thread=False,
        )
        self._lock = threading.Lock()
        self._article = lru_cache(_CACHED_ARTICLES)(self._load_article)
        version = self._fetch("PRAGMA user_version")[0][0]
        if version != FORMAT:
            self.close()
            raise self._corrupt(f"{FILE} has format {version}, this version of Dalil reads format {FORMAT}")

    def close(self) -> None:
        """Close the file; nothing can be read afterwards."""
        with self._lock:
            self._connection.close()

    def article(self, key: ArticleKey) -> Article | None:
        """Return one language version of an article, whatever its audience, or None."""
        row = self._rows.get(key)
        return None if row is None else self._article(row)

    def article_by_slug(self, lang: Language, slug: str) -> Article | None:
        """Return the article of that address, whatever its audience, or None."""
        return self._one_article(
            "SELECT row FROM article WHERE lang = :lang AND slug = :slug", lang=lang, slug=_nfc(slug)
        )

    def redirect(self, lang: Language, slug: str) -> str | None:
        """Return the present slug of the article that once had this one, or None."""
        article = self._one_article(
            "SELECT row FROM alias WHERE lang = :lang AND slug = :slug", lang=lang, slug=_nfc(slug)
        )
        return article.slug if article else None

    def translations(self, article_id: ArticleId) -> tuple[Article, ...]:
        """Return all language versions of an article, by language."""
        rows = self._fetch("SELECT row FROM article WHERE id = :id ORDER BY lang", id=article_id)
        return tuple(self._article(row) for (row,) in rows)

    def articles(
        self,
        lang: Language | None = None,
        category: str | None = None,
        tag: str | None = None,
        audiences: frozenset[Audience] = PUBLIC_ONLY,
        limit: int | None = None,
    ) -> tuple[Article, ...]:
        """Return the articles that meet every given condition, last updated first, then by id and language.

        Args:
            limit: At most so many; None means all.
        """
        rows = self._fetch(
            _LISTING,
            lang=lang,
            category=category,
            tag=tag,
            audiences=_json_list(audiences),
            limit=-1 if limit is None else limit,
        )
        return tuple(self._article(row) for (row,) in rows)

    def categories(self, lang: Language) -> tuple[Category, ...]:
        """Return the categories in one language, by position."""
        rows = self._fetch("SELECT document FROM category WHERE lang = :lang ORDER BY position, slug", lang=lang)
        return tuple(self._parsed(_CATEGORY, document) for (document,) in rows)

    def tags(self, lang: Language, audiences: frozenset[Audience] = PUBLIC_ONLY) -> tuple[tuple[str, int], ...]:
        """Return each tag of one language with its number of articles, the most used first, then by name."""
        rows = self._fetch(_TAGS, lang=lang, audiences=_json_list(audiences))
        return tuple((tag, count) for tag, count in rows)

    def category_counts(self, lang: Language, audiences: frozenset[Audience] = PUBLIC_ONLY) -> Mapping[str, int]:
        """Return how many articles of one language each category has; those without any are left out."""
        return dict(self._fetch(_CATEGORY_COUNTS, lang=lang, audiences=_json_list(audiences)))

    def chunk(self, chunk_id: ChunkId) -> Chunk | None:
        """Return one chunk, or None."""
        rows = self._fetch("SELECT document FROM chunk WHERE id = :id", id=chunk_id)
        return self._parsed(_CHUNK, rows[0][0]) if rows else None

    def chunks(self) -> tuple[Chunk, ...]:
        """Return all chunks in the order of the vector rows."""
        rows = self._fetch("SELECT document FROM chunk ORDER BY row")
        return tuple(self._parsed(_CHUNK, document) for (document,) in rows)

    def chunk_owners(self) -> tuple[tuple[ChunkId, int], ...]:
        """Return each chunk's id and the lexical row of its article, in the order of the vector rows."""
        return tuple((ChunkId(found), row) for found, row in self._fetch(_OWNERS))

    def cards(self) -> tuple[Card, ...]:
        """Return the cards of all articles in the order of the lexical rows."""
        return tuple(_card(*found) for found in self._fetch(_CARDS))

    def article_keys(self) -> tuple[ArticleKey, ...]:
        """Return the keys of all articles in the order of the lexical rows."""
        return tuple(self._rows)

    def asset(self, name: str) -> bytes | None:
        """Return an image by its content-addressed name, or None."""
        rows = self._fetch("SELECT data FROM asset WHERE name = :name", name=name)
        return bytes(rows[0][0]) if rows else None

    @cached_property
    def _rows(self) -> dict[ArticleKey, int]:
        found = self._fetch("SELECT id, lang, row FROM article ORDER BY row")
        return {ArticleKey(ArticleId(article_id), Language(lang)): row for article_id, lang, row in found}

    def _one_article(self, query: str, **values: str) -> Article | None:
        rows = self._fetch(query, **values)
        return self._article(rows[0][0]) if rows else None

    def _load_article(self, row: int) -> Article:
        found = self._fetch("SELECT document FROM article WHERE row = :row", row=row)
        return self._parsed(_ARTICLE, found[0][0] if found else b"")

    def _parsed(self, kind: TypeAdapter[_Stored], document: bytes) -> _Stored:
        try:
            return kind.validate_json(document)
        except ValidationError as error:
            raise self._corrupt(f"a part of {FILE} cannot be read") from error

    def _fetch(self, query: str, **values: str | int | None) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except UnicodeEncodeError:  # a lone surrogate in a reader's URL: nothing stored can equal it
            return []
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._corrupt(f"{FILE} cannot be read ({error})") from error

    def _corrupt(self, fault: str) -> CorruptGeneration:
        return CorruptGeneration(self._generation, fault)


def _card(
    article_id: str, lang: str, slug: str, category: str, tags: str, owner: str, updated: str, audience: str
) -> Card:
    key = ArticleKey(ArticleId(article_id), Language(lang))
    labels = frozenset(json.loads(tags))
    return Card(key, slug, category, labels, owner, date.fromisoformat(updated), Audience(audience))


def _nfc(slug: str) -> str:
    return unicodedata.normalize("NFC", slug)


def _json_list(audiences: frozenset[Audience]) -> str:
    return json.dumps(sorted(audiences))
