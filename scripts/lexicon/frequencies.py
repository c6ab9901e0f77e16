"""Learning how frequent each lemma is from word counts, although most words have several readings.

Expectation maximisation: each word's count is shared out among its lemmas in proportion to how frequent each lemma is
so far and how well the reading fits the word; the shares give the next frequencies.
"""

from __future__ import annotations

import gzip
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from kb.language.lemma_choice import Reading, fit

_ROUNDS = 15
_SMOOTHING = 0.5
_LEAST_COUNT = 0.5
"""Lemmas that got less are not worth a row."""


def read_word_counts(path: Path) -> dict[str, int]:
    """Return the words of a gzipped table of word and count, in its order."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines)
        return {word: int(count) for word, count in rows}


def learn(readings: Mapping[str, Iterable[Reading]], word_counts: Mapping[str, int]) -> dict[str, float]:
    """Return the expected count of each lemma key.

    Args:
        readings: The readings of each word; words without one are passed over.
        word_counts: How often each word occurs.
    """
    shares = [(word_counts[word], _fits(found)) for word, found in readings.items()]
    counts: Mapping[str, float] = {}
    for _ in range(_ROUNDS):
        counts = _shared_out(shares, counts)
    return {key: count for key, count in sorted(counts.items()) if count >= _LEAST_COUNT}


def frequencies_text(counts: Mapping[str, float]) -> str:
    """Return the table that `kb.language.morphology.read_frequencies` reads."""
    rows = "".join(f"{key}\t{count:.1f}\n" for key, count in sorted(counts.items()))
    return "# lemma key\texpected count, learned by scripts/learn_frequencies.py\n" + rows


def _fits(readings: Iterable[Reading]) -> dict[str, float]:
    best: dict[str, float] = {}
    for reading in readings:
        best[reading.key] = max(best.get(reading.key, 0.0), math.exp(fit(reading)))
    return best


def _shared_out(shares: Iterable[tuple[int, Mapping[str, float]]], counts: Mapping[str, float]) -> dict[str, float]:
    expected: defaultdict[str, float] = defaultdict(float)
    for occurrences, fits in shares:
        weights = {key: (counts.get(key, 0.0) + _SMOOTHING) * value for key, value in fits.items()}
        total = sum(weights.values())
        for key, weight in weights.items():
            expected[key] += occurrences * weight / total
    return expected
