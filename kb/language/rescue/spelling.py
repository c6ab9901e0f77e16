"""Corrections of a mistyped word by the words of the index: nearest by keys and by sound, then most frequent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kb.language.rescue.keyboard import neighbours
from kb.language.rescue.vocabulary import Vocabulary

# Letters that sound alike in one dialect or another, or that hands confuse; in normal form.
_ALIKE = frozenset(
    map(
        frozenset,
        (
            "ضظ ذز ذد ثس ثت قك صس طت ضد غق هح ظز ءا يا هت قغ جغ خح جح شس بت تن عغ رز فق "  # Arabic
            "ck sz cs ie ae ei ou fv iy"  # English
        ).split(),
    )
)
_SWAP, _NEIGHBOUR, _DOUBLED, _OTHER = 0.7, 0.7, 0.5, 1.0
_LONGEST = 40
_CANDIDATES_AT_MOST = 40


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the index instead of a mistyped one.

    Attributes:
        text: The word, or two words with a space where one was missing.
        cost: Weighted edits; 0.5 to 2, less is nearer.
    """

    text: str
    cost: float


def cost_limit(length: int) -> float:
    """Return the dearest correction that a word of this length bears: short words have too many neighbours."""
    if length < 4:
        return 0.0
    if length < 6:
        return 1.0
    return 1.4 if length < 9 else 2.0


def corrections(word: str, vocabulary: Vocabulary) -> tuple[Correction, ...]:
    """Return corrections of an unknown word in normal form, best first; empty if none is near enough.

    Ranked by weighted edits less a bonus that grows with the logarithm of the frequency, then by the word itself.
    """
    limit = cost_limit(len(word))
    if limit == 0 or len(word) > _LONGEST:
        return ()
    found = [
        Correction(other, cost)
        for other in _near(word, vocabulary, 1 if limit < 1.2 else 2)
        if (cost := typing_cost(word, other)) <= limit
    ]
    found += [Correction(split, 0.9) for split in _splits(word, vocabulary)]
    return tuple(sorted(found, key=lambda item: (item.cost - _bonus(item.text, vocabulary), item.text)))


def typing_cost(typed: str, meant: str) -> float:
    """Return the weighted edits between two words: slips to a neighbouring key, a like sound or a swap cost less.

    Optimal string alignment (Damerau-Levenshtein without overlapping swaps) with the costs of this module.
    """
    rows, columns = len(typed) + 1, len(meant) + 1
    table = [[0.0] * columns for _ in range(rows)]
    for row in range(1, rows):
        table[row][0] = table[row - 1][0] + _OTHER
    for column in range(1, columns):
        table[0][column] = table[0][column - 1] + _OTHER
    for row in range(1, rows):
        for column in range(1, columns):
            table[row][column] = min(
                table[row - 1][column] + _gap(typed, row - 1),
                table[row][column - 1] + _gap(meant, column - 1),
                table[row - 1][column - 1] + _substitution(typed[row - 1], meant[column - 1]),
                _swapped(table, typed, meant, row, column),
            )
    return table[-1][-1]


def _gap(word: str, at: int) -> float:
    return _DOUBLED if at and word[at] == word[at - 1] else _OTHER


def _substitution(left: str, right: str) -> float:
    if left == right:
        return 0.0
    pair = frozenset((left, right))
    return _NEIGHBOUR if pair in neighbours() or pair in _ALIKE else _OTHER


def _swapped(table: list[list[float]], typed: str, meant: str, row: int, column: int) -> float:
    if row > 1 and column > 1 and typed[row - 1] == meant[column - 2] and typed[row - 2] == meant[column - 1]:
        return table[row - 2][column - 2] + _SWAP
    return math.inf


def _near(word: str, vocabulary: Vocabulary, distance: int) -> tuple[str, ...]:
    lengths = range(len(word) - distance, len(word) + distance + 1)
    pool = list(chain.from_iterable(vocabulary.by_length.get(length, ()) for length in lengths))
    matches = extract(word, pool, scorer=OSA.distance, score_cutoff=distance, limit=_CANDIDATES_AT_MOST)
    return tuple(match[0] for match in matches)


def _splits(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Two words of the index written without the space between them."""
    return tuple(
        f"{word[:at]} {word[at:]}"
        for at in range(3, len(word) - 2)
        if vocabulary.frequency(word[:at]) and vocabulary.frequency(word[at:])
    )


def _bonus(text: str, vocabulary: Vocabulary) -> float:
    return 0.08 * math.log1p(min(vocabulary.frequency(part) for part in text.split()))
