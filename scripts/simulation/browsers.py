"""Visits that are acted as well as told: each step is done at a running site, as a browser with our scripts does it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import singledispatchmethod
from typing import Any

import requests

from kb.clock import FixedClock
from kb.events import (
    Arm,
    ArticleSeen,
    ArticleViewed,
    Channel,
    ChannelChosen,
    ContactOpened,
    ContactTyped,
    Event,
    ProblemSolved,
    ResultOpened,
    Searched,
    SuggestionOpened,
    TicketSent,
    Traffic,
    ViewTimed,
    Voted,
)
from kb.model import ArticleKey, Language
from scripts.simulation.pages import SeenPage
from scripts.simulation.visits import E, Visit

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CRAWLER = "Mozilla/5.0 (compatible; ExampleBot/2.1; +http://bot.example/)"
NONSENSE = "xqzj vkwpq zzgh"  # no article answers it
ANSWER_S = 60.0


class RefusedError(Exception):
    """The site did not do what a browser asked of it."""


class Browser:
    """Keeps cookies, follows redirects, says where its requests come from.

    Args:
        address: The site's, without a trailing slash.
        agent: What it calls itself.
    """

    def __init__(self, address: str, agent: str = BROWSER) -> None:
        self._address = address
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": agent, "Sec-Fetch-Site": "same-origin"})

    def open(self, path: str, **parameters: str) -> SeenPage:
        """Return a page."""
        return SeenPage(self._ask("GET", path, params=parameters).text)

    def send(self, path: str, fields: Mapping[str, str]) -> requests.Response:
        """Send a form and return what it leads to.

        Raises:
            RefusedError: The site refused it.
        """
        return self._ask("POST", path, data=fields)

    def beacon(self, document: Mapping[str, object]) -> None:
        """Tell what only a script can tell."""
        self._ask("POST", "/api/v1/events", json=document)

    def forget(self) -> None:
        """Drop all cookies."""
        self._session.cookies.clear()

    def _ask(self, method: str, path: str, **content: Any) -> requests.Response:
        response = self._session.request(method, self._address + path, timeout=ANSWER_S, **content)
        if not response.ok:
            raise RefusedError(f"{method} {path.split('?')[0]} was answered with {response.status_code}")
        return response


@dataclass(frozen=True, slots=True)
class RunningSite:
    """A site that simulated people visit.

    Attributes:
        clock: The site's own, moved by whoever acts.
        articles: What there is to read.
        paths: Where.
        questions: What is asked, by language; the site has an answer to all of it.
    """

    address: str
    clock: FixedClock
    articles: Sequence[ArticleSeen]
    paths: Mapping[ArticleKey, str]
    questions: Mapping[Language, Sequence[str]]


class BrowserVisit(Visit):
    """A visit whose every event is what the browser did at that instant.

    Args:
        site: Where to; for the rest see `Visit`.
    """

    def __init__(
        self,
        site: RunningSite,
        chance: random.Random,
        events: list[Event],
        at: datetime,
        *,
        holdout: float = 0.0,
        traffic: Traffic = Traffic.READER,
    ) -> None:
        super().__init__(chance, events, at, holdout=holdout, traffic=traffic)
        self._origin = replace(self._origin, channel=Channel.SITE)
        self._articles = [article for article in site.articles if article.key.lang is self._origin.lang]
        self._site = site
        self._browser = Browser(site.address, CRAWLER if traffic is Traffic.BOT else BROWSER)
        self._page = self._article_page = SeenPage("")
        self._followed: list[str] = []
        self._fields: dict[str, str] = {}
        self._offer = ""
        self._opened_at = at

    def clear_cookie(self) -> None:
        """Close the browser, which forgets everything."""
        super().clear_cookie()
        self._browser.forget()

    def open_form(self) -> Arm:
        """Open the contact form; the site knows this visitor by a key of its own and draws the arm by that."""
        super().open_form()
        arm = Arm.SUGGESTIONS if self._page.having("data-offers") is not None else Arm.HOLDOUT
        opened = self._events[-1]
        assert isinstance(opened, ContactOpened)
        self._events[-1] = replace(opened, arm=arm)
        return arm

    def _note(self, kind: type[E], **details: Any) -> E:
        event = super()._note(kind, **details)
        self._site.clock.instant = event.at
        self._act(event)
        return event

    @property
    def _contact(self) -> str:
        return f"/{self._origin.lang}/contact"

    @singledispatchmethod
    def _act(self, event: Event) -> None:
        """Do what an event tells; what is not listed below comes about by the step before it."""

    @_act.register
    def _search(self, event: Searched) -> None:
        number = int(event.query.removeprefix("question "))
        asked = self._question(number) if event.results else f"{NONSENSE} {number}"
        self._page = self._browser.open(f"/{event.origin.lang}/search", q=asked)

    @_act.register
    def _choose_result(self, event: ResultOpened) -> None:
        unread = [link for link in self._page.results() if link.split("?")[0] not in self._followed]
        if not unread:
            raise RefusedError("a question that the articles answer has no result")
        self._followed.append(unread[0])

    @_act.register
    def _read_article(self, event: ArticleViewed) -> None:
        path = self._followed[-1] if event.search else self._site.paths[event.article.key]
        self._followed.append(path.split("?")[0])
        self._article_page, self._opened_at, self._offer = self._browser.open(path), event.at, ""

    @_act.register
    def _report_reading(self, event: ViewTimed) -> None:
        seconds = round(event.dwell_s, 1)
        if self._offer:
            fields = {"token": self._fields["token"], "choice": self._offer, "dwell_s": str(seconds)}
            self._browser.send(f"{self._contact}/reading", fields)
            return
        panel = self._article_page.having("data-feedback") or {}
        age = (event.at - self._opened_at).total_seconds()
        names = {"article": panel["data-article"], "lang": panel["data-lang"]}
        self._browser.beacon({"kind": "dwell", **names, "age_s": age, "dwell_s": seconds})

    @_act.register
    def _vote(self, event: Voted) -> None:
        path, fields = _form(self._article_page, "/feedback")
        self._browser.send(path, fields | {"verdict": event.verdict})

    @_act.register
    def _open_contact(self, event: ContactOpened) -> None:
        self._page = self._browser.open(self._contact)
        _, self._fields = _form(self._page, "/contact")

    @_act.register
    def _type(self, event: ContactTyped) -> None:
        question = self._question(self._chance.randrange(400))
        self._fields |= {"subject": question}
        offers = SeenPage(self._browser.send(f"{self._contact}/suggestions", self._fields).text)
        self._offer = next(iter(offers.choices("open")), "")
        self._fields |= {"message": question}

    @_act.register
    def _open_offer(self, event: SuggestionOpened) -> None:
        self._browser.send(f"{self._contact}/answer", self._fields | {"open": self._offer})

    @_act.register
    def _press_solved(self, event: ProblemSolved) -> None:
        self._browser.send(self._contact, self._fields | {"solved": self._offer})

    @_act.register
    def _follow_channel(self, event: ChannelChosen) -> None:
        self._browser.beacon({"kind": "channel", "channel": event.chosen, "lang": event.origin.lang})

    @_act.register
    def _send(self, event: TicketSent) -> None:
        answer = self._browser.send(self._contact, self._fields | {"email": "somebody@mail.example"})
        if "/contact/sent/" not in answer.url:
            raise RefusedError("a message was not acknowledged")

    def _question(self, number: int) -> str:
        questions = self._site.questions[self._origin.lang]
        return questions[number % len(questions)]


def _form(page: SeenPage, action_end: str) -> tuple[str, dict[str, str]]:
    form = page.form(action_end)
    if form is None:
        raise RefusedError(f"the page has no form that leads to {action_end}")
    return form
