"""What the figures need of one visitor."""

from datetime import date, timedelta

from kb.events import Arm, Channel, LinkId, LinkOpened
from kb.model import Language
from kb.statistics.deflection import deflection_of_facts
from kb.statistics.facts import JourneyFact, facts_of
from kb.statistics.periods import Period, Window
from tests.stories import NOON, Story, seen

DAY = 24 * 60


def test_a_journey_is_summed_up() -> None:
    story = Story(lang=Language.AR)
    story.view(0, seen("a", category="account"))
    story.intent(40, Arm.SUGGESTIONS)
    story.suggestion(41, 12, seen("b", category="orders"))
    story.ticket(45)

    (fact,) = facts_of(story.events).journeys

    assert (fact.start, fact.sessions, fact.forms, fact.contact_opened) == (NOON, 2, 1, True)
    assert (fact.lang, fact.channel, fact.arm) == (Language.AR, Channel.SITE, Arm.SUGGESTIONS)
    assert fact.contact_delay == timedelta(0)
    assert [(each.article.key.id, each.contact_after) for each in fact.openings] == [("a", True), ("b", True)]


def test_an_article_read_after_the_last_contact_led_to_none() -> None:
    story = Story()
    story.contact(0)
    story.view(1)

    (fact,) = facts_of(story.events).journeys

    assert [each.contact_after for each in fact.openings] == [False]
    assert fact.contact_delay is None


def test_a_later_contact_is_remembered_with_its_delay() -> None:
    story = Story()
    story.intent(0)
    story.ticket(2 * DAY)

    first, second = facts_of(story.events).journeys

    assert first.contacted(Window.H72)
    assert not first.contacted(Window.H24)
    assert second.contact_delay == timedelta(0)


def test_an_article_opened_twice_counts_once_and_a_link_counts() -> None:
    story = Story()
    story.add(LinkOpened, 0, link=LinkId("x"), article=seen())
    story.view(1)

    (fact,) = facts_of(story.events).journeys

    assert len(fact.openings) == 1


def test_the_contact_form_decides_the_channel() -> None:
    story = Story()
    story.view(0)
    story.channel = Channel.WIDGET
    story.intent(1)

    (fact,) = facts_of(story.events).journeys

    assert fact.channel is Channel.WIDGET


def test_the_range_counts_intent_and_leaves_the_holdout_out() -> None:
    journeys: list[JourneyFact] = []
    for number in range(40):
        story = Story(f"v{number:02}")
        story.intent(0, Arm.HOLDOUT if number >= 30 else Arm.SUGGESTIONS)
        story.suggestion(1, 20)
        if number % 3 == 0:
            story.solved(2)
        if number % 3 == 1:
            story.ticket(2)
        journeys += facts_of(story.events).journeys

    found = deflection_of_facts(journeys, Period(date(2026, 11, 2), date(2026, 11, 2)), Window.H72)

    assert (found.intent, found.confirmed, found.failed, found.potential) == (30, 10, 10, 10)
    assert found.interval is not None
    assert found.interval.low < 1 / 3 < 2 / 3 < found.interval.high
    assert found.is_open(NOON + timedelta(days=3))
    assert not found.is_open(NOON + timedelta(days=4))


def test_who_comes_back_to_the_form_is_compared_once() -> None:
    story = Story()
    story.view(0)
    story.intent(DAY)
    story.intent(3 * DAY)

    assert [each.contact_opened for each in facts_of(story.events).journeys] == [False, True, False]
