"""What became of an agent's link, told by what its reader did afterwards."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.events import LinkId, LinkOpened, Verdict
from kb.model import Language
from kb.statistics.journeys import streams_by_visitor
from kb.statistics.links import LinkFact, links_of
from tests.random_visits import random_visits
from tests.stories import NOON, Story, seen

DAY = 24 * 60
LINK = LinkId("l")


def opened(story: Story, minute: float = 0) -> Story:
    story.add(LinkOpened, minute, link=LINK, article=seen())
    return story


def fact_of(story: Story) -> LinkFact:
    (fact,) = links_of(sorted(story.events, key=lambda event: (event.at, event.id)))
    return fact


def test_a_link_alone_says_nothing() -> None:
    assert fact_of(opened(Story())) == LinkFact(LINK, NOON, solved=False, reopened=False)


def test_a_helpful_vote_on_its_article_solves_in_either_language() -> None:
    for lang in Language:
        story = opened(Story())
        story.vote(DAY, Verdict.HELPFUL, seen(lang=lang))
        assert fact_of(story).solved


def test_the_word_on_another_article_does_not_count() -> None:
    story = opened(Story())
    story.vote(1, Verdict.HELPFUL, seen("refund"))
    story.solved(2)

    assert not fact_of(story).solved


@pytest.mark.parametrize("minute", [-1, 3 * DAY + 1])
def test_what_was_said_before_or_long_after_does_not_count(minute: float) -> None:
    story = opened(Story())
    story.vote(minute, Verdict.HELPFUL)
    story.ticket(minute)

    assert fact_of(story) == LinkFact(LINK, NOON, solved=False, reopened=False)


def test_the_last_word_counts() -> None:
    story = opened(Story())
    story.vote(1, Verdict.HELPFUL)
    story.still_stuck(2)
    assert not fact_of(story).solved

    story.vote(3, Verdict.HELPFUL)
    assert fact_of(story).solved


def test_who_contacts_support_again_was_not_helped_whatever_they_said() -> None:
    story = opened(Story())
    story.vote(1, Verdict.HELPFUL)
    story.phoned(2 * DAY)

    assert fact_of(story) == LinkFact(LINK, NOON, solved=False, reopened=True)


def test_opening_a_link_again_prolongs_its_time() -> None:
    story = opened(Story())
    opened(story, 3 * DAY)
    story.vote(4 * DAY, Verdict.HELPFUL)

    assert fact_of(story) == LinkFact(LINK, NOON, solved=True, reopened=False)


@given(st.integers(0, 10_000))
def test_no_link_is_solved_and_reopened_or_either_without_being_opened(seed: int) -> None:
    for stream in streams_by_visitor(random_visits(seed, 5)):
        facts = list(links_of(stream))
        openings = [event for event in stream if isinstance(event, LinkOpened)]
        assert len(facts) == len(list(groupby(sorted(event.link for event in openings))))
        assert not any(fact.solved and fact.reopened for fact in facts)
        assert {fact.link for fact in facts} == {event.link for event in openings}
