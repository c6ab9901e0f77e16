"""The analyser that indexes and queries: words with offsets, their normal form, lemma and stem."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

from kb.language.arabic import light_stem
from kb.language.english import english_lemma, english_stem
from kb.language.morphology import Lemmatizer, open_lemmatizer
from kb.language.tokens import CHUNK, Word, split_words
from kb.ports import Analyzer, Script, Token

_RULES_VERSION = "1"
"""Raise it whenever folding, splitting or stemming changes: indexes built before are then refused."""

_CACHED_CHUNKS = 100_000
_LONGEST_CACHED = 64
_LONGEST_ANALYSED = 48
"""No word of either language is longer; a longer run of letters is its own lemma and stem."""


class NoLemmatizer:
    """Knows no word, so that every lemma is the light stem."""

    fingerprint = "none"

    def lemma(self, word: str) -> str | None:
        """Return None."""
        return None


class WordAnalyzer:
    """Cuts, folds, stems and lemmatizes; safe to share between threads.

    Args:
        lemmatizer: What knows Arabic words.
    """

    def __init__(self, lemmatizer: Lemmatizer) -> None:
        self._lemmatizer = lemmatizer
        self._cached = lru_cache(maxsize=_CACHED_CHUNKS)(self._analyse)

    @property
    def fingerprint(self) -> str:
        """Return the rules' version and the fingerprint of what they rest on."""
        return f"words-{_RULES_VERSION}+unicode-{unicodedata.unidata_version}+{self._lemmatizer.fingerprint}"

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in the order of the text, never overlapping; linear time; never raises for any string."""
        found: list[Token] = []
        for match in CHUNK.finditer(text):
            chunk, offset = match.group(), match.start()
            words = self._cached(chunk) if len(chunk) <= _LONGEST_CACHED else self._analyse(chunk)
            for start, end, exact, lemma, stem, script in words:
                found.append(Token(offset + start, offset + end, exact, lemma, stem, script))
        return tuple(found)

    def recognises(self, word: str) -> bool:
        """Return whether the morphology knows an Arabic word."""
        return self._lemmatizer.lemma(word) is not None

    def _analyse(self, chunk: str) -> tuple[tuple[int, int, str, str, str, Script], ...]:
        return tuple(
            (word.start, word.end, word.exact, *self._terms(word, chunk[word.start : word.end]), word.script)
            for word in split_words(chunk)
        )

    def _terms(self, word: Word, surface: str) -> tuple[str, str]:
        """Return lemma and stem."""
        if len(word.exact) > _LONGEST_ANALYSED:
            return word.exact, word.exact
        if word.script is Script.ARABIC:
            stem = light_stem(word.exact)
            return self._lemmatizer.lemma(surface) or self._lemmatizer.lemma(word.exact) or stem, stem
        if word.script is Script.LATIN:
            return english_lemma(word.exact), english_stem(word.exact)
        number = word.exact.replace(",", "") if word.script is Script.DIGITS else word.exact
        return number, number


def open_analyzer(morphology_db: Path | None) -> Analyzer:
    """Return the analyser of the product.

    Args:
        morphology_db: CALIMA database of Arabic morphology; None means installed CAMeL data, else the embedded lexicon.

    Raises:
        OperatorError: The database cannot be used; the message names file and remedy.
    """
    return WordAnalyzer(open_lemmatizer(morphology_db))
