"""A small world through the real HTTP interface: what the site recorded against what people did.

The whole product runs in this process behind an HTTP server of its own; only the clock is exchanged. Each person's
visit is played from its beginning to its end, one after the other, all from one address, as behind a NAT.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from kb.clock import FixedClock
from kb.contact.tickets import end_of_quarter
from kb.events import ArticleSeen, Event, Searched, TicketSent, Traffic
from kb.model import Language
from kb.results import Intent, Query, SearchResponse
from kb.settings import Settings
from kb.statistics.deflection import deflection_range, naive_deflection
from kb.statistics.facts import JourneyFact, facts_of
from kb.statistics.filters import FigureFilters
from kb.statistics.intervals import Interval
from kb.statistics.journeys import streams_by_visitor
from kb.statistics.periods import Window
from kb.statistics.rollups import roll_up
from kb.storage.event_log import read_events
from kb.visitors import VisitorKeys
from scripts.simulation.browsers import BrowserVisit, RunningSite
from scripts.simulation.scenario import Scenario
from scripts.simulation.world import START, World, simulate
from web.app import create_app
from web.opening import open_services
from web.public.pages import article_path
from web.services import Services

_LONGEST_STORY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Counts:
    """What can be counted of a list of events.

    Attributes:
        kinds: Events of readers by kind.
        excluded: Events of known bots.
        visitors: Different readers.
        unanswered: Searches of readers without an answer.
        journeys: How each journey went, without names, in order.
    """

    kinds: Mapping[str, int]
    excluded: int
    visitors: int
    unanswered: int
    journeys: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class ActedWorld:
    """A world that was acted, and what became of it.

    Attributes:
        told: What people did.
        recorded: What the site recorded of it.
        published: The site's deflection range; None under 30 journeys.
        naive: What the naive formula says of it.
    """

    world: World
    told: Counts
    recorded: Counts
    published: Interval | None
    naive: float | None

    @property
    def faults(self) -> tuple[str, ...]:
        """Return in what the record differs from what people did."""
        names = ("kinds", "excluded", "visitors", "unanswered")
        pairs = {name: (getattr(self.told, name), getattr(self.recorded, name)) for name in names}
        found = [f"{name}: done {done}, recorded {kept}" for name, (done, kept) in pairs.items() if done != kept]
        differing = Counter(self.told.journeys) - Counter(self.recorded.journeys)
        return (*found, *(f"journey not recorded as it went: {journey}" for journey in differing))


def act(settings: Settings, scenario: Scenario, chance: random.Random, days: int = 14) -> ActedWorld:
    """Let people visit the site of these settings, whose index is there and whose database is empty.

    Raises:
        RefusedError: The site refused what a browser did.
    """
    # Everybody shares one address, so the limits by address would be all that is measured.
    limits = {
        "api_requests_per_minute": 0,
        "forms_per_minute": 0,
        "events_per_minute": 0,
        "holdout_share": scenario.holdout,
    }
    clock = FixedClock(START)
    services = open_services(settings.model_copy(update=limits), clock)
    engine = services.engine
    # The keys decide who is held out.
    services = replace(services, visitor_keys=VisitorKeys(engine, clock, chance.randbytes))
    app = create_app(services)
    with served(app) as address:
        site = _site(app, services, address, clock)
        world = simulate(scenario, chance, days, partial(BrowserVisit, site))
    services.event_log.close()
    clock.instant = max(event.at for event in world.events) + _LONGEST_STORY
    roll_up(engine, clock)
    recorded = read_events(engine, START, clock.now())
    found = deflection_range(engine, world.period, Window.H72, FigureFilters())
    naive = naive_deflection(engine, world.period, FigureFilters())
    engine.dispose()
    return ActedWorld(world, counts_of(world.events), counts_of(recorded), found.interval, naive.without_form.rate)


def counts_of(events: Iterable[Event]) -> Counts:
    """Count told or recorded events."""
    every = tuple(map(_as_dated, events))
    readers = [event for event in every if event.origin.traffic is Traffic.READER]
    journeys = [fact for stream in streams_by_visitor(readers) for fact in facts_of(stream).journeys]
    return Counts(
        kinds=dict(sorted(Counter(type(event).__name__ for event in readers).items())),
        excluded=len(every) - len(readers),
        visitors=len({event.origin.visitor for event in readers}),
        unanswered=sum(isinstance(event, Searched) and event.found_nothing for event in readers),
        journeys=tuple(sorted(map(_course, journeys), key=str)),
    )


def _as_dated(event: Event) -> Event:
    """Return a ticket as the statistics date it whose writer did not agree that it is joined to their journey."""
    return replace(event, at=end_of_quarter(event.at)) if isinstance(event, TicketSent) else event


def _course(fact: JourneyFact) -> tuple[object, ...]:
    when = (fact.start, fact.end, fact.contact_delay)
    return (*when, fact.lang, fact.channel, fact.arm, fact.sessions, fact.forms, fact.contact_opened, fact.outcomes)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application of this process on a free port, and give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def _is_answered(response: SearchResponse) -> bool:
    """Tell whether an article answers; who asks for a person is counted apart from searches."""
    return not response.no_answer and response.intent is not Intent.PERSON


def _site(app: Flask, services: Services, address: str, clock: FixedClock) -> RunningSite:
    content = services.snapshots.current().content
    articles = content.articles()
    with app.test_request_context():
        paths = {article.key: article_path(article) for article in articles}
    seen = tuple(ArticleSeen(article.key, article.category, article.digest) for article in articles)
    asked = {
        lang: [question for article in articles if article.lang is lang for question in article.questions]
        for lang in Language
    }
    search = services.search.search
    answered = {
        lang: [question for question in questions if _is_answered(search(Query(question, lang)))]
        for lang, questions in asked.items()
    }
    return RunningSite(address, clock, seen, paths, answered)
