"""The words of one index, and of the languages, arranged for finding those that an unknown word may stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType

from kb.language.rescue.arabizi import arabic_skeletons
from kb.language.rescue.real_words import RealWords


def _recognises_nothing(word: str) -> bool:
    return False


class Vocabulary:
    """Words in normal form with the number of articles that hold them.

    Args:
        frequencies: Word to number of articles, at least 1.
        knows: Whether the index would find a word, inflected forms included.
        surfaces: How articles mostly write a word, where that differs from its normal form.
        recognises: Whether the morphology knows an Arabic word.
    """

    def __init__(
        self,
        frequencies: Mapping[str, int],
        knows: Callable[[str], bool],
        surfaces: Mapping[str, str] = MappingProxyType({}),
        recognises: Callable[[str], bool] = _recognises_nothing,
    ) -> None:
        self._frequencies = frequencies
        self._knows = knows
        self._surfaces = surfaces
        self._real = RealWords(recognises)

    def knows(self, word: str) -> bool:
        """Return whether the index holds the word or another form of it."""
        return word in self._frequencies or self._knows(word)

    def is_word(self, word: str) -> bool:
        """Return whether the word is right as it is: the index or a language knows it. What is none may be mistyped."""
        return word in self._frequencies or self._real.knows(word)

    def frequency(self, word: str) -> int:
        """Return the number of articles that hold exactly this form, 0 if none."""
        return self._frequencies.get(word, 0)

    def surface(self, word: str) -> str:
        """Return a word as articles mostly write it, for showing it to readers."""
        return self._surfaces.get(word, word)

    @cached_property
    def by_length(self) -> Mapping[int, tuple[str, ...]]:
        """Return the words of each length in code points, sorted."""
        buckets: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._frequencies):
            buckets[len(word)].append(word)
        return {length: tuple(words) for length, words in buckets.items()}

    @cached_property
    def by_skeleton(self) -> Mapping[str, tuple[str, ...]]:
        """Return the Arabic words of each consonant skeleton, most frequent first."""
        skeletons: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._frequencies, key=lambda word: (-self._frequencies[word], word)):
            for skeleton in arabic_skeletons(word):
                skeletons[skeleton].append(word)
        return {skeleton: tuple(words) for skeleton, words in skeletons.items()}
