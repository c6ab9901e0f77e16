"""Experiments on simulated worlds: does the published interval hold the truth, does the holdout find an effect."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kb.events import Arm
from kb.statistics.deflection import deflection_of_facts
from kb.statistics.facts import JourneyFact, facts_of
from kb.statistics.holdout import HoldoutEstimate
from kb.statistics.intervals import Interval, Proportion
from kb.statistics.journeys import streams_by_visitor
from kb.statistics.periods import Window
from scripts.simulation.scenario import Scenario, drawn_scenario
from scripts.simulation.world import World, simulate


@dataclass(frozen=True, slots=True)
class RangeRun:
    """One world and what was published about it.

    Attributes:
        truth: Probability that somebody with intent is deflected.
        published: Interval of the deflection range.
        naive: What the naive formula says.
    """

    seed: int
    truth: float
    published: Interval
    naive: float

    @property
    def held(self) -> bool:
        """Return whether the interval holds the truth."""
        return self.truth in self.published


@dataclass(frozen=True, slots=True)
class HoldoutRun:
    """One world with an injected effect, and what the holdout says.

    Attributes:
        injected: Difference of contact rates between the arms that was built in.
    """

    seed: int
    injected: float
    estimate: float
    interval: Interval

    @property
    def held(self) -> bool:
        """Return whether the interval holds what was injected."""
        return self.injected in self.interval

    @property
    def found(self) -> bool:
        """Return whether the interval leaves zero out."""
        return 0 not in self.interval


def range_runs(runs: int, people: int, scenario: Scenario | None = None) -> Iterator[RangeRun]:
    """Yield seeded runs, each with a scenario drawn anew unless one is given."""
    for seed in range(runs):
        chance = random.Random(seed)  # noqa: S311 - a simulation
        world = simulate(scenario or drawn_scenario(chance, people), chance)
        facts = journey_facts(world)
        found = deflection_of_facts(facts, world.period, Window.H72)
        if found.interval is None:
            raise ValueError(f"{people} people are too few for an interval")
        sessions, forms = sum(fact.sessions for fact in facts), sum(fact.forms for fact in facts)
        yield RangeRun(seed, world.scenario.deflected, found.interval, 1 - forms / sessions)


def holdout_runs(runs: int, people: int, lift: float) -> Iterator[HoldoutRun]:
    """Yield seeded runs in which suggestions prevent the contacts of `lift` of those who open the form; 0 is A/A."""
    contact = 0.6
    for seed in range(runs):
        chance = random.Random(10_000 + seed)  # noqa: S311 - a simulation
        helped = lift / contact
        base = Scenario(
            people=people,
            intent=1.0,
            open_suggestion=1.0,
            helped=helped,
            would_write=contact,
            still_writes=1.0,
            another_channel=0.0,
            hidden_bots=0.0,
            shared_device=0.0,
            cleared_cookie=0.0,
            after_window=0.0,
            holdout=0.5,
        )
        estimate = holdout_of(journey_facts(simulate(base, chance)))
        if estimate.prevented is None or estimate.interval is None:
            raise ValueError(f"{people} people are too few for an estimate")
        yield HoldoutRun(seed, lift, estimate.prevented, estimate.interval)


STRESS: Mapping[str, Scenario] = {
    "as assumed": Scenario(),
    "everybody who is helped says so": replace(Scenario(), says_solved=1.0, glance=0.0, wrong_thanks=0.0),
    "nobody says anything": replace(Scenario(), says_solved=0.0, wrong_thanks=0.0),
    "one in three leaks to the phone, unseen": replace(Scenario(), another_channel=0.33),
    "one in four clears the cookie": replace(Scenario(), cleared_cookie=0.25),
    "as many hidden bots as people": replace(Scenario(), hidden_bots=1.0),
    "half of the helped only glance": replace(Scenario(), glance=0.5, says_solved=0.1),
    "one in five thanks wrongly": replace(Scenario(), wrong_thanks=0.2, helped=0.1, says_solved=0.9),
}
"""Worlds at and beyond the edge of what the definitions assume."""


def journey_facts(world: World) -> list[JourneyFact]:
    """Return the facts of all journeys of a world."""
    return [fact for stream in streams_by_visitor(world.events) for fact in facts_of(stream).journeys]


def holdout_of(facts: list[JourneyFact]) -> HoldoutEstimate:
    """Return the estimate from facts, as `holdout_estimate` makes it from the stored figures."""
    rates = {}
    for arm in Arm:
        opened = [fact for fact in facts if fact.contact_opened and fact.arm is arm]
        rates[arm] = Proportion(sum(fact.contacted(Window.H72) for fact in opened), len(opened))
    return HoldoutEstimate(rates[Arm.HOLDOUT], rates[Arm.SUGGESTIONS])
