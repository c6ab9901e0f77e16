"""The shapes of the JSON API: what it takes and what it gives; the description is made from these."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kb.model import Language
from kb.results import Intent, SearchMode


class Parameters(BaseModel):
    """Query parameters; unknown ones are refused, so that a misspelt filter is never silently ignored."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class LanguageParameters(Parameters):
    """Parameters of what differs by language only."""

    lang: Language | None = Field(None, description="Language of the answer; by default what Accept-Language prefers.")


class SearchParameters(LanguageParameters):
    """Parameters of a search."""

    q: Annotated[str, Field(min_length=1, max_length=1_000, description="The question, as the reader typed it.")]
    limit: Annotated[int, Field(ge=1, le=50, description="Results wanted.")] = 10
    offset: Annotated[int, Field(ge=0, le=1_000, description="Results to skip.")] = 0
    category: Annotated[str | None, Field(max_length=200, description="Only this category (its slug).")] = None
    tag: Annotated[str | None, Field(max_length=200, description="Only articles with this tag.")] = None
    article_lang: Annotated[Language | None, Field(description="Only articles in this language.")] = None
    updated_from: Annotated[date | None, Field(description="Only articles updated on this day or later.")] = None
    updated_to: Annotated[date | None, Field(description="Only articles updated on this day or earlier.")] = None
    mode: Annotated[SearchMode, Field(description="Which retrievers answer.")] = SearchMode.HYBRID
    literal: Annotated[bool, Field(description="Do not rewrite the question if it finds nothing good.")] = False

    @model_validator(mode="after")
    def _days_are_in_order(self) -> SearchParameters:
        if self.updated_from and self.updated_to and self.updated_from > self.updated_to:
            raise ValueError("updated_to is before updated_from")
        return self


class SuggestParameters(LanguageParameters):
    """Parameters of suggestions."""

    q: Annotated[str, Field(max_length=1_000, description="What was typed so far.")]
    limit: Annotated[int, Field(ge=1, le=20, description="Suggestions wanted.")] = 8


class Part(BaseModel):
    """A run of text, marked where it matched."""

    text: str
    mark: bool


class SearchResult(BaseModel):
    """One article found."""

    id: str = Field(description="Id of the article, shared by its translations.")
    lang: Language
    title: str
    url: str = Field(description="Address of the article, without the anchor.")
    anchor: str = Field(description="Fragment of the section that matched; empty for the top.")
    snippet: list[Part]
    score: float = Field(ge=0, le=1, description="Relevance; comparable within one answer only.")
    ranks: dict[str, int] = Field(description="Place that each retriever gave it, from 1.")


class SearchAnswer(BaseModel):
    """The answer to a search."""

    results: list[SearchResult]
    total: int = Field(description="Articles found before paging.")
    no_answer: bool = Field(description="Nothing here answers the question; results are the nearest articles.")
    rewritten_query: str | None = Field(description="What was searched instead of the question.")
    intent: Intent | None = Field(
        description="What is wanted besides an article: a person, the state of an order, to complain. Offer it first."
    )
    degraded: list[str] = Field(description="Parts of the search that failed, so that the others answered.")
    took_ms: float
    search_id: str = Field(description="Names this search in later calls.")


class SuggestionItem(BaseModel):
    """One suggestion."""

    text: list[Part]
    url: str = Field(description="What it opens: an article, or the results of a query.")
    article_id: str | None = Field(description="Id of the article that it opens.")


class Suggestions(BaseModel):
    """Suggestions for what is being typed."""

    suggestions: list[SuggestionItem]


class Version(BaseModel):
    """A language version of an article."""

    lang: Language
    url: str


class ArticleDocument(BaseModel):
    """One article."""

    id: str
    lang: Language
    title: str
    summary: str
    category: str = Field(description="Slug of the category.")
    tags: list[str]
    updated: date
    url: str
    html: str = Field(description="The text as sanitised HTML.")
    markdown: str = Field(description="The text as it was written.")
    versions: list[Version] = Field(description="All language versions, this one included.")


class CategoryItem(BaseModel):
    """One category."""

    slug: str
    title: str
    summary: str
    icon: str = Field(description="Name of a Lucide icon.")
    articles: int = Field(description="Articles that anybody may read.")
    url: str


class Categories(BaseModel):
    """All categories in one language."""

    categories: list[CategoryItem]


class Health(BaseModel):
    """Whether the process lives."""

    status: str


class FaultyPart(BaseModel):
    """One thing that does not work."""

    part: str = Field(description="`index`, `article`, `database` or `disk`.")
    detail: str = Field(description="What is wrong with it.")


class Readiness(BaseModel):
    """Whether the service can do its work."""

    status: str = Field(description="`ready`, `degraded` or `unavailable`.")
    faults: list[FaultyPart] = Field(description="What keeps it from its work.")
    generation: str | None = Field(description="The index generation that serves.")
    degraded: list[str] = Field(description="Parts of the search that are out of order.")
