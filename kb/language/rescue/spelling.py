"""Corrections of a mistyped word by the words of the index and of the language, nearest by keys and by sound.

Only what no language knows is mistyped; whoever calls asks `Vocabulary.is_word` first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kb.language.rescue.keyboard import neighbours
from kb.language.rescue.real_words import frequency
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
# A word of the index is likelier to be meant than another one of the language.
_INDEX_BONUS, _INDEX_WEIGHT = 0.35, 0.08
_LANGUAGE_WEIGHT, _UNBONUSED_ZIPF = 0.15, 3.0
# Rarer words of the lists are never what a slip stands for.
_RAREST_MEANT = 2.8
_LONGEST_LOOKED_UP = 16
_ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي")
_SPLIT_COST = 0.9
# Shorter Arabic words fall into two by chance.
_SHORTEST_ARABIC_SPLIT = 8
_COMMON_PART, _SURE_PART = 4.0, 5.8
_SHORTEST_SHORTENED = 3
_DRAWN_OUT = re.compile(r"(.)\1{2,}")


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


def shortened(word: str, vocabulary: Vocabulary) -> str:
    """Return a word whose letters were drawn out (``pleeease``, «توصييييل») as it is mostly written, else the word.

    Args:
        word: In normal form.
        vocabulary: Words of the index and of the languages.
    """
    if not word.isalpha() or not _DRAWN_OUT.search(word):
        return word
    forms = [_DRAWN_OUT.sub(letters, word) for letters in (r"\1", r"\1\1")]
    if len(forms[0]) < _SHORTEST_SHORTENED:
        return word
    return max(forms, key=lambda form: (vocabulary.frequency(form), frequency(form), -len(form)))


def corrections(word: str, vocabulary: Vocabulary) -> tuple[Correction, ...]:
    """Return corrections of an unknown word in normal form, best first; empty if none is near enough.

    Ranked by weighted edits less a bonus that grows with the logarithm of the frequency, then by the word itself.
    """
    limit = cost_limit(len(word))
    if limit == 0 or len(word) > _LONGEST:
        return ()
    near = {*_near(word, vocabulary, 1 if limit < 1.2 else 2), *_near_in_language(word)}
    found = [Correction(other, cost) for other in sorted(near) if (cost := typing_cost(word, other)) <= limit]
    found += [Correction(split, _SPLIT_COST) for split in _splits(word, vocabulary)]
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


def _near_in_language(word: str) -> Iterator[str]:
    """Yield the words of the language that one slip makes this word of."""
    if len(word) > _LONGEST_LOOKED_UP:
        return
    for other in _one_slip_away(word):
        if frequency(other) >= _RAREST_MEANT:
            yield other


def _one_slip_away(word: str) -> set[str]:
    alphabet = next((letters for letters in _ALPHABETS if word[0] in letters), "")
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    left_out = {before + after[1:] for before, after in cuts if after}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1}
    replaced = {before + letter + after[1:] for before, after in cuts if after for letter in _slips_of(after[0])}
    added = {before + letter + after for before, after in cuts for letter in alphabet}
    return (left_out | swapped | replaced | added) - {word}


@cache
def _slips_of(letter: str) -> tuple[str, ...]:
    pairs = (pair for pair in neighbours() | _ALIKE if letter in pair)
    return tuple(sorted(other for pair in pairs for other in pair if other != letter and other.isalpha()))


def _splits(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Two words written without the space between them, at least one of them of the index."""
    return tuple(
        f"{word[:at]} {word[at:]}"
        for at in range(2, len(word) - 1)
        if (word.isascii() or len(word) >= _SHORTEST_ARABIC_SPLIT)
        and _may_be_part(word[:at], vocabulary)
        and _may_be_part(word[at:], vocabulary)
        and (vocabulary.frequency(word[:at]) or vocabulary.frequency(word[at:]))
    )


def _may_be_part(word: str, vocabulary: Vocabulary) -> bool:
    if len(word) < 3:
        return frequency(word) >= _SURE_PART
    return vocabulary.frequency(word) > 0 or frequency(word) >= _COMMON_PART


def _bonus(text: str, vocabulary: Vocabulary) -> float:
    return min(_word_bonus(word, vocabulary) for word in text.split())


def _word_bonus(word: str, vocabulary: Vocabulary) -> float:
    if articles := vocabulary.frequency(word):
        return _INDEX_BONUS + _INDEX_WEIGHT * math.log1p(articles)
    return _LANGUAGE_WEIGHT * (frequency(word) - _UNBONUSED_ZIPF)
