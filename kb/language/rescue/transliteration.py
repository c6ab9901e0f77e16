"""Reads a whole query in Arabizi as Arabic, and decides first whether it is any.

Latin letters are read as Arabic on proof alone: a digit inside a word, or a word that only Arabizi writes so. A name,
or a word that no list knows, proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.language.normalise import fold
from kb.language.rescue.arabizi import (
    SpellingKind,
    has_chat_digit,
    is_latin_word,
    latin_skeletons,
    letter_by_letter,
    sound_distance,
    table_spellings,
)
from kb.language.rescue.vocabulary import Vocabulary
from kb.language.word_lists import arabic_words, english_frequency

# English words from this Zipf value on speak for English; rarer ones are too often spellings by chance.
_ENGLISH: Final = 3.6
_SHORTEST_ENGLISH: Final = 3
# The best reading of a word may fit no worse than this; less badly, where English knows the word or it is a name.
_DEAREST: Final = 2.2
_DEAREST_BESIDE_ENGLISH: Final = 1.0
_ENGLISH_OR_NAME: Final = 3.0
_FREQUENCY_BONUS: Final = 0.2
_INDEX_BONUS: Final = 0.3
_LATER_READING: Final = 0.25
_PREFIX_COST: Final = 0.3
_ARTICLE: Final = "ال"
_ARTICLES: Final = ("al", "el", "il")
# Latin prefixes that Arabic writes together with the word, longest first.
_PREFIXES: Final = (
    ("wel", "وال"),
    ("wal", "وال"),
    ("bel", "بال"),
    ("bil", "بال"),
    ("bal", "بال"),
    ("lel", "لل"),
    ("lil", "لل"),
    ("fel", "فال"),
    ("fil", "فال"),
    ("3al", "عال"),
    ("el", "ال"),
    ("al", "ال"),
    ("il", "ال"),
    ("w", "و"),
)
_SHORTEST_BARE: Final = 3


@dataclass(frozen=True, slots=True)
class _Reading:
    arabic: str
    cost: float


def read_arabizi(words: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """Return a query as Arabic, None where it is no Arabizi.

    Args:
        words: As typed.
        vocabulary: Words of the index.
    """
    folded = [fold(word).strip("?!.,;:()-").replace("’", "'") for word in words]
    if not _is_arabizi(folded, vocabulary):
        return None
    result: list[str] = []
    joined = ""
    for word in filter(None, folded):
        spelling = table_spellings().get(word)
        if spelling is not None and spelling.kind is SpellingKind.JOINED:
            joined = spelling.arabic
            continue
        arabic = spelling.arabic if spelling else _arabic_word(word, vocabulary) or _spelled_out(word)
        result.append(_join(joined, arabic) if arabic else word)
        joined = ""
    return " ".join(result) or None


def _is_arabizi(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    table = table_spellings()
    kinds = [table[word].kind if word in table else None for word in words]
    signs = sum(
        kind is SpellingKind.SIGN or (kind is None and _is_sign(word, vocabulary))
        for word, kind in zip(words, kinds, strict=True)
    )
    english = sum(kind is None and _is_english(word) for word, kind in zip(words, kinds, strict=True))
    foreign = sum(
        kind is None and is_latin_word(word) and not vocabulary.is_word(word)
        for word, kind in zip(words, kinds, strict=True)
    )
    return signs > 0 and english <= signs + foreign


def _is_sign(word: str, vocabulary: Vocabulary) -> bool:
    """Return whether a digit inside a word stands for an Arabic letter: the letters then sound like an Arabic word."""
    return has_chat_digit(word) and not vocabulary.knows(word) and _arabic_word(word, vocabulary) is not None


def _is_english(word: str) -> bool:
    return len(word) >= _SHORTEST_ENGLISH and english_frequency(word) >= _ENGLISH


def _arabic_word(word: str, vocabulary: Vocabulary) -> str | None:
    """Return the Arabic word that a Latin spelling sounds like; None where there is none, or the word is English."""
    if not is_latin_word(word):
        return None
    best = min(_readings(word, vocabulary), key=lambda found: (found.cost, found.arabic), default=None)
    dearest = _DEAREST_BESIDE_ENGLISH if english_frequency(word) >= _ENGLISH_OR_NAME else _DEAREST
    if best and best.cost <= dearest:
        return vocabulary.surface(best.arabic)
    return None


def _spelled_out(word: str) -> str | None:
    """Return the letters of a word that sounds like none we know; English words stay as they are."""
    return letter_by_letter(word) if is_latin_word(word) and english_frequency(word) < _ENGLISH_OR_NAME else None


def _readings(word: str, vocabulary: Vocabulary) -> Iterator[_Reading]:
    yield from _sounding_like(word, vocabulary)
    for latin, arabic in _PREFIXES:
        bare = word.removeprefix(latin).lstrip("-")
        if word.startswith(latin) and len(bare) >= _SHORTEST_BARE:
            for found in _sounding_like(bare, vocabulary):
                yield _Reading(_join(arabic, found.arabic), found.cost + _PREFIX_COST)


def _sounding_like(word: str, vocabulary: Vocabulary) -> Iterator[_Reading]:
    for place, skeleton in enumerate(latin_skeletons(word)):
        if not skeleton:
            continue
        listed = dict(arabic_words(skeleton))
        if skeleton[-1] in "TH" and len(skeleton) > 1:
            listed |= {arabic: zipf for arabic, zipf in arabic_words(skeleton[:-1]) if arabic.endswith("ه")}
        for arabic in vocabulary.by_skeleton.get(skeleton, ()):
            listed.setdefault(arabic, 0.0)
        for arabic, zipf in listed.items():
            if arabic.startswith(_ARTICLE) == word.startswith(_ARTICLES):
                bonus = _FREQUENCY_BONUS * zipf + (_INDEX_BONUS if vocabulary.frequency(arabic) else 0.0)
                yield _Reading(arabic, place * _LATER_READING + sound_distance(word, arabic) + 2.0 - bonus)


def _join(before: str, word: str) -> str:
    """Return a word with what Arabic writes together with it; the article is written once."""
    if not before or before.endswith(" "):
        return before + word
    bare = word.removeprefix(_ARTICLE) if before.endswith("ل") and len(word) > len(_ARTICLE) else word
    return before + bare
