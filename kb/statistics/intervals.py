"""Proportions that say how sure they are: Wilson's interval for one, Newcombe's for the difference of two."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

MINIMUM_SAMPLE = 30
"""Under so many cases a figure is its counts only: no rate and no interval."""

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of plausible values, bounds included."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Proportion:
    """How many of how many.

    Attributes:
        numerator: 0 to `denominator`.
        denominator: 0 or more.
    """

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator} of {self.denominator} is not a proportion")

    @property
    def rate(self) -> float | None:
        """Return the share in [0, 1], None under `MINIMUM_SAMPLE` cases."""
        return self.numerator / self.denominator if self.denominator >= MINIMUM_SAMPLE else None

    @property
    def interval(self) -> Interval | None:
        """Return the 95 % Wilson interval of the share, None under `MINIMUM_SAMPLE` cases."""
        return wilson(self.numerator, self.denominator) if self.denominator >= MINIMUM_SAMPLE else None


def wilson(numerator: int, denominator: int) -> Interval:
    """Return Wilson's 95 % score interval for a proportion.

    Args:
        numerator: Cases that count, 0 to `denominator`.
        denominator: All cases; 0 gives [0, 1], nothing is known.
    """
    if denominator == 0:
        return Interval(0.0, 1.0)
    share = numerator / denominator
    weight = _Z * _Z / denominator
    centre = (share + weight / 2) / (1 + weight)
    spread = _Z / (1 + weight) * sqrt(share * (1 - share) / denominator + weight / (4 * denominator))
    low = 0.0 if numerator == 0 else max(0.0, centre - spread)
    high = 1.0 if numerator == denominator else min(1.0, centre + spread)
    return Interval(low, high)


def newcombe(first: Proportion, second: Proportion) -> Interval:
    """Return Newcombe's 95 % hybrid score interval for `first` minus `second` (independent groups; his method 10)."""
    one, two = wilson(first.numerator, first.denominator), wilson(second.numerator, second.denominator)
    p1 = first.numerator / first.denominator if first.denominator else 0.5
    p2 = second.numerator / second.denominator if second.denominator else 0.5
    difference = p1 - p2
    return Interval(
        difference - sqrt((p1 - one.low) ** 2 + (two.high - p2) ** 2),
        difference + sqrt((one.high - p1) ** 2 + (p2 - two.low) ** 2),
    )
