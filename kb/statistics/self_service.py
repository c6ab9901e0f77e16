"""Whether readers who never meant to contact support found what they came for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from kb.statistics.deflection import outcome_counts
from kb.statistics.filters import FigureFilters
from kb.statistics.intervals import Proportion
from kb.statistics.journeys import READING_OUTCOMES
from kb.statistics.periods import Period, Window


@dataclass(frozen=True, slots=True)
class SelfService:
    """Journeys that opened an article and did not mean to contact support, by what readers said.

    Attributes:
        solved: The last word was "this solved it" or a helpful vote.
        unsolved: The last word was an unhelpful vote.
        contacted: Support was contacted within the window after all.
        unknown: Nothing was said.
    """

    solved: int
    unsolved: int
    contacted: int
    unknown: int

    @property
    def success(self) -> Proportion:
        """Return the journeys that said it was solved, of all of them: a lower bound, since most say nothing."""
        return Proportion(self.solved, self._all)

    @property
    def silent(self) -> Proportion:
        """Return the journeys that said nothing, of all of them."""
        return Proportion(self.unknown, self._all)

    @property
    def _all(self) -> int:
        return self.solved + self.unsolved + self.contacted + self.unknown


def self_service(engine: Engine, period: Period, window: Window, filters: FigureFilters) -> SelfService:
    """Return the figures of the period."""
    counts = outcome_counts(engine, period, window, filters)
    solved, unsolved, contacted, unknown = (counts[outcome] for outcome in READING_OUTCOMES)
    return SelfService(solved, unsolved, contacted, unknown)
