"""What the statistics need to know of one visitor: facts about journeys and searches. Pure functions.

The daily figures are sums of these facts and of nothing else, so that the definitions stand in one place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kb.events import (
    ARTICLE_OPENINGS,
    CONTACTS,
    Arm,
    ArticleSeen,
    Channel,
    ContactOpened,
    ContactTyped,
    Event,
    TicketSent,
    VisitorKey,
)
from kb.model import Language
from kb.statistics.journeys import Journey, Outcome, contacts_of, journeys_of, outcome_of, signs_of
from kb.statistics.links import LinkFact, links_of
from kb.statistics.periods import Window
from kb.statistics.searches import SearchFact, searches_of


@dataclass(frozen=True, slots=True)
class Opening:
    """An article that a journey opened.

    Attributes:
        contact_after: The contact form was opened or support was contacted after it, within the journey.
    """

    article: ArticleSeen
    contact_after: bool


@dataclass(frozen=True, slots=True)
class JourneyFact:
    """What the figures need of one journey.

    Attributes:
        lang: Language of its first page.
        channel: Where the contact form was opened first, else where the journey began.
        arm: Whether its contact form suggested articles; None without a contact form.
        forms: Tickets sent within it.
        contact_opened: It is the visitor's first journey that opened the contact form: what the holdout compares. Who
            comes back to write opens the form once more, and comes back more often after reading suggestions.
        contact_delay: From its last event to the first contact after it; zero when it contacted itself; None: never.
        outcomes: One outcome for each window, in the order of `Window`.
        openings: One for each article, in the order of reading.
    """

    visitor: VisitorKey
    start: datetime
    end: datetime
    lang: Language
    channel: Channel
    arm: Arm | None
    sessions: int
    forms: int
    contact_opened: bool
    contact_delay: timedelta | None
    outcomes: tuple[Outcome, ...]
    openings: tuple[Opening, ...]

    def outcome(self, window: Window) -> Outcome:
        """Return the outcome under a window."""
        return self.outcomes[_WINDOWS.index(window)]

    def contacted(self, window: Window) -> bool:
        """Return whether support was contacted in it or within the window after it."""
        return self.contact_delay is not None and self.contact_delay <= window.length


@dataclass(frozen=True, slots=True)
class VisitorFacts:
    """Everything that the figures need of one visitor.

    Attributes:
        recognised: The browser brought its mark back once at least: it can be told from others.
    """

    visitor: VisitorKey
    recognised: bool
    journeys: tuple[JourneyFact, ...]
    searches: tuple[SearchFact, ...]
    links: tuple[LinkFact, ...]


_WINDOWS = tuple(Window)


def facts_of(stream: Sequence[Event]) -> VisitorFacts:
    """Return the facts of one visitor.

    Args:
        stream: All known events of one visitor, at least one, by time and id; readers' traffic only.
    """
    journeys = journeys_of(stream)
    contacts = contacts_of(stream)
    first_opening = next((event for event in stream if isinstance(event, ContactOpened)), None)
    return VisitorFacts(
        stream[0].origin.visitor,
        any(event.origin.recognised for event in stream),
        tuple(_journey_fact(journey, contacts, first_opening) for journey in journeys),
        tuple(search for journey in journeys for search in searches_of(journey.events)),
        tuple(links_of(stream)),
    )


def _journey_fact(journey: Journey, contacts: Sequence[datetime], first_opening: ContactOpened | None) -> JourneyFact:
    opened = next((event for event in journey.events if isinstance(event, ContactOpened)), None)
    where = next((event for event in journey.events if isinstance(event, (ContactOpened, ContactTyped))), None)
    signs = signs_of(journey)
    later = [at for at in contacts if at >= journey.start]
    return JourneyFact(
        visitor=journey.visitor,
        start=journey.start,
        end=journey.end,
        lang=journey.events[0].origin.lang,
        channel=(where or journey.events[0]).origin.channel,
        arm=opened.arm if opened else None,
        sessions=journey.sessions,
        forms=sum(isinstance(event, TicketSent) for event in journey.events),
        contact_opened=opened is not None and opened is first_opening,
        contact_delay=max(min(later) - journey.end, timedelta(0)) if later else None,
        outcomes=tuple(outcome_of(journey, contacts, window, signs) for window in _WINDOWS),
        openings=tuple(_openings(journey)),
    )


def _openings(journey: Journey) -> Iterator[Opening]:
    last_contact = next(
        (event.at for event in reversed(journey.events) if isinstance(event, (ContactOpened, *CONTACTS))), None
    )
    read: set[str] = set()
    for event in journey.events:
        if isinstance(event, ARTICLE_OPENINGS) and str(event.article.key) not in read:
            read.add(str(event.article.key))
            yield Opening(event.article, last_contact is not None and last_contact > event.at)
