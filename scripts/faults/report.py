"""What a part of the fault bench tried, and what it found."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

MOST_SHOWN = 12
"""Faults that are printed of one part; a thousand alike say no more."""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one part.

    Attributes:
        counts: What was tried and seen, by name.
        faults: Everything that must not be, in words; empty if the part held.
    """

    counts: Mapping[str, int | float | str]
    faults: tuple[str, ...]

    def lines(self, name: str) -> list[str]:
        """Return the report as text."""
        told = ", ".join(f"{what} {count}" for what, count in self.counts.items())
        shown = [f"    FAULT {fault}" for fault in self.faults[:MOST_SHOWN]]
        if len(self.faults) > MOST_SHOWN:
            shown.append(f"    … and {len(self.faults) - MOST_SHOWN} more faults")
        return [f"{name}: {told}; {len(self.faults)} faults", *shown]


@dataclass(frozen=True, slots=True)
class Task:
    """What a part is to do.

    Attributes:
        directory: An empty directory of its own.
        share: Part of the whole run, above 0 to 1; everything is tried at least once.
        chance: Where randomness comes from.
    """

    directory: Path
    share: float
    chance: random.Random

    def times(self, whole: int) -> int:
        """Return how often to do what a whole run does `whole` times."""
        return max(1, round(whole * self.share))


Part = Callable[[Task], Report]
