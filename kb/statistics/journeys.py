"""Sessions and journeys: how one visitor's events hang together, and how a journey ended. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise

from kb.events import (
    ARTICLE_OPENINGS,
    CONTACTS,
    ContactTyped,
    Event,
    EventId,
    HelpStillNeeded,
    ProblemSolved,
    SuggestionOpened,
    Traffic,
    Verdict,
    ViewTimed,
    VisitorKey,
    Voted,
)
from kb.statistics.periods import Window

SESSION_IDLE = timedelta(minutes=30)
JOURNEY_GAP = timedelta(hours=24)
POTENTIAL_DWELL_S = 10.0


class Outcome(StrEnum):
    """How a journey ended; the first five are the outcomes of intent journeys."""

    FAILED = "failed"
    CONFIRMED = "confirmed"
    POTENTIAL = "potential"
    ABANDONED = "abandoned"
    NOT_ATTEMPTED = "not_attempted"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    CONTACTED = "contacted"
    UNKNOWN = "unknown"
    NO_VIEW = "no_view"


INTENT_OUTCOMES = (
    Outcome.FAILED,
    Outcome.CONFIRMED,
    Outcome.POTENTIAL,
    Outcome.ABANDONED,
    Outcome.NOT_ATTEMPTED,
)
"""Outcomes of journeys that meant to contact support."""

READING_OUTCOMES = (Outcome.SOLVED, Outcome.UNSOLVED, Outcome.CONTACTED, Outcome.UNKNOWN)
"""Outcomes of journeys without intent that opened an article."""


@dataclass(frozen=True, slots=True)
class Journey:
    """Events of one visitor with gaps under 24 hours.

    Attributes:
        events: At least one, by time and id.
    """

    visitor: VisitorKey
    events: tuple[Event, ...]

    @property
    def start(self) -> datetime:
        """Return the instant of the first event."""
        return self.events[0].at

    @property
    def end(self) -> datetime:
        """Return the instant of the last event."""
        return self.events[-1].at

    @property
    def sessions(self) -> int:
        """Return the number of sessions: runs of events with pauses under 30 minutes."""
        return 1 + sum(later.at - earlier.at >= SESSION_IDLE for earlier, later in pairwise(self.events))


def streams_by_visitor(events: Iterable[Event]) -> Iterator[tuple[Event, ...]]:
    """Yield the readers' events visitor by visitor, each by time and id; other traffic and repeated ids are left out.

    Args:
        events: In any order.
    """
    unique = {event.id: event for event in events if event.origin.traffic is Traffic.READER}
    ordered = sorted(unique.values(), key=lambda event: (event.origin.visitor, event.at, event.id))
    for _, stream in groupby(ordered, key=lambda event: event.origin.visitor):
        yield tuple(stream)


def journeys_of(stream: Sequence[Event]) -> tuple[Journey, ...]:
    """Cut one visitor's events into journeys.

    Args:
        stream: Events of one visitor, by time and id.
    """
    if not stream:
        return ()
    cuts = [0]
    cuts += [place for place, (a, b) in enumerate(pairwise(stream), 1) if b.at - a.at >= JOURNEY_GAP]
    cuts.append(len(stream))
    visitor = stream[0].origin.visitor
    return tuple(Journey(visitor, tuple(stream[start:end])) for start, end in pairwise(cuts))


def contacts_of(events: Iterable[Event]) -> tuple[datetime, ...]:
    """Return when support was contacted: tickets, and contact links that were followed."""
    return tuple(event.at for event in events if isinstance(event, CONTACTS))


@dataclass(frozen=True, slots=True)
class Signs:
    """What the outcome of a journey is judged by.

    Attributes:
        intent: It meant to contact support: it typed three characters into the form, or it contacted.
        opened: When the first article was opened, None if none was.
        word: The last vote, "this solved it" (helpful) or "I still need help" (unhelpful); None: nothing was said.
        suggestion_read: A suggested article was visible for ten seconds or more.
    """

    intent: bool
    opened: datetime | None
    word: Verdict | None
    suggestion_read: bool


def signs_of(journey: Journey) -> Signs:
    """Return what the outcome of a journey is judged by."""
    intent = suggestion_read = False
    opened: datetime | None = None
    word: Verdict | None = None
    suggestions: set[EventId] = set()
    for event in journey.events:
        if opened is None and isinstance(event, ARTICLE_OPENINGS):
            opened = event.at
        if isinstance(event, SuggestionOpened):
            suggestions.add(event.id)
        elif isinstance(event, ViewTimed):
            suggestion_read |= event.view in suggestions and event.dwell_s >= POTENTIAL_DWELL_S
        elif isinstance(event, _INTENT):
            intent = True
        elif isinstance(event, _WORDS):
            word = word_of(event)
    return Signs(intent, opened, word, suggestion_read)


def outcome_of(journey: Journey, contacts: Sequence[datetime], window: Window, signs: Signs | None = None) -> Outcome:
    """Return how a journey ended, as docs/STATISTICS.md defines it.

    Args:
        contacts: Instants at which the same visitor contacted support, in any journey.
        window: How long after the journey's last event a contact still belongs to it.
        signs: `signs_of` the journey, where they are known already.
    """
    signs = signs or signs_of(journey)
    latest = max((at for at in contacts if journey.start <= at <= journey.end + window.length), default=None)
    if not signs.intent:
        return _reading_outcome(signs, latest)
    if latest is not None:
        return Outcome.NOT_ATTEMPTED if signs.opened is None or latest < signs.opened else Outcome.FAILED
    if signs.opened is not None and signs.word is Verdict.HELPFUL:
        return Outcome.CONFIRMED
    if signs.suggestion_read and signs.word is not Verdict.UNHELPFUL:
        return Outcome.POTENTIAL
    return Outcome.ABANDONED


_INTENT = (ContactTyped, *CONTACTS)
_WORDS = (Voted, ProblemSolved, HelpStillNeeded)


def _reading_outcome(signs: Signs, contacted: datetime | None) -> Outcome:
    if signs.opened is None:
        return Outcome.NO_VIEW
    if contacted is not None:
        return Outcome.CONTACTED
    if signs.word is None:
        return Outcome.UNKNOWN
    return Outcome.SOLVED if signs.word is Verdict.HELPFUL else Outcome.UNSOLVED


def word_of(event: Voted | ProblemSolved | HelpStillNeeded) -> Verdict:
    """Return what a vote, "this solved it" or "I still need help" says."""
    if isinstance(event, Voted):
        return event.verdict
    return Verdict.HELPFUL if isinstance(event, ProblemSolved) else Verdict.UNHELPFUL
