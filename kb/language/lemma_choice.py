"""Choosing one lemma among the analyses of a word, without its context.

An unvocalised Arabic word has several readings. Each gets a score: how frequent its lemma is in help articles (learned,
`lexicon/frequencies.tsv`), minus what speaks against the reading. The weights were compared on open retrieval sets and
on agreement between two databases (docs/MORPHOLOGY.md). Knows no database and no library; ties end in a fixed order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_HAMZA_FORMS = frozenset("أإآة")
"""Letters that a writer puts on purpose; their bare forms are often only haste."""

_CLOSED_CLASSES = frozenset({"prep", "conj", "pron", "part", "conj_sub", "part_neg", "pron_dem", "pron_rel"})
_RANKS = {"noun": 1, "adj": 1, "num": 1, "adv": 1, "noun_prop": 2, "verb": 3}
_UNSEEN = 0.5
"""Count of a lemma that the learned frequencies do not hold."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One analysis of a word, reduced to what the choice depends on.

    Attributes:
        key: Folded lemma.
        pos: Part of speech, by CALIMA's names.
        affix_letters: Letters of the word outside the stem, the article not counted.
        mismatch: How far the spelling differs from the reading's, from `spelling_mismatch`.
        distance: Difference in length between the folded word without its prefixes and the key, in letters; 0 for
            verbs, whose dictionary form has nothing to do with the length of their other forms.
    """

    key: str
    pos: str
    affix_letters: int
    mismatch: float
    distance: int


@dataclass(frozen=True, slots=True)
class Weights:
    """What speaks for and against a reading, in units of the natural logarithm of frequency.

    Attributes:
        affix_letter: Against, each letter outside the stem.
        mismatch: Against, each letter spelled on purpose otherwise.
        distance: Against, each letter by which word and lemma differ in length; not for function words, which are
            short and take long clitics.
        closed_class: For function words.
        verb: Against verbs.
        proper: Against proper nouns.
    """

    affix_letter: float = 1.0
    mismatch: float = 4.0
    distance: float = 1.0
    closed_class: float = 1.0
    verb: float = 1.0
    proper: float = 1.0


DEFAULT_WEIGHTS = Weights()


def choose(readings: Iterable[Reading], counts: Mapping[str, float], weights: Weights = DEFAULT_WEIGHTS) -> str:
    """Return the key of the best reading.

    Args:
        readings: At least one, in any order.
        counts: Learned frequency of each key.
        weights: What speaks for and against.
    """
    return min(readings, key=lambda reading: _order(reading, counts, weights)).key


def fit(reading: Reading, weights: Weights = DEFAULT_WEIGHTS) -> float:
    """Return how well a reading fits its word, apart from the frequency of its lemma; larger is better."""
    score = -weights.affix_letter * reading.affix_letters - weights.mismatch * reading.mismatch
    if reading.pos in _CLOSED_CLASSES:
        return score + weights.closed_class
    score -= weights.distance * reading.distance
    if reading.pos == "verb":
        return score - weights.verb
    return score - weights.proper if reading.pos == "noun_prop" else score


def spelling_mismatch(written: str, read: str) -> float:
    """Return the number of letters in which a word differs from its reading; bare letters count a quarter.

    A word of another length lacks a hamza altogether and counts as one letter.

    Args:
        written: The word without marks.
        read: The reading's spelling without marks.
    """
    if len(written) != len(read):
        return 1.0
    pairs = zip(written, read, strict=True)
    return sum(1.0 if letter in _HAMZA_FORMS else 0.25 for letter, other in pairs if letter != other)


def _order(reading: Reading, counts: Mapping[str, float], weights: Weights) -> tuple[float, int, str]:
    score = math.log(counts.get(reading.key, 0.0) + _UNSEEN) + fit(reading, weights)
    return -score, _RANKS.get(reading.pos, 0), reading.key
