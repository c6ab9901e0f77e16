"""What suggestions prevent, measured: some contact forms show none, and the difference in tickets is the effect."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from kb.events import Arm, VisitorKey
from kb.statistics.filters import FigureFilters, day_conditions
from kb.statistics.intervals import MINIMUM_SAMPLE, Interval, Proportion, newcombe
from kb.statistics.periods import Period, Window
from kb.storage.database import reading
from kb.storage.tables import holdout_days

_SCALE = 2**64


@dataclass(frozen=True, slots=True)
class HoldoutEstimate:
    """Contact rates with and without suggestions.

    Attributes:
        holdout: Journeys that contacted support, of those whose form suggested nothing.
        suggestions: The same where the form suggested articles.
    """

    holdout: Proportion
    suggestions: Proportion

    @property
    def prevented(self) -> float | None:
        """Return the share of journeys with an opened form whose contact the suggestions prevented; None under 30."""
        if not self._enough:
            return None
        return self.holdout.numerator / self.holdout.denominator - (
            self.suggestions.numerator / self.suggestions.denominator
        )

    @property
    def interval(self) -> Interval | None:
        """Return Newcombe's 95 % interval of `prevented`; None under 30 journeys in either arm."""
        return newcombe(self.holdout, self.suggestions) if self._enough else None

    @property
    def _enough(self) -> bool:
        return min(self.holdout.denominator, self.suggestions.denominator) >= MINIMUM_SAMPLE


def assign_arm(visitor: VisitorKey, share: float) -> Arm:
    """Return the arm of a visitor: always the same for a key, by chance across keys.

    Args:
        share: `Settings.holdout_share`, the share of visitors held out, 0 to 1.
    """
    digest = hashlib.blake2b(f"holdout:{visitor}".encode(), digest_size=8).digest()
    return Arm.HOLDOUT if int.from_bytes(digest, "big") < share * _SCALE else Arm.SUGGESTIONS


def holdout_estimate(engine: Engine, period: Period, window: Window, filters: FigureFilters) -> HoldoutEstimate:
    """Return the estimate for journeys that opened the contact form; limited by language and channel only.

    Compared is each visitor's first journey that opened the form, whatever it did then: what suggestions change cannot
    choose who is counted, nor how often.
    """
    contacted = func.sum(holdout_days.c[f"contacted_{window.value}"])
    statement = (
        select(holdout_days.c.arm, contacted, func.sum(holdout_days.c.opened))
        .where(*day_conditions(holdout_days, period, filters))
        .group_by(holdout_days.c.arm)
    )
    with reading(engine) as connection:
        found = {arm: Proportion(int(part), int(whole)) for arm, part, whole in connection.execute(statement)}
    return HoldoutEstimate(*(found.get(arm.value, Proportion(0, 0)) for arm in (Arm.HOLDOUT, Arm.SUGGESTIONS)))
