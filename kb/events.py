"""What readers and agents did: one frozen dataclass for each kind of event, and nothing about how it is stored.

Every event has an id, an aware UTC instant and an origin; the id of a `Searched` event is the search's id, the id of an
`ArticleViewed` or `SuggestionOpened` event is the view's id, and later events refer to them by it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from kb.model import ArticleKey, Language

EventId = NewType("EventId", str)
VisitorKey = NewType("VisitorKey", str)
LinkId = NewType("LinkId", str)
TicketId = NewType("TicketId", str)


class Traffic(StrEnum):
    """What made the request; only readers are counted, the others are counted as excluded."""

    READER = "reader"
    BOT = "bot"
    STAFF = "staff"
    PREFETCH = "prefetch"


class Channel(StrEnum):
    """Where something happened, or how somebody got in touch."""

    SITE = "site"
    WIDGET = "widget"
    API = "api"
    DESK = "desk"
    EMAIL = "email"
    PHONE = "phone"
    CHAT = "chat"
    WHATSAPP = "whatsapp"
    BRANCH = "branch"


class Verdict(StrEnum):
    """The answer to "was this article helpful?"."""

    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"


class Reason(StrEnum):
    """Why an article did not help."""

    OUT_OF_DATE = "out_of_date"
    UNCLEAR = "unclear"
    WRONG = "wrong"
    MISSING = "missing"
    OTHER = "other"


class Arm(StrEnum):
    """Whether the contact form suggested articles, or was held out for comparison."""

    SUGGESTIONS = "suggestions"
    HOLDOUT = "holdout"


class Survey(StrEnum):
    """A one-question survey, answered from 1 (worst) to 5 (best)."""

    SATISFACTION = "satisfaction"
    EFFORT = "effort"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who did something, and where.

    Attributes:
        visitor: Keyed hash of a first-party cookie (`kb.visitors`); never an identity.
        lang: Language of the page.
        recognised: The browser brought back the mark that it was given before. Who never does gets a new key with every
            page; all of them together count as one visitor where different visitors are counted.
    """

    visitor: VisitorKey
    lang: Language
    traffic: Traffic = Traffic.READER
    channel: Channel = Channel.SITE
    recognised: bool = True


@dataclass(frozen=True, slots=True)
class ArticleSeen:
    """An article as it stood when the event happened.

    Attributes:
        category: Slug of its category at that time.
        revision: `Article.digest` at that time.
    """

    key: ArticleKey
    category: str
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events share.

    Attributes:
        at: Aware instant in UTC.
    """

    id: EventId
    at: datetime
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched(Event):
    """Somebody searched.

    Attributes:
        query: What was typed; masked by the event log before it is stored.
        results: Results found in all, 0 or more.
        no_answer: The search said that nothing here answers the question.
        rewritten: The answer is for another query than the one typed.
    """

    query: str
    results: int
    no_answer: bool = False
    rewritten: bool = False

    @property
    def found_nothing(self) -> bool:
        """Return whether the reader was left without an answer: no results, or only "nearest" ones."""
        return self.results == 0 or self.no_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWanted(Event):
    """Somebody asked the search for a person; it is no search for an article, and never a failed one.

    Attributes:
        query: What was typed; masked by the event log before it is stored.
    """

    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultOpened(Event):
    """A search result was clicked.

    Attributes:
        rank: Place of the result, from 1.
    """

    search: EventId
    article: ArticleSeen
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleViewed(Event):
    """An article's page was opened.

    Attributes:
        search: The search that led there, or None.
    """

    article: ArticleSeen
    search: EventId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewTimed(Event):
    """How long an article or an opened suggestion has been visible so far; the longest report of a view counts.

    Attributes:
        view: Id of the `ArticleViewed` or `SuggestionOpened` event.
        dwell_s: Seconds visible, 0 or more.
    """

    view: EventId
    article: ArticleSeen
    dwell_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted(Event):
    """A reader said whether an article helped; the last vote of a visitor on a revision counts.

    Attributes:
        search: The search that led there, or None.
        comment: Free text; masked by the event log before it is stored.
    """

    article: ArticleSeen
    verdict: Verdict
    reason: Reason | None = None
    comment: str = ""
    search: EventId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactOpened(Event):
    """The contact form, or the widget's "contact us", was opened.

    Attributes:
        arm: Whether this visitor's form suggests articles.
    """

    arm: Arm = Arm.SUGGESTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTyped(Event):
    """At least three characters were typed into the contact form: the reader means it. The text is not recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsShown(Event):
    """The contact form showed articles.

    Attributes:
        articles: Best first.
    """

    articles: tuple[ArticleKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionOpened(Event):
    """A suggested article was opened in the contact form.

    Attributes:
        rank: Place of the suggestion, from 1.
    """

    article: ArticleSeen
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSolved(Event):
    """The reader said "this solved it".

    Attributes:
        article: What solved it, if known.
    """

    article: ArticleSeen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpStillNeeded(Event):
    """The reader said "I still need help"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChosen(Event):
    """The reader followed a contact link that is not the form: phone, chat, WhatsApp, e-mail.

    Attributes:
        chosen: Which one.
    """

    chosen: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSent(Event):
    """A ticket was written and acknowledged.

    Attributes:
        ticket: Which one, if its writer agreed that it is joined to what they searched and read; else None.
    """

    ticket: TicketId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSent(Event):
    """An agent sent a customer a tracked link to an article."""

    link: LinkId
    article: ArticleSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOpened(Event):
    """A tracked link was followed by the customer."""

    link: LinkId
    article: ArticleSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered(Event):
    """A one-question survey was answered; its visitor is nobody's key, so that no journey is joined to the ticket.

    Attributes:
        score: 1 (worst) to 5 (best).
        ticket: The ticket that it is about, or None.
    """

    survey: Survey
    score: int
    ticket: TicketId | None = None


ACKNOWLEDGED = (Voted, ProblemSolved, TicketSent, LinkSent, SurveyAnswered)
"""Events whose storing is confirmed to a person: written before `EventLog.append` returns, never batched."""

ARTICLE_OPENINGS = (ResultOpened, ArticleViewed, SuggestionOpened, LinkOpened)
"""Events that say that an article was opened."""

SAID_ON_PURPOSE = (Voted, TicketSent, SurveyAnswered)
"""All that is recorded of readers who ask not to be followed, each under a key that is used for nothing else."""

CONTACTS = (TicketSent, ChannelChosen)
"""Events that say that the reader turned to support."""


def random_event_id() -> EventId:
    """Return a new random id."""
    return EventId(uuid.uuid4().hex)
