"""Other ways to read a query: wrong layout, Arabizi, typing errors, dialect, in this order.

What any language knows is left alone. Scripts change only on proof: keys that make words of what was none, Arabizi that
shows itself. Whether a reading is better is decided by searching for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kb.language.normalise import fold
from kb.language.rescue.dialect import to_standard
from kb.language.rescue.keyboard import as_arabic_layout, as_latin_layout
from kb.language.rescue.real_words import frequency
from kb.language.rescue.spelling import corrections, shortened
from kb.language.rescue.transliteration import read_arabizi
from kb.language.rescue.vocabulary import Vocabulary
from search.serving.query_text import ParsedQuery

_WORDS_AFTER_SWITCH: Final = 0.5
_WORDS_BEFORE_SWITCH: Final = 0.25
"""Shares of the letters in words: as many once the keys are read otherwise, no more as they were typed."""

_FEWEST_LETTERS: Final = 5
"""Fewer letters make a word of the other layout by chance; then the index must know it."""

_SHORT_WORD: Final = 3
_COMMON_SHORT_WORD: Final = 4.5
"""Lists are full of rare words of few letters; of these only common ones count."""

_MOST_WORDS: Final = 40
"""Longer queries are pasted texts: rewriting them word by word helps nobody and takes long."""

_MOST_CORRECTIONS: Final = 6
"""Looking for a correction takes some milliseconds; who errs more often is not understood better by more of them."""


class Ground(StrEnum):
    """What speaks for another reading of a query."""

    SCRIPT = "script"
    SPELLING = "spelling"
    DIALECT = "dialect"


@dataclass(frozen=True, slots=True)
class Reading:
    """Another reading of a query, and what speaks for it."""

    text: str
    ground: Ground


class QueryRewriter:
    """Reads queries otherwise; holds nothing."""

    def readings(self, parsed: ParsedQuery, vocabulary: Vocabulary) -> Iterator[Reading]:
        """Yield other wordings that are worth a search; each builds on the one before.

        Args:
            parsed: The literal query; quotes and exclusions say that it is meant literally.
            vocabulary: Words of the index and of the languages.
        """
        if not parsed.is_plain or len(parsed.words) > _MOST_WORDS:
            return
        words = parsed.words
        if switched := _other_layout(words, vocabulary) or read_arabizi(words, vocabulary):
            words = tuple((_mended(switched.split(), vocabulary) or switched).split())
            yield Reading(" ".join(words), Ground.SCRIPT)
        elif mended := _mended(words, vocabulary):
            words = tuple(mended.split())
            yield Reading(mended, Ground.SPELLING)
        if (standard := _standard(words, vocabulary)) is not None:
            yield Reading(standard, Ground.DIALECT)


def _other_layout(words: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """Read the keys in the other layout if that makes words of what are none."""
    typed = " ".join(words)
    is_one_word = len(words) == 1 and vocabulary.is_word(fold(_bare(typed)))
    if is_one_word or _share_in_words(words, vocabulary) > _WORDS_BEFORE_SWITCH:
        return None
    for text in (as_arabic_layout(typed), as_latin_layout(typed)):
        if fold(text) == fold(typed) or _share_in_words(text.split(), vocabulary) < _WORDS_AFTER_SWITCH:
            continue
        if len(fold(text)) >= _FEWEST_LETTERS or vocabulary.knows(fold(text)):
            return text
    return None


def _share_in_words(words: Sequence[str], vocabulary: Vocabulary) -> float:
    """Return the share of the letters that stand in words of a language; numbers and signs do not count."""
    bare = [fold(_bare(word)) for word in words]
    bare = [word for word in bare if any(map(str.isalpha, word))]
    letters = sum(map(len, bare))
    return sum(len(word) for word in bare if _is_certain_word(word, vocabulary)) / letters if letters else 0.0


def _is_certain_word(word: str, vocabulary: Vocabulary) -> bool:
    if len(word) <= _SHORT_WORD:
        return vocabulary.frequency(word) > 0 or frequency(word) >= _COMMON_SHORT_WORD
    return word.isalpha() and vocabulary.is_word(word)


def _mended(words: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """Correct what no language knows: letters drawn out, slips, words glued or split; None where all is right."""
    result: list[str] = []
    corrected = 0
    for word in words:
        bare = _bare(word)
        folded = fold(bare)
        short = shortened(folded, vocabulary)
        if not short.isalpha() or vocabulary.is_word(short):
            result.append(word if short == folded else word.replace(bare, vocabulary.surface(short)))
            continue
        corrected += 1
        best = next(iter(corrections(short, vocabulary)), None) if corrected <= _MOST_CORRECTIONS else None
        meant = best.text if best else folded
        shown = " ".join(vocabulary.surface(part) for part in meant.split())
        result.append(word if meant == folded else word.replace(bare, shown))
    mended = " ".join(result)
    return mended if fold(mended) != fold(" ".join(words)) else None


def _standard(words: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """Put the words of help articles for those of a dialect that the index does not know."""
    typed = [_bare(word) for word in words]
    shown = {fold(word): word for word in typed}
    standard = [shown.get(word, word) for word in to_standard([fold(word) for word in typed], vocabulary)]
    return " ".join(standard) if [fold(word) for word in standard] != [fold(word) for word in typed] else None


def _bare(word: str) -> str:
    """Return a word without the punctuation around it."""
    letters = [place for place, sign in enumerate(word) if sign.isalnum()]
    return word[letters[0] : letters[-1] + 1] if letters else word
