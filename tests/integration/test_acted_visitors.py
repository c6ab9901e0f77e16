"""What people do at the site's pages is recorded as they did it; scripts/simulate_visitors.py does the longer run."""

import random

import pytest

from kb.settings import Settings
from scripts.simulation.acted import ActedWorld, act
from scripts.simulation.scenario import Scenario
from scripts.simulation.serving import Meaning, build_index

# Every trap is sure to be there among few people.
SCENARIO = Scenario(
    people=60,
    intent=0.9,
    within_window=0.3,
    after_window=0.2,
    second_ticket=0.4,
    cleared_cookie=0.2,
    shared_device=0.2,
    another_channel=0.1,
    seen_channel=0.2,
    holdout=0.2,
)


@pytest.fixture(scope="module")
def acted(tmp_path_factory: pytest.TempPathFactory) -> ActedWorld:
    values = {"var_dir": tmp_path_factory.mktemp("visited"), "embedding_model": "/no-model"}
    settings = Settings.model_validate(values)
    build_index(settings, Meaning.WORDS_ONLY)
    return act(settings, SCENARIO, random.Random(5))


def test_every_journey_is_recorded_as_it_went(acted: ActedWorld) -> None:
    assert acted.faults == ()
    assert acted.told == acted.recorded


def test_all_kinds_of_visitors_came(acted: ActedWorld) -> None:
    kinds = acted.recorded.kinds

    assert {"Voted", "ProblemSolved", "ChannelChosen", "TicketSent", "SuggestionOpened", "ViewTimed"} <= kinds.keys()
    assert acted.recorded.excluded > 0
    assert acted.recorded.visitors > SCENARIO.people  # from one address; who lost the cookie is another visitor


def test_what_is_published_holds_the_truth_and_the_naive_formula_does_not(acted: ActedWorld) -> None:
    assert acted.published is not None
    assert acted.naive is not None
    assert acted.world.scenario.deflected in acted.published
    assert abs(acted.naive - acted.world.scenario.deflected) > 0.1
