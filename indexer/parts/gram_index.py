"""Character grams of the normalised words: forgives typos and inflections that no lexicon knows.

Stored as plain counts; BM25 is applied when a query is scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indexer.parts.article_words import ArticleWords, Field
from indexer.parts.postings import Postings, TermCounts, write_postings
from indexer.parts.word_index import inverse_document_frequency

FORMAT = 2
"""Raised whenever grams are counted or written otherwise."""

GRAM_SIZES = (3, 4)

FIELD_COPIES: Mapping[Field, int] = {
    Field.TITLE: 3,
    Field.HEADINGS: 2,
    Field.QUESTIONS: 1,
    Field.TAGS: 1,
    Field.BODY: 1,
    Field.ASKED_AS: 1,
}
"""How often a field's grams are counted."""

_SATURATION = 1.2
_LENGTH_SHARE = 0.75
_RARITY_EXPONENT = 0.8
"""Grams of a rare word are rare together, so that each may count a little less than BM25 would have it."""

_LONGEST_WORD = 48
_BOUNDARY = "_"
_LENGTHS = "lengths.npy"


def word_grams(word: str) -> Iterator[str]:
    """Yield the grams of one normalised word, its boundaries marked; a word of two letters is one gram."""
    marked = f"{_BOUNDARY}{word[:_LONGEST_WORD]}{_BOUNDARY}"
    for size in GRAM_SIZES:
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]


class GramIndexWriter:
    """Takes one article after another, then writes the index; row n is the n-th article."""

    def __init__(self) -> None:
        self._columns: dict[str, int] = {}
        self._words = TermCounts(self._columns)

    def add(self, words: ArticleWords) -> None:
        """Add the next article."""
        self._words.add(
            token.exact
            for field, copies in FIELD_COPIES.items()
            for token in chain.from_iterable(words.passages[field] * copies)
        )

    def write(self, directory: Path) -> None:
        """Write the grams of all articles; each word is taken apart once, however often it stands there."""
        columns: dict[str, int] = {}
        grams = TermCounts(columns)
        for word in self._columns:
            grams.add(word_grams(word))
        counts = sparse.csr_array(self._words.matrix() @ grams.matrix())
        write_postings(directory, tuple(columns), counts)
        np.save(directory / _LENGTHS, np.asarray(counts.sum(axis=1), np.float32))


class GramIndex:
    """Scores queries by character grams; safe to share between threads.

    Args:
        directory: What `GramIndexWriter` wrote.
    """

    def __init__(self, directory: Path) -> None:
        self.grams = Postings(directory)
        lengths: NDArray[np.float32] = np.load(directory / _LENGTHS)
        self.rows = lengths.size
        average = float(lengths.mean()) if lengths.size else 1.0
        self._dilution: NDArray[np.float32] = _SATURATION * (
            1 - _LENGTH_SHARE + _LENGTH_SHARE * lengths / max(average, 1.0)
        )

    def scores(self, words: Iterable[tuple[str, float]]) -> NDArray[np.float32]:
        """Return the BM25 score of every article.

        Args:
            words: Normalised words of the query, each with its weight.

        Returns:
            Scores; 1.0 is about what an article of average length gets that holds every gram of the query once.
        """
        weights: dict[str, float] = {}
        for word, weight in words:
            for gram in word_grams(word):
                weights[gram] = weights.get(gram, 0.0) + weight
        total = np.zeros(self.rows, np.float32)
        information = 0.0
        for gram, weight in weights.items():
            rows, counts = self.grams.of(gram)
            worth = weight * inverse_document_frequency(rows.size, self.rows) ** _RARITY_EXPONENT
            information += worth
            if rows.size:
                total[rows] += worth * (_SATURATION + 1) * counts / (counts + self._dilution[rows])
        return total / np.float32(information or 1.0)
