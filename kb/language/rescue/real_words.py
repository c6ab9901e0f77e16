"""Whether any language knows a word, whatever one index holds: such a word is never mistyped."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from kb.language.rescue.arabizi import arabic_skeletons
from kb.language.rescue.dialect_table import dialect_entries
from kb.language.word_lists import arabic_frequency, english_frequency

# What Arabic writes together with the next or the word before: conjunctions, prepositions, article; pronouns.
_BEFORE = ("وال", "بال", "فال", "عال", "هال", "لل", "ال", "و", "ف", "ب", "ل", "ع", "م")
_AFTER = ("", "ولي", "لي", "لنا", "وني", "لك", "له", "وا", "و", "ها", "هم", "كم", "كن", "نا", "ني", "ك", "ه", "ي", "ش")
# A word that clitics were taken from must be one that everybody knows.
_COMMON = 3.0
_SHORTEST_STEM = 3
_CACHED = 20_000


def frequency(word: str) -> float:
    """Return the Zipf value of a word of either language, 0 where neither has it.

    Args:
        word: In normal form.
    """
    if word.isascii():
        return english_frequency(word)
    skeletons = arabic_skeletons(word)
    return arabic_frequency(word, skeletons[0] if skeletons else "")


class RealWords:
    """Knows the words of both languages: by lists, by the table of dialects, by morphology, with clitics.

    Args:
        recognises: Whether the morphology knows an Arabic word.
    """

    def __init__(self, recognises: Callable[[str], bool]) -> None:
        self._recognises = recognises
        self.knows = lru_cache(maxsize=_CACHED)(self._knows)

    def _knows(self, word: str) -> bool:
        if len(word) < _SHORTEST_STEM or not word.isalpha():
            return True
        if frequency(word) or (word,) in dialect_entries():
            return True
        return not word.isascii() and (self._recognises(word) or self._has_clitics(word))

    @staticmethod
    def _has_clitics(word: str) -> bool:
        for before in ("", *_BEFORE):
            for after in _AFTER:
                if not (before or after) or not (word.startswith(before) and word.endswith(after)):
                    continue
                bare = word[len(before) : len(word) - len(after)]
                if len(bare) >= _SHORTEST_STEM and (frequency(bare) >= _COMMON or (bare,) in dialect_entries()):
                    return True
        return False
