"""How good a lexicon is: how much of running text it knows, and how far it agrees with another database.

Both databases choose their lemma by the same rules (`kb.language.lemma_choice`). Keys of two databases cannot be
compared one by one, so agreement is counted over pairs of words: does each put the two under one lemma, or apart?
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from kb.language.morphology import Lemmatizer


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of one lexicon with a reference on the words that both know.

    Attributes:
        words: How many words both know.
        precision: Share of the pairs that the lexicon puts together which the reference puts together too.
        recall: Share of the pairs that the reference puts together which the lexicon puts together too.
    """

    words: int
    precision: float
    recall: float


def coverage(lemmatizer: Lemmatizer, word_counts: Mapping[str, int]) -> float:
    """Return the share of running words that have a lemma."""
    known = sum(count for word, count in word_counts.items() if lemmatizer.lemma(word) is not None)
    return known / sum(word_counts.values())


def agreement(lexicon: Lemmatizer, reference: Lemmatizer, words: Iterable[str]) -> Agreement:
    """Compare a lexicon with a reference.

    Args:
        lexicon: What is measured.
        reference: What it is measured against.
        words: Different surface words.
    """
    ours: defaultdict[str, list[str]] = defaultdict(list)
    theirs: defaultdict[str, list[str]] = defaultdict(list)
    known = 0
    for word in words:
        own, other = lexicon.lemma(word), reference.lemma(word)
        if own is not None and other is not None:
            known += 1
            ours[own].append(word)
            theirs[other].append(word)
    together, expected = _pairs(ours), _pairs(theirs)
    shared = len(together & expected)
    return Agreement(known, shared / max(1, len(together)), shared / max(1, len(expected)))


def _pairs(groups: Mapping[str, list[str]]) -> set[tuple[str, str]]:
    return {pair for words in groups.values() for pair in combinations(words, 2)}
