"""Writes down what a simulated visitor does, as the site would record it."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import Any, TypeVar

from kb.events import (
    Arm,
    ArticleSeen,
    ArticleViewed,
    Channel,
    ChannelChosen,
    ContactOpened,
    ContactTyped,
    Event,
    EventId,
    Origin,
    ProblemSolved,
    ResultOpened,
    Searched,
    SuggestionOpened,
    SuggestionsShown,
    TicketId,
    TicketSent,
    Traffic,
    Verdict,
    ViewTimed,
    VisitorKey,
    Voted,
)
from kb.model import ArticleId, ArticleKey, Language

E = TypeVar("E", bound=Event)

_CATEGORIES = ("account", "orders", "delivery", "payments", "returns", "invoices")
ARTICLES = tuple(
    ArticleSeen(ArticleKey(ArticleId(f"article-{number:03}"), lang), _CATEGORIES[number % 6], f"r{number % 3}")
    for number in range(120)
    for lang in Language
)


class Visit:
    """One visitor's events, told step by step; time moves on by itself.

    Args:
        chance: Source of all randomness, ids included.
        events: Where events are appended.
        at: When it begins.
    """

    def __init__(
        self, chance: random.Random, events: list[Event], at: datetime, traffic: Traffic = Traffic.READER
    ) -> None:
        self._chance = chance
        self._events = events
        self._at = at
        lang = Language.AR if chance.random() < 0.7 else Language.EN
        channel = Channel.WIDGET if chance.random() < 0.2 else Channel.SITE
        self._origin = Origin(VisitorKey(f"{chance.getrandbits(128):032x}"), lang, traffic, channel)

    @property
    def visitor(self) -> VisitorKey:
        """Return the present visitor key."""
        return self._origin.visitor

    def clear_cookie(self) -> None:
        """Go on under another key."""
        origin = self._origin
        key = VisitorKey(f"{self._chance.getrandbits(128):032x}")
        self._origin = Origin(key, origin.lang, origin.traffic, origin.channel)

    def wait(self, pause: timedelta) -> None:
        """Let time pass."""
        self._at += pause

    def search(self) -> Searched:
        """Search for one of a few hundred questions."""
        number = min(int(self._chance.expovariate(1 / 40)), 400)
        return self._add(Searched, query=f"question {number}", results=0 if self._chance.random() < 0.08 else 7)

    def click(self, search: Searched) -> None:
        """Open a result and its page."""
        article = self.article()
        self._add(ResultOpened, search=search.id, article=article, rank=1 + min(int(self._chance.expovariate(0.8)), 9))
        self.view(article, search)

    def view(self, article: ArticleSeen | None = None, search: Searched | None = None) -> None:
        """Open an article's page and read for a while."""
        article = article or self.article()
        view = self._add(ArticleViewed, article=article, search=search.id if search else None)
        self._add(ViewTimed, view=view.id, article=article, dwell_s=self._chance.uniform(2, 90))

    def vote(self, verdict: Verdict) -> None:
        """Vote on an article."""
        self._add(Voted, article=self.article(), verdict=verdict)

    def open_form(self, arm: Arm) -> None:
        """Open the contact form."""
        self._add(ContactOpened, arm=arm)

    def type_message(self, arm: Arm) -> None:
        """Type into the contact form, which may suggest articles."""
        self._add(ContactTyped)
        if arm is Arm.SUGGESTIONS:
            self._add(SuggestionsShown, articles=(self.article().key, self.article().key))

    def open_suggestion(self, dwell_s: float) -> None:
        """Open a suggested article and look at it for so many seconds."""
        article = self.article()
        opened = self._add(SuggestionOpened, article=article, rank=1)
        self.wait(timedelta(seconds=dwell_s))
        self._add(ViewTimed, view=opened.id, article=article, dwell_s=dwell_s)

    def say_solved(self) -> None:
        """Press "this solved it"."""
        self._add(ProblemSolved)

    def send_ticket(self) -> None:
        """Send the form."""
        self._add(TicketSent, ticket=TicketId(f"{self._chance.getrandbits(48):012x}"))

    def choose_phone(self) -> None:
        """Follow the link to the phone."""
        self._add(ChannelChosen, chosen=Channel.PHONE)

    def article(self) -> ArticleSeen:
        """Return an article, a few of them far more often than others."""
        return ARTICLES[min(int(self._chance.expovariate(1 / 30)), len(ARTICLES) - 1)]

    def _add(self, kind: type[E], **details: Any) -> E:
        self._at += timedelta(seconds=self._chance.uniform(3, 40))
        event_id = EventId(uuid.UUID(int=self._chance.getrandbits(128), version=4).hex)
        event = kind(id=event_id, at=self._at, origin=self._origin, **details)
        self._events.append(event)
        return event
