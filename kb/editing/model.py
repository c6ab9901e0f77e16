"""Queues, items and their history: values only, and the rule by which new evidence opens a closed item again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

from kb.errors import UserError
from kb.model import ArticleId, Language
from kb.statistics.periods import day_number

ItemId = NewType("ItemId", str)
QueryId = NewType("QueryId", int)
Subject = NewType("Subject", str)
"""What an item is about: the oldest query of a cluster, or an article in one language as `ArticleKey` writes it."""

REOPENING_CASES: Final = 3
"""New cases after which an item that was done is open again; one case may be chance."""


class Queue(StrEnum):
    """What kind of attention something needs."""

    UNANSWERED = "unanswered"
    UNOPENED = "unopened"
    DISLIKED = "disliked"
    CONTACTED = "contacted"
    OVERDUE = "overdue"
    UNTRANSLATED = "untranslated"

    @property
    def is_of_queries(self) -> bool:
        """Return whether its items are clusters of queries; those of the others are articles."""
        return self in {Queue.UNANSWERED, Queue.UNOPENED}


class State(StrEnum):
    """How far the work on an item is."""

    NEW = "new"
    IN_WORK = "in-work"
    DONE = "done"
    DECLINED = "declined"

    @property
    def is_closed(self) -> bool:
        """Return whether nobody works on it any more."""
        return self in {State.DONE, State.DECLINED}


class ChangeKind(StrEnum):
    """What an entry of the history tells."""

    STATE = "state"
    OWNER = "owner"
    NOTE = "note"
    FIX = "fix"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Change:
    """What an editor sets.

    Attributes:
        owner: Login of who does it; empty: nobody.
        note: What colleagues should know.
    """

    state: State
    owner: str
    note: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something that was touched at least once.

    Attributes:
        version: Grows with every change; a change must name the version that it was made from.
        closed: Day on which it was closed; None while it is open.
        closed_cases: Cases that were known then.
        members: Queries of the cluster when it was last worked on.
    """

    id: ItemId
    queue: Queue
    subject: Subject
    state: State = State.NEW
    owner: str = ""
    note: str = ""
    version: int = 0
    closed: date | None = None
    closed_cases: int = 0
    members: frozenset[QueryId] = frozenset()

    def is_reopened_by(self, days: Mapping[int, int]) -> bool:
        """Tell whether cases after the day of closing open it again.

        What was done opens with three new cases; what nobody wants to do, only when as many came again as before.

        Args:
            days: Cases by day, as the database numbers days.
        """
        if not self.state.is_closed or self.closed is None:
            return False
        fresh = sum(cases for day, cases in days.items() if day > day_number(self.closed))
        return fresh >= max(REOPENING_CASES, self.closed_cases if self.state is State.DECLINED else 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an item's history.

    Attributes:
        by: Login of the person.
        text: What changed: the new state, owner or note, or the fix and what it achieved.
    """

    at: datetime
    by: str
    kind: ChangeKind
    text: str


@dataclass(frozen=True, slots=True)
class FailedQuery:
    """A query that did not serve its readers, in one period.

    Attributes:
        text: As typed, personal data masked, case and spaces folded; shown only if `visitors` allows it.
        lang: Language of the page.
        visitors: Most different visitors in one week.
        zero: Searches without an answer.
        no_click: Searches that found something of which nothing was opened.
        reformulated: Searches after which other words were tried.
        contacted: Searches of which a result was opened and support contacted all the same.
        days: Failed searches by day.
        rescued: Articles that readers opened from another search soon afterwards, most often first, with how often.
    """

    id: QueryId
    text: str
    lang: Language
    visitors: int
    searches: int
    zero: int
    no_click: int
    reformulated: int = 0
    contacted: int = 0
    days: Mapping[int, int] = field(default_factory=dict)
    rescued: tuple[tuple[ArticleId, int], ...] = ()

    @property
    def clicked(self) -> int:
        """Return the searches of which a result was opened."""
        return max(0, self.searches - self.zero - self.no_click)


class EditConflictError(UserError):
    """Somebody else changed the item since it was read.

    Args:
        item: As it is now.
    """

    def __init__(self, item: Item) -> None:
        super().__init__("Somebody else changed this item in the meantime.")
        self.item = item
