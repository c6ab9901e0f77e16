"""A question and its answer: the values that pass between the edges and the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kb.model import ArticleKey, Audience, ChunkId, Language


class SearchMode(StrEnum):
    """Which retrievers answer."""

    HYBRID = "hybrid"
    KEYWORD = "keyword"
    VECTOR = "vector"


class Rewriting(StrEnum):
    """Whether a query that finds nothing good may be rewritten."""

    ALLOWED = "allowed"
    LITERAL = "literal"


class Intent(StrEnum):
    """What somebody wants besides an article, in the order in which they are looked for."""

    PERSON = "person"
    COMPLAINT = "complaint"
    ORDER_STATUS = "order_status"


class Degradation(StrEnum):
    """A part of the search that did not work, so that the answer rests on the others."""

    VECTOR = "vector"
    KEYWORD = "keyword"
    GRAMS = "grams"
    CURATION = "curation"


@dataclass(frozen=True, slots=True)
class Filters:
    """What results are limited to; every given condition must hold.

    Attributes:
        lang: Language of the article (not of the reader).
        updated_from: First day of `updated`, included.
        updated_to: Last day of `updated`, included.
        audiences: Who the results may be for.
    """

    category: str | None = None
    tag: str | None = None
    owner: str | None = None
    lang: Language | None = None
    updated_from: date | None = None
    updated_to: date | None = None
    audiences: frozenset[Audience] = frozenset({Audience.PUBLIC})


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody asks.

    Attributes:
        text: As typed.
        lang: The reader's language: wins among translations.
        limit: Results wanted, 1 to 50.
        offset: Results to pass over, 0 to 1,000.
    """

    text: str
    lang: Language
    limit: int = 10
    offset: int = 0
    mode: SearchMode = SearchMode.HYBRID
    filters: Filters = field(default_factory=Filters)
    rewriting: Rewriting = Rewriting.ALLOWED


@dataclass(frozen=True, slots=True)
class TextPart:
    """A run of original text, marked where it matched."""

    text: str
    mark: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found.

    Attributes:
        anchor: Section to open, empty for the article's top.
        title: Title with the matching words marked.
        snippet: The passage that matched, at most about 240 characters, with the matching words marked.
        score: Fused relevance in [0, 1]; comparable within one response only.
        ranks: Place, from 1, that each retriever gave it: ``keyword``, ``grams``, ``vector``; absent if it did not.
        pinned: An editor put it there.
        explanation: Named contributions to the score, for `--explain`.
    """

    article: ArticleKey
    slug: str
    category: str
    anchor: str
    title: tuple[TextPart, ...]
    snippet: tuple[TextPart, ...]
    score: float
    ranks: Mapping[str, int]
    updated: date
    audience: Audience
    chunk: ChunkId | None = None
    pinned: bool = False
    explanation: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """The answer to one query.

    Attributes:
        hits: Best first; at most `Query.limit`.
        total: Articles found before paging.
        no_answer: The evidence says that nothing here answers the question; hits may still hold the nearest articles.
        rewritten_query: What was searched instead of the literal query, or None.
        degraded: Parts that failed.
        generation: Name of the index generation that answered.
        evidence: What `no_answer` was decided on, by name, for `--explain`; ``answer`` is the probability of one.
        intent: What is wanted besides an article; pages serve it before the hits.
    """

    query: Query
    hits: tuple[Hit, ...]
    total: int
    no_answer: bool
    rewritten_query: str | None
    degraded: tuple[Degradation, ...]
    took_ms: float
    generation: str
    evidence: Mapping[str, float] = field(default_factory=dict)
    intent: Intent | None = None

    @property
    def found_nothing(self) -> bool:
        """Return whether the reader is left without an answer; who wants a person is led to one."""
        return (self.total == 0 or self.no_answer) and self.intent is not Intent.PERSON


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One completion offered while typing.

    Attributes:
        text: Parts of the completion, the typed part marked.
        article: The article that it opens, or None when it is a query to run.
        slug: Slug of that article.
    """

    text: tuple[TextPart, ...]
    article: ArticleKey | None
    slug: str | None
