"""The shapes of the agents' part of the JSON API."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kb.model import Audience, Language
from web.agent.suggestions import LONGEST_MESSAGE, Known

TICKET = r"^[A-Za-z0-9_#./:-]{0,40}$"


class Call(BaseModel):
    """A body; unknown fields are refused, so that a misspelt one is never silently ignored."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class SuggestCall(Call):
    """A customer's message."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE, description="The message as it was written.")]
    ticket: Annotated[str, Field(pattern=TICKET, description="The ticket's number or reference.")] = ""
    lang: Annotated[Language | None, Field(description="The customer's language; by default that of the text.")] = None
    limit: Annotated[int, Field(ge=1, le=20, description="Articles wanted.")] = 10


class LinkCall(Call):
    """An article for a customer."""

    article: Annotated[str, Field(min_length=1, max_length=200, description="Id of the article.")]
    lang: Annotated[Language, Field(description="Language that the customer reads; the other one is used if need be.")]
    ticket: Annotated[str, Field(pattern=TICKET, description="The ticket's number or reference.")] = ""
    anchor: Annotated[str, Field(max_length=300, description="Section to open, from a suggestion.")] = ""
    passage: Annotated[str, Field(max_length=2_000, description="Passage to quote; by default the summary.")] = ""


class SuggestedArticle(BaseModel):
    """An article that may answer."""

    id: str
    lang: Language
    title: str
    audience: Audience = Field(description="`internal`: for agents only, never for customers.")
    url: str | None = Field(description="Public address, not tracked; null for internal articles.")
    anchor: str = Field(description="Section that answers; empty for the top.")
    passage: str = Field(description="What answers, in whole sentences of plain text.")
    score: float = Field(ge=0, le=1, description="Relevance; comparable within one answer only.")
    known: Known | None = Field(description="What the customer already did with it: `read`, `rejected` or null.")


class AgentSuggestions(BaseModel):
    """Articles for a customer's message, best first."""

    lang: Language = Field(description="The customer's language.")
    question: str = Field(description="What was searched for: the message without the noise around it.")
    no_answer: bool = Field(description="Nothing here answers it; the articles are the nearest ones.")
    searched: list[str] = Field(description="What the customer searched for before, if they shared it.")
    articles: list[SuggestedArticle]
    took_ms: float


class SentLink(BaseModel):
    """A tracked link, and texts around it to paste."""

    url: str
    article: str = Field(description="Id of the article.")
    lang: Language = Field(description="Language of the article.")
    markdown: str
    html: str
    text: str
