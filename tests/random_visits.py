"""Random visitors for tests that compare two ways to the same figures; the same seed gives the same events."""

from __future__ import annotations

import random

from kb.events import Arm, Channel, Event, LinkId, LinkOpened, LinkSent, Reason, Traffic, Verdict
from kb.model import Language
from tests.stories import Story, seen

DAY = 24 * 60
_ARTICLES = (
    seen("reset-password"),
    seen("refund", category="orders"),
    seen("refund", lang=Language.AR, category="orders", revision="r2"),
)


def random_visits(seed: int, visitors: int, days: int = 20) -> list[Event]:
    """Return the events of seeded visitors, over days from the stories' noon."""
    chance = random.Random(seed)
    events: list[Event] = []
    for number in range(visitors):
        story = Story(
            f"v{seed}-{number:05}",
            chance.choice(list(Language)),
            Traffic.BOT if chance.random() < 0.05 else Traffic.READER,
            chance.choice((Channel.SITE, Channel.SITE, Channel.WIDGET)),
        )
        for _ in range(chance.randint(1, 3)):
            _visit(story, chance, float(chance.randrange(days * DAY)))
        events += _follow_link(story, chance, number) if chance.random() < 0.4 else []
        events += story.events
    return events


def _follow_link(story: Story, chance: random.Random, number: int) -> list[Event]:
    """Have an agent send a link, which some open, also together with others, and answer; return what the agent did."""
    link, article = LinkId(f"link-{number - chance.choice((0, 0, 1))}"), chance.choice(_ARTICLES)
    agent = Story(f"agent-{story.visitor}", traffic=Traffic.STAFF)
    sent = float(chance.randrange(5 * DAY))
    agent.add(LinkSent, sent, link=LinkId(f"link-{number}"), article=article)
    if chance.random() < 0.8:
        story.add(LinkOpened, sent + chance.randrange(3 * DAY), link=link, article=article)
        if chance.random() < 0.6:
            story.vote(sent + chance.randrange(3 * DAY), chance.choice(list(Verdict)), article)
        if chance.random() < 0.3:
            story.ticket(sent + chance.randrange(4 * DAY) + chance.random())
    return list(agent.events)


def _visit(story: Story, chance: random.Random, minute: float) -> None:
    article = chance.choice(_ARTICLES)
    if chance.random() < 0.7:
        search = story.search(minute, f"query {chance.randrange(9)}", chance.choice((0, 3)))
        if chance.random() < 0.5:
            story.click(minute + 0.2, search, chance.randint(1, 5), article)
        elif chance.random() < 0.5:
            story.search(minute + 2, "other words")
    if chance.random() < 0.6:
        story.view(minute + 3, article)
    if chance.random() < 0.3:
        reason = chance.choice([None, *Reason])
        story.vote(minute + 4, chance.choice(list(Verdict)), article, reason=reason)
    if chance.random() < 0.5:
        _ask(story, chance, minute + 5)


def _ask(story: Story, chance: random.Random, minute: float) -> None:
    arm = Arm.HOLDOUT if chance.random() < 0.3 else Arm.SUGGESTIONS
    story.contact(minute, arm)
    if chance.random() < 0.8:
        story.typed(minute + 0.2)
    if arm is Arm.SUGGESTIONS and chance.random() < 0.6:
        story.suggestion(minute + 1, chance.choice((0, 5, 15)), chance.choice(_ARTICLES))
    if chance.random() < 0.3:
        story.solved(minute + 2)
    for _ in range(chance.choice((0, 0, 1, 2))):
        story.ticket(minute + 3 + chance.choice((0.0, 20.0, 2.0 * DAY, 6.0 * DAY)) + chance.random())
