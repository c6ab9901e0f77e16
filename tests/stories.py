"""Events for tests, told as stories: one visitor, minutes since noon of the first day, no clock and no randomness."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from kb.events import (
    Arm,
    ArticleSeen,
    ArticleViewed,
    Channel,
    ChannelChosen,
    ContactOpened,
    ContactTyped,
    Event,
    EventId,
    HelpStillNeeded,
    Origin,
    ProblemSolved,
    ResultOpened,
    Searched,
    SuggestionOpened,
    TicketId,
    TicketSent,
    Traffic,
    Verdict,
    ViewTimed,
    VisitorKey,
    Voted,
)
from kb.model import ArticleId, ArticleKey, Language

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
E = TypeVar("E", bound=Event)


def seen(
    article_id: str = "reset-password", *, lang: Language = Language.EN, category: str = "account", revision: str = "r1"
) -> ArticleSeen:
    """Return an article as an event refers to it."""
    return ArticleSeen(ArticleKey(ArticleId(article_id), lang), category, revision)


@dataclass
class Story:
    """Collects the events of one visitor; each method adds one at a minute since noon and returns it."""

    visitor: str = "amal"
    lang: Language = Language.EN
    traffic: Traffic = Traffic.READER
    channel: Channel = Channel.SITE
    events: list[Event] = field(default_factory=list)

    def add(self, kind: type[E], minute: float, **details: Any) -> E:
        origin = Origin(VisitorKey(self.visitor), self.lang, self.traffic, self.channel)
        event_id = EventId(f"{self.visitor}-{len(self.events):04}")
        event = kind(id=event_id, at=NOON + timedelta(minutes=minute), origin=origin, **details)
        self.events.append(event)
        return event

    def search(self, minute: float, query: str = "password", results: int = 3, **details: Any) -> Searched:
        return self.add(Searched, minute, query=query, results=results, **details)

    def click(self, minute: float, search: Searched, rank: int = 1, article: ArticleSeen | None = None) -> ResultOpened:
        return self.add(ResultOpened, minute, search=search.id, article=article or seen(), rank=rank)

    def view(self, minute: float, article: ArticleSeen | None = None, **details: Any) -> ArticleViewed:
        return self.add(ArticleViewed, minute, article=article or seen(), **details)

    def vote(self, minute: float, verdict: Verdict, article: ArticleSeen | None = None, **details: Any) -> Voted:
        return self.add(Voted, minute, article=article or seen(), verdict=verdict, **details)

    def contact(self, minute: float, arm: Arm = Arm.SUGGESTIONS) -> ContactOpened:
        return self.add(ContactOpened, minute, arm=arm)

    def typed(self, minute: float) -> ContactTyped:
        return self.add(ContactTyped, minute)

    def intent(self, minute: float, arm: Arm = Arm.SUGGESTIONS) -> None:
        self.contact(minute, arm)
        self.typed(minute + 0.1)

    def suggestion(self, minute: float, dwell_s: float = 0, article: ArticleSeen | None = None) -> SuggestionOpened:
        opened = self.add(SuggestionOpened, minute, article=article or seen(), rank=1)
        if dwell_s:
            self.add(ViewTimed, minute + dwell_s / 60, view=opened.id, article=opened.article, dwell_s=dwell_s)
        return opened

    def solved(self, minute: float) -> ProblemSolved:
        return self.add(ProblemSolved, minute)

    def still_stuck(self, minute: float) -> HelpStillNeeded:
        return self.add(HelpStillNeeded, minute)

    def phoned(self, minute: float) -> ChannelChosen:
        return self.add(ChannelChosen, minute, chosen=Channel.PHONE)

    def ticket(self, minute: float) -> TicketSent:
        return self.add(TicketSent, minute, ticket=TicketId(f"T-{self.visitor}-{minute}"))
