"""What an article is once it has been read: values only, no files, no libraries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import NewType

ArticleId = NewType("ArticleId", str)
ChunkId = NewType("ChunkId", str)


_BETWEEN_SUBTAGS = re.compile(r"[-_.@]")
# ISO 639-1, -2 and the spoken Arabic of -3 that browsers and phones name: of Egypt, the Levant, Iraq, the Gulf, Morocco
_ARABIC_TAGS = frozenset("ar ara arb arz ary ars apc ajp acm afb acw aeb".split())
_ENGLISH_TAGS = frozenset({"en", "eng"})


class Language(StrEnum):
    """Languages of articles, queries and the interface."""

    AR = "ar"
    EN = "en"

    @classmethod
    def _missing_(cls, value: object) -> Language | None:
        return cls.of_tag(value) if isinstance(value, str) else None

    @classmethod
    def of_tag(cls, tag: str) -> Language | None:
        """Return what a language tag (RFC 5646) or the name of a locale means: ``AR-SA``, ``en_GB.UTF-8``, ``arz``.

        Wherever a language is read, ``Language(text)`` comes by here; None is any third language.
        """
        primary = _BETWEEN_SUBTAGS.split(tag.strip().lower(), maxsplit=1)[0]
        return cls.AR if primary in _ARABIC_TAGS else cls.EN if primary in _ENGLISH_TAGS else None

    @property
    def other(self) -> Language:
        """Return the other of the two languages."""
        return Language.EN if self is Language.AR else Language.AR


class Audience(StrEnum):
    """Who may read an article."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Status(StrEnum):
    """Where an article stands in its life; only published ones are indexed."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, order=True)
class ArticleKey:
    """One language version of an article; translations share the id."""

    id: ArticleId
    lang: Language

    def __str__(self) -> str:
        return f"{self.lang}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> ArticleKey:
        """Return the key that `str` wrote.

        Raises:
            ValueError: The text is none.
        """
        lang, _, article_id = text.partition(":")
        if not article_id:
            raise ValueError(f"{text!r} names no article")
        return cls(ArticleId(article_id), Language(lang))


@dataclass(frozen=True, slots=True)
class TranslationSource:
    """Which text of the other language a translation reflects.

    Attributes:
        lang: Language of that text.
        digest: `Article.text_digest` of that text when it was translated, or its first 8 or more digits.
    """

    lang: Language
    digest: str


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading of the final HTML, up to the next heading.

    Attributes:
        anchor: Fragment id of the heading; empty for the text before the first heading.
        heading_path: Headings from the outermost to this one; empty for the lead.
        level: Heading level 2 to 6; 1 for the lead.
        text: Plain text, paragraphs separated by a blank line, without the heading itself: what is searched.
        read_as: The text as it is read aloud, where that differs: rows of tables are sentences.
    """

    anchor: str
    heading_path: tuple[str, ...]
    level: int
    text: str
    read_as: str = ""

    @property
    def prose(self) -> str:
        """Return the text as readers are shown it."""
        return self.read_as or self.text


@dataclass(frozen=True, slots=True)
class Article:
    """One language version of an article, read, checked and rendered.

    Attributes:
        slug: Last part of the URL; may be Arabic; NFC.
        questions: What readers ask, in their words; indexed.
        aliases: Old slugs, which redirect.
        asked_as: What readers typed before they opened and liked it; indexed, learned from events.
        path: File relative to the articles directory; empty when there is none.
        digest: SHA-256 (hex) of front matter and body; names the revision.
        source: The Markdown body without its front matter.
        html: Sanitised HTML of the body.
        addresses: What the source's links and images by relative path lead to on the site, path first.
    """

    id: ArticleId
    lang: Language
    category: str
    slug: str
    title: str
    summary: str
    tags: tuple[str, ...]
    audience: Audience
    status: Status
    owner: str
    updated: date
    review_by: date | None
    questions: tuple[str, ...]
    aliases: tuple[str, ...]
    translation_of: TranslationSource | None
    path: str
    digest: str
    source: str
    html: str
    sections: tuple[Section, ...]
    asked_as: tuple[str, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> ArticleKey:
        """Return what tells this language version from all others."""
        return ArticleKey(self.id, self.lang)

    @property
    def text_digest(self) -> str:
        """Return the SHA-256 (hex) of title, summary and body: what a translation reflects."""
        return sha256("\0".join((self.title, self.summary, self.source)).encode()).hexdigest()

    @property
    def card(self) -> Card:
        """Return the part of it that filters and lists need."""
        tags = frozenset(self.tags)
        return Card(self.key, self.slug, self.category, tags, self.owner, self.updated, self.audience)


@dataclass(frozen=True, slots=True)
class Card:
    """The part of an article that filters and lists need; small enough to be held in memory for all of them."""

    key: ArticleKey
    slug: str
    category: str
    tags: frozenset[str]
    owner: str
    updated: date
    audience: Audience


@dataclass(frozen=True, slots=True)
class Category:
    """A category in one language.

    Attributes:
        slug: ASCII, the directory's name; the same in both languages.
        icon: Name of an icon of the site's icon set.
        position: Place among the categories, from 0.
    """

    slug: str
    lang: Language
    title: str
    summary: str
    icon: str
    position: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of an article: what vectors stand for.

    Attributes:
        id: Derived from the article's key, the anchor and the text: equal text keeps its id and its vector.
        anchor: Fragment of the section that it came from, empty for the lead.
        text: 60 to 120 words of plain text where the section has them.
        context: Title and heading path, prepended when the passage is embedded.
    """

    id: ChunkId
    article: ArticleKey
    anchor: str
    heading_path: tuple[str, ...]
    text: str
    context: str

    @property
    def embedding_text(self) -> str:
        """Return the text that is embedded: context, a line break, the passage."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True)
class CorpusArticle:
    """An article of a test collection; its body is Markdown."""

    id: str
    lang: Language
    title: str
    body: str
