"""The published figures find the truth of simulated visitors; scripts/simulate_visitors.py does the long runs."""

import random
from dataclasses import replace

from sqlalchemy import Engine

from kb.clock import FixedClock
from kb.events import Event
from kb.statistics.deflection import deflection_of_facts, deflection_range
from kb.statistics.filters import FigureFilters
from kb.statistics.holdout import holdout_estimate
from kb.statistics.periods import Window
from kb.statistics.rollups import roll_up
from kb.storage.event_log import append_many
from scripts.simulation.experiments import STRESS, holdout_of, holdout_runs, journey_facts, range_runs
from scripts.simulation.scenario import Scenario
from scripts.simulation.world import World, simulate
from tests.stories import NOON


def world(seed: int, scenario: Scenario) -> World:
    return simulate(scenario, random.Random(seed))


def test_the_published_interval_holds_the_truth_and_the_naive_formula_does_not() -> None:
    runs = list(range_runs(20, 300))

    assert sum(run.held for run in runs) >= 19
    assert sum(abs(run.naive - run.truth) < 0.1 for run in runs) <= 2


def test_where_everybody_who_is_helped_says_so_the_interval_is_narrow_and_right() -> None:
    told = STRESS["everybody who is helped says so"]
    scenario = replace(told, people=400, would_write=1.0, still_writes=1.0, another_channel=0.0)

    runs = list(range_runs(10, 400, scenario))

    assert sum(run.held for run in runs) >= 9
    assert all(run.published.high - run.published.low < 0.2 for run in runs)


def test_an_a_a_holdout_shows_nothing() -> None:
    runs = list(holdout_runs(10, 500, 0.0))

    assert sum(run.found for run in runs) <= 2
    assert sum(run.held for run in runs) >= 8


def test_an_injected_effect_is_found_within_its_interval() -> None:
    runs = list(holdout_runs(10, 500, 0.15))

    assert sum(run.held for run in runs) >= 8
    assert sum(run.found for run in runs) >= 7


def test_the_same_seed_gives_the_same_world() -> None:
    def ids(events: tuple[Event, ...]) -> list[str]:
        return [event.id for event in events]

    assert ids(world(1, Scenario(people=50)).events) == ids(world(1, Scenario(people=50)).events)
    assert ids(world(1, Scenario(people=50)).events) != ids(world(2, Scenario(people=50)).events)


def test_the_event_log_publishes_what_the_functions_say(engine: Engine) -> None:
    simulated = world(3, Scenario(people=300, holdout=0.3))
    append_many(engine, simulated.events)
    roll_up(engine, FixedClock(NOON))
    facts = journey_facts(simulated)

    stored = deflection_range(engine, simulated.period, Window.H72, FigureFilters())

    assert stored == deflection_of_facts(facts, simulated.period, Window.H72)
    in_period = [fact for fact in facts if simulated.period.start <= fact.start < simulated.period.end]
    assert holdout_estimate(engine, simulated.period, Window.H72, FigureFilters()) == holdout_of(in_period)


def test_what_really_happened_is_near_what_was_meant_to_happen() -> None:
    simulated = world(4, Scenario(people=3_000))

    assert abs(simulated.deflected / simulated.intent - simulated.scenario.deflected) < 0.04
