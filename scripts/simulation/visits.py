"""Writes down what a simulated visitor does, as the site would record it: the event-log simulation."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
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
from kb.statistics.holdout import assign_arm
from kb.visitors import COOKIE_AGE
from web.contact.forms import PASS_LIFE

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
        holdout: Share of visitors whose form suggests nothing.
    """

    def __init__(
        self,
        chance: random.Random,
        events: list[Event],
        at: datetime,
        *,
        holdout: float = 0.0,
        traffic: Traffic = Traffic.READER,
    ) -> None:
        self._chance = chance
        self._events = events
        self._at = at
        self._holdout = holdout
        self._articles: Sequence[ArticleSeen] = ARTICLES
        lang = Language.AR if chance.random() < 0.7 else Language.EN
        channel = Channel.WIDGET if chance.random() < 0.2 else Channel.SITE
        self._origin = Origin(VisitorKey(f"{chance.getrandbits(128):032x}"), lang, traffic, channel)
        self._read: list[ArticleSeen] = []
        self._reading: ArticleSeen | None = None
        self._form_opened: datetime | None = None

    def clear_cookie(self) -> None:
        """Close the browser, which forgets everything, and go on under another key."""
        self._origin = replace(self._origin, visitor=VisitorKey(f"{self._chance.getrandbits(128):032x}"))
        self._form_opened = None

    def wait(self, pause: timedelta) -> None:
        """Go away and come back: no article is open any more, and a cookie does not live for ever."""
        self._at += pause
        self._reading = None
        if pause >= COOKIE_AGE:
            self.clear_cookie()

    def search(self) -> Searched:
        """Search for one of a few hundred questions."""
        number = min(int(self._chance.expovariate(1 / 40)), 400)
        return self._add(Searched, query=f"question {number}", results=0 if self._chance.random() < 0.08 else 7)

    def click(self, search: Searched) -> None:
        """Open a result and its page."""
        article = self._unread_article()
        self._add(ResultOpened, search=search.id, article=article, rank=1 + min(int(self._chance.expovariate(0.8)), 9))
        self._reading = self._look_at(article, search)

    def view(self) -> None:
        """Open an article's page and read for a while."""
        self._reading = self._look_at(self._unread_article())

    def vote(self, verdict: Verdict) -> None:
        """Vote on the article that is open; without one, open one."""
        if self._reading is None:
            self._reading = self._look_at(self._unread_article())
        self._add(Voted, article=self._reading, verdict=verdict)

    def open_form(self) -> Arm:
        """Open the contact form and return whether it suggests articles."""
        arm = assign_arm(self._origin.visitor, self._holdout)
        self._add(ContactOpened, arm=arm)
        self._form_opened = self._at
        return arm

    def type_message(self, arm: Arm) -> None:
        """Type into the contact form, which may suggest articles."""
        self._add(ContactTyped)
        if arm is Arm.SUGGESTIONS:
            self._note(SuggestionsShown, articles=(self._article().key, self._article().key))

    def open_suggestion(self, dwell_s: float) -> None:
        """Open a suggested article and look at it for so many seconds."""
        article = self._article()
        opened = self._add(SuggestionOpened, article=article, rank=1)
        self._at += timedelta(seconds=dwell_s)
        self._add(ViewTimed, view=opened.id, article=article, dwell_s=dwell_s)

    def say_solved(self) -> None:
        """Press "this solved it"."""
        self._add(ProblemSolved)

    def send_ticket(self) -> None:
        """Send the form; one that is gone, or was open for too long, is opened and filled in again."""
        if self._form_opened is None or self._at - self._form_opened >= PASS_LIFE:
            self.type_message(self.open_form())
        self._add(TicketSent, ticket=TicketId(f"{self._chance.getrandbits(48):012x}"))
        self._form_opened = None

    def choose_phone(self) -> None:
        """Follow the link to the phone."""
        self._add(ChannelChosen, chosen=Channel.PHONE)

    def _look_at(self, article: ArticleSeen, search: Searched | None = None) -> ArticleSeen:
        view = self._add(ArticleViewed, article=article, search=search.id if search else None)
        self._read.append(article)
        if self._origin.traffic is Traffic.READER:  # bots run no scripts
            dwell_s = self._chance.uniform(2, 90)
            self._at += timedelta(seconds=dwell_s)
            self._add(ViewTimed, view=view.id, article=article, dwell_s=dwell_s)
        return article

    def _unread_article(self) -> ArticleSeen:
        while (article := self._article()) in self._read:
            pass
        return article

    def _article(self) -> ArticleSeen:
        """Return an article, a few of them far more often than others."""
        return self._articles[min(int(self._chance.expovariate(1 / 30)), len(self._articles) - 1)]

    def _add(self, kind: type[E], **details: Any) -> E:
        self._at += timedelta(seconds=self._chance.uniform(3, 40))
        return self._note(kind, **details)

    def _note(self, kind: type[E], **details: Any) -> E:
        event_id = EventId(uuid.UUID(int=self._chance.getrandbits(128), version=4).hex)
        event = kind(id=event_id, at=self._at, origin=self._origin, **details)
        self._events.append(event)
        return event
