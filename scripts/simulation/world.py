"""Simulated people: what happened to each of them, and the events that the site saw of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from kb.events import Arm, Event, Traffic, Verdict
from kb.statistics.periods import Period
from scripts.simulation.scenario import Scenario
from scripts.simulation.visits import Visit

FIRST_DAY = date(2026, 9, 1)
START = datetime(2026, 9, 1, tzinfo=UTC)
_PAUSE = timedelta(minutes=30)  # what is opened again sooner counts as the same opening


class OpenVisit(Protocol):
    """Makes the visit of somebody who comes."""

    def __call__(
        self,
        chance: random.Random,
        events: list[Event],
        at: datetime,
        *,
        holdout: float = 0.0,
        traffic: Traffic = Traffic.READER,
    ) -> Visit:
        """Return a visit that begins at an instant; see `Visit`."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """A finished simulation.

    Attributes:
        period: Days in which people came; what they did later is in the events too.
        intent: People with intent whose form suggested articles.
        deflected: Of them, those who would have written and were really helped.
    """

    scenario: Scenario
    period: Period
    events: tuple[Event, ...]
    intent: int
    deflected: int


@dataclass(slots=True)
class _Tally:
    """What really happened, counted while it happens."""

    intent: int = 0
    deflected: int = 0


def simulate(scenario: Scenario, chance: random.Random, days: int = 14, open_visit: OpenVisit = Visit) -> World:
    """Return a world; the same scenario and seed give the same one.

    Args:
        days: Length of the period.
        open_visit: Makes the visits: told only, or acted in a browser as well.
    """
    events: list[Event] = []
    tally = _Tally()
    for at in _arrivals(scenario.people, chance, days):
        visit = open_visit(chance, events, at, holdout=scenario.holdout)
        _come(scenario, chance, visit, tally)
        if chance.random() < scenario.shared_device:
            visit.wait(_PAUSE + timedelta(minutes=chance.uniform(0, 270)))
            _come(scenario, chance, visit, tally)
    _add_bots(scenario, chance, events, days, open_visit)
    period = Period(FIRST_DAY, FIRST_DAY + timedelta(days=days - 1))
    return World(scenario, period, tuple(events), tally.intent, tally.deflected)


def _arrivals(count: int, chance: random.Random, days: int) -> Iterator[datetime]:
    for _ in range(count):
        yield START + timedelta(days=chance.random() * (days - 0.5))


def _come(scenario: Scenario, chance: random.Random, visit: Visit, tally: _Tally) -> None:
    search = visit.search()
    if chance.random() < 0.4 and search.results:
        visit.click(search)
    if chance.random() < scenario.intent:
        _turn_to_support(scenario, chance, visit, tally)
    elif chance.random() < 0.2:
        visit.vote(Verdict.HELPFUL if chance.random() < 0.7 else Verdict.UNHELPFUL)


def _turn_to_support(scenario: Scenario, chance: random.Random, visit: Visit, tally: _Tally) -> None:
    would_write = chance.random() < scenario.would_write
    arm = visit.open_form()
    visit.type_message(arm)
    read = arm is Arm.SUGGESTIONS and chance.random() < scenario.open_suggestion
    helped = read and chance.random() < scenario.helped
    tally.intent += arm is Arm.SUGGESTIONS
    tally.deflected += helped and would_write
    if read:
        brief = helped and chance.random() < scenario.glance
        visit.open_suggestion(chance.uniform(3, 9) if brief else chance.uniform(12, 120))
    if chance.random() < (scenario.says_solved if helped else scenario.wrong_thanks * read):
        visit.say_solved()
    if chance.random() < scenario.cleared_cookie:
        visit.clear_cookie()
    if not helped and would_write:
        _contact(scenario, chance, visit, read=read)


def _contact(scenario: Scenario, chance: random.Random, visit: Visit, *, read: bool) -> None:
    if read and chance.random() >= scenario.still_writes:
        return
    luck = chance.random()
    if luck < scenario.another_channel:
        return
    if luck < scenario.another_channel + scenario.seen_channel:
        visit.choose_phone()
        return
    if read:
        delay = chance.random()
        if delay < scenario.after_window:
            visit.wait(timedelta(days=chance.uniform(5, 10)))
        elif delay < scenario.after_window + scenario.within_window:
            visit.wait(timedelta(days=chance.uniform(1, 2)))
    visit.send_ticket()
    if chance.random() < scenario.second_ticket:
        visit.wait(_PAUSE + timedelta(hours=chance.uniform(0, 30)))
        visit.send_ticket()


def _add_bots(scenario: Scenario, chance: random.Random, events: list[Event], days: int, open_visit: OpenVisit) -> None:
    for at in _arrivals(int(scenario.people * scenario.bots), chance, days):
        crawler = open_visit(chance, events, at, traffic=Traffic.BOT)
        for _ in range(chance.randint(1, 8)):
            crawler.view()
    for at in _arrivals(int(scenario.people * scenario.hidden_bots), chance, days):
        pretender = open_visit(chance, events, at, holdout=scenario.holdout)
        for _ in range(chance.randint(1, 4)):
            pretender.view()
        if chance.random() < 0.3:
            pretender.open_form()
