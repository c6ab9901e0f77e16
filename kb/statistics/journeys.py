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


def has_intent(journey: Journey) -> bool:
    """Return whether the journey meant to contact support: it typed three characters into the form, or it contacted."""
    return any(isinstance(event, (ContactTyped, *CONTACTS)) for event in journey.events)


def first_opening(journey: Journey) -> datetime | None:
    """Return when the first article was opened, None if none was."""
    return next((event.at for event in journey.events if isinstance(event, ARTICLE_OPENINGS)), None)


def outcome_of(journey: Journey, contacts: Sequence[datetime], window: Window) -> Outcome:
    """Return how a journey ended, as docs/STATISTICS.md defines it.

    Args:
        contacts: Instants at which the same visitor contacted support, in any journey.
        window: How long after the journey's last event a contact still belongs to it.
    """
    opened = first_opening(journey)
    counted = [at for at in contacts if journey.start <= at <= journey.end + window.length]
    word = _last_word(journey)
    if not has_intent(journey):
        return _reading_outcome(opened is not None, bool(counted), word)
    if counted:
        return Outcome.NOT_ATTEMPTED if opened is None or max(counted) < opened else Outcome.FAILED
    if opened is not None and word is Verdict.HELPFUL:
        return Outcome.CONFIRMED
    if word is not Verdict.UNHELPFUL and _read_a_suggestion(journey):
        return Outcome.POTENTIAL
    return Outcome.ABANDONED


def _reading_outcome(opened: bool, contacted: bool, word: Verdict | None) -> Outcome:  # noqa: FBT001 - a truth table
    if not opened:
        return Outcome.NO_VIEW
    if contacted:
        return Outcome.CONTACTED
    if word is None:
        return Outcome.UNKNOWN
    return Outcome.SOLVED if word is Verdict.HELPFUL else Outcome.UNSOLVED


def _last_word(journey: Journey) -> Verdict | None:
    for event in reversed(journey.events):
        if isinstance(event, Voted):
            return event.verdict
        if isinstance(event, ProblemSolved):
            return Verdict.HELPFUL
        if isinstance(event, HelpStillNeeded):
            return Verdict.UNHELPFUL
    return None


def _read_a_suggestion(journey: Journey) -> bool:
    suggestions = {event.id for event in journey.events if isinstance(event, SuggestionOpened)}
    return any(
        isinstance(event, ViewTimed) and event.view in suggestions and event.dwell_s >= POTENTIAL_DWELL_S
        for event in journey.events
    )
