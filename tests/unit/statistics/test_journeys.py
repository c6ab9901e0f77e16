"""Journeys and their outcomes, case by case and as laws."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.events import Event, Traffic, Verdict
from kb.statistics.journeys import (
    INTENT_OUTCOMES,
    Outcome,
    contacts_of,
    journeys_of,
    outcome_of,
    signs_of,
    streams_by_visitor,
)
from kb.statistics.periods import Window
from tests.stories import Story, seen

DAY = 24 * 60
H72 = 72 * 60


def told(*steps: Callable[[Story], object]) -> Story:
    story = Story()
    for step in steps:
        step(story)
    return story


def outcomes(story: Story, window: Window = Window.H72) -> list[Outcome]:
    (stream,) = streams_by_visitor(story.events)
    contacts = contacts_of(stream)
    return [outcome_of(journey, contacts, window) for journey in journeys_of(stream)]


CASES: dict[str, tuple[Story, list[Outcome]]] = {
    "read, then wrote": (
        told(lambda s: s.view(0), lambda s: s.intent(1), lambda s: s.ticket(5)),
        [Outcome.FAILED],
    ),
    "said solved, but wrote all the same": (
        told(lambda s: s.intent(0), lambda s: s.suggestion(1, 20), lambda s: s.solved(2), lambda s: s.ticket(60)),
        [Outcome.FAILED],
    ),
    "said solved and never wrote": (
        told(lambda s: s.intent(0), lambda s: s.suggestion(1, 20), lambda s: s.solved(2)),
        [Outcome.CONFIRMED],
    ),
    "helpful vote on a page read before the form": (
        told(lambda s: s.view(0), lambda s: s.intent(1), lambda s: s.vote(3, Verdict.HELPFUL)),
        [Outcome.CONFIRMED],
    ),
    "took the helpful vote back": (
        told(
            lambda s: s.intent(0),
            lambda s: s.suggestion(1, 20),
            lambda s: s.vote(2, Verdict.HELPFUL),
            lambda s: s.vote(3, Verdict.UNHELPFUL),
        ),
        [Outcome.ABANDONED],
    ),
    "solved, but opened no article": (told(lambda s: s.intent(0), lambda s: s.solved(2)), [Outcome.ABANDONED]),
    "read a suggestion for ten seconds and left": (
        told(lambda s: s.intent(0), lambda s: s.suggestion(1, 10)),
        [Outcome.POTENTIAL],
    ),
    "glanced at a suggestion": (told(lambda s: s.intent(0), lambda s: s.suggestion(1, 9.9)), [Outcome.ABANDONED]),
    "read a page that was not suggested": (told(lambda s: s.intent(0), lambda s: s.view(1)), [Outcome.ABANDONED]),
    "read a suggestion but still needs help": (
        told(lambda s: s.intent(0), lambda s: s.suggestion(1, 30), lambda s: s.still_stuck(2)),
        [Outcome.ABANDONED],
    ),
    "typed and left": (told(lambda s: s.intent(0)), [Outcome.ABANDONED]),
    "wrote at once": (told(lambda s: s.intent(0), lambda s: s.ticket(2)), [Outcome.NOT_ATTEMPTED]),
    "wrote, and only then read": (
        told(lambda s: s.intent(0), lambda s: s.ticket(2), lambda s: s.view(3), lambda s: s.vote(4, Verdict.HELPFUL)),
        [Outcome.NOT_ATTEMPTED],
    ),
    "wrote without JavaScript": (told(lambda s: s.view(0), lambda s: s.ticket(2)), [Outcome.FAILED]),
    "read, then phoned": (
        told(lambda s: s.intent(0), lambda s: s.suggestion(1, 30), lambda s: s.phoned(3)),
        [Outcome.FAILED],
    ),
    "wrote two days later": (
        told(lambda s: s.intent(0), lambda s: s.suggestion(1, 30), lambda s: s.ticket(2 * DAY)),
        [Outcome.FAILED, Outcome.NOT_ATTEMPTED],
    ),
    "wrote four days later": (
        told(lambda s: s.intent(0), lambda s: s.suggestion(1, 30), lambda s: s.ticket(4 * DAY)),
        [Outcome.POTENTIAL, Outcome.NOT_ATTEMPTED],
    ),
    "three tickets make one failure": (
        told(lambda s: s.view(0), lambda s: s.ticket(1), lambda s: s.ticket(2), lambda s: s.ticket(3)),
        [Outcome.FAILED],
    ),
    "opened the form and typed nothing": (told(lambda s: s.contact(0)), [Outcome.NO_VIEW]),
    "only searched": (told(lambda s: s.search(0)), [Outcome.NO_VIEW]),
    "read and said nothing": (told(lambda s: s.view(0)), [Outcome.UNKNOWN]),
    "read and liked it": (told(lambda s: s.view(0), lambda s: s.vote(1, Verdict.HELPFUL)), [Outcome.SOLVED]),
    "read and disliked it": (told(lambda s: s.view(0), lambda s: s.vote(1, Verdict.UNHELPFUL)), [Outcome.UNSOLVED]),
    "liked it, wrote two days later": (
        told(lambda s: s.view(0), lambda s: s.vote(1, Verdict.HELPFUL), lambda s: s.ticket(2 * DAY)),
        [Outcome.CONTACTED, Outcome.NOT_ATTEMPTED],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_outcome_of(case: str) -> None:
    story, expected = CASES[case]

    assert outcomes(story) == expected


@pytest.mark.parametrize(
    ("window", "expected"),
    [(Window.H24, Outcome.POTENTIAL), (Window.H72, Outcome.POTENTIAL), (Window.D7, Outcome.FAILED)],
)
def test_a_longer_window_sees_later_tickets(window: Window, expected: Outcome) -> None:
    story = told(lambda s: s.intent(0), lambda s: s.suggestion(1, 30), lambda s: s.ticket(5 * DAY))

    assert outcomes(story, window)[0] is expected


@pytest.mark.parametrize(("minutes", "expected"), [(H72, Outcome.FAILED), (H72 + 0.01, Outcome.POTENTIAL)])
def test_the_window_runs_from_the_last_event_and_includes_its_end(minutes: float, expected: Outcome) -> None:
    story = told(lambda s: s.intent(0), lambda s: s.suggestion(1, 60), lambda s: s.ticket(2 + minutes))

    assert outcomes(story)[0] is expected


@pytest.mark.parametrize(("gap", "journeys"), [(DAY - 0.01, 1), (DAY, 2)])
def test_a_journey_ends_with_a_gap_of_24_hours(gap: float, journeys: int) -> None:
    story = told(lambda s: s.view(0), lambda s: s.view(gap))

    assert len(journeys_of(story.events)) == journeys


@pytest.mark.parametrize(("gap", "sessions"), [(29.99, 1), (30, 2)])
def test_a_session_ends_with_30_idle_minutes(gap: float, sessions: int) -> None:
    story = told(lambda s: s.view(0), lambda s: s.view(gap))

    (journey,) = journeys_of(story.events)
    assert journey.sessions == sessions


def test_an_empty_stream_has_no_journey() -> None:
    assert journeys_of(()) == ()


def test_bots_staff_and_prefetches_make_no_journeys() -> None:
    for traffic in (Traffic.BOT, Traffic.STAFF, Traffic.PREFETCH):
        story = Story(traffic=traffic)
        story.view(0)
        assert list(streams_by_visitor(story.events)) == []


# Laws, on random streams of events

_STEPS: list[Callable[[Story, float], object]] = [
    lambda s, t: s.search(t),
    lambda s, t: s.view(t),
    lambda s, t: s.contact(t),
    lambda s, t: s.intent(t),
    lambda s, t: s.suggestion(t, 5),
    lambda s, t: s.suggestion(t, 15),
    lambda s, t: s.vote(t, Verdict.HELPFUL),
    lambda s, t: s.vote(t, Verdict.UNHELPFUL, seen("other")),
    lambda s, t: s.solved(t),
    lambda s, t: s.still_stuck(t),
    lambda s, t: s.phoned(t),
    lambda s, t: s.ticket(t),
]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    story = Story()
    for step, minute in draw(st.lists(st.tuples(st.sampled_from(_STEPS), st.integers(0, 12 * DAY)), max_size=14)):
        step(story, float(minute))
    return story


def _journeys(events: list[Event]) -> list[tuple[object, ...]]:
    return [
        (journey, *(outcome_of(journey, contacts_of(stream), window) for window in Window))
        for stream in streams_by_visitor(events)
        for journey in journeys_of(stream)
    ]


@given(stories())
def test_every_event_is_in_exactly_one_journey(story: Story) -> None:
    journeys = [journey for stream in streams_by_visitor(story.events) for journey in journeys_of(stream)]

    assert sorted(event.id for journey in journeys for event in journey.events) == sorted(e.id for e in story.events)


@given(stories())
def test_intent_decides_which_outcomes_are_possible(story: Story) -> None:
    for stream in streams_by_visitor(story.events):
        for journey in journeys_of(stream):
            for window in Window:
                assert (outcome_of(journey, contacts_of(stream), window) in INTENT_OUTCOMES) == signs_of(journey).intent


@given(stories(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_arrive_does_not_matter(story: Story, chance: random.Random) -> None:
    shuffled = list(story.events)
    chance.shuffle(shuffled)

    assert _journeys(shuffled) == _journeys(story.events)


@given(stories())
def test_repeated_events_change_nothing(story: Story) -> None:
    assert _journeys(story.events * 2) == _journeys(story.events)


_CONTACTED = {Outcome.FAILED, Outcome.NOT_ATTEMPTED, Outcome.CONTACTED, Outcome.NO_VIEW}


@given(stories(), st.integers(1, 10 * DAY))
def test_a_late_ticket_only_moves_outcomes_toward_failed(story: Story, later: int) -> None:
    before = _journeys(story.events)
    if not before:
        return
    start = story.events[0].at
    last_minute = max((event.at - start) / timedelta(minutes=1) for event in story.events)
    first_minute = (start - Story().view(0).at) / timedelta(minutes=1)
    story.ticket(first_minute + last_minute + DAY + later)

    after = _journeys(story.events)[: len(before)]

    for (_, *old), (_, *new) in zip(before, after, strict=True):
        for was, now in zip(old, new, strict=True):
            assert now is was or now in _CONTACTED


@given(stories())
def test_a_longer_window_only_moves_outcomes_toward_failed(story: Story) -> None:
    for _, day, three_days, week in _journeys(story.events):
        assert three_days is day or three_days in _CONTACTED
        assert week is three_days or week in _CONTACTED
