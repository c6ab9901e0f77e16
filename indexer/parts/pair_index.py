"""Words that stand near each other: for each pair of lemmas at most two words apart, the articles that say it so.

Two words of a question side by side in an article are stronger evidence than the same words pages apart. A pair is
named by the numbers that the lemma layer gives its words, so nothing is stored as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indexer.parts.postings import NO_POSTINGS, Columns, Rows, Weights, write_columns

REACH = 2
"""How many words apart the two words of a pair may stand; 1 is side by side."""

_TITLE_COPIES = 3.0
_LENGTH_SHARE = 0.75
_SATURATION = 0.3

Keys = NDArray[np.int64]
_NO_KEYS: Keys = np.zeros(0, np.int64)


class PairIndexWriter:
    """Collects the pairs of one article after another, then writes them."""

    def __init__(self) -> None:
        self._keys: list[Keys] = []
        self._counts: list[NDArray[np.float32]] = []
        self._lengths: list[int] = []

    def add(self, titles: Iterable[Sequence[int]], passages: Iterable[Sequence[int]]) -> None:
        """Add the next article.

        Args:
            titles: Lemma numbers of the title's words, in order.
            passages: The same of every other passage; no pair crosses passages.
        """
        in_title = np.concatenate([_NO_KEYS, *map(pair_keys, titles)])
        body = np.concatenate([_NO_KEYS, *map(pair_keys, passages)])
        keys, inverse = np.unique(np.concatenate([in_title, body]), return_inverse=True)
        worth = np.concatenate([np.full(in_title.size, _TITLE_COPIES, np.float32), np.ones(body.size, np.float32)])
        self._keys.append(keys)
        self._counts.append(np.bincount(inverse, worth, keys.size).astype(np.float32))
        self._lengths.append(in_title.size + body.size)

    def write(self, directory: Path) -> None:
        """Write the pairs with their BM25 impact in each article."""
        every = np.concatenate([*self._keys, _NO_KEYS])
        keys, columns = np.unique(every, return_inverse=True)
        sizes = [article.size for article in self._keys]
        rows = np.repeat(np.arange(len(sizes)), sizes)
        counts = np.concatenate([*self._counts, np.zeros(0, np.float32)])
        lengths = np.asarray(self._lengths, np.float32)
        average = max(float(lengths.mean()) if lengths.size else 0.0, 1.0)
        dilution = 1 - _LENGTH_SHARE + _LENGTH_SHARE * lengths / average
        impacts = counts * (_SATURATION + 1) / (counts + _SATURATION * dilution[rows])
        write_columns(directory, sparse.coo_array((impacts, (rows, columns)), shape=(len(sizes), keys.size)))
        np.save(directory / "keys.npy", keys)


class PairIndex:
    """Reads what `PairIndexWriter` wrote; safe to share between threads.

    Args:
        directory: Directory of the pairs.
    """

    def __init__(self, directory: Path) -> None:
        self._keys: Keys = np.load(directory / "keys.npy", mmap_mode="r").view(np.ndarray)
        self._columns = Columns(directory)

    def of(self, key: int) -> tuple[Rows, Weights]:
        """Return the rows that hold a pair, ascending, and its impact in each; empty for an unknown pair."""
        column = int(np.searchsorted(self._keys, key))
        if column == self._keys.size or self._keys[column] != key:
            return NO_POSTINGS
        return self._columns.at(column)


def pair_keys(words: Sequence[int]) -> Keys:
    """Return a key for each pair of different words within reach, in either order of the words.

    Args:
        words: Lemma numbers in the order of the text; -1 for a word without a number, which is in no pair.
    """
    numbers = np.asarray(words, np.int64)
    keys = [_NO_KEYS]
    for distance in range(1, REACH + 1):
        first, second = numbers[:-distance], numbers[distance:]
        paired = (first != second) & (first >= 0) & (second >= 0)
        low, high = np.minimum(first, second)[paired], np.maximum(first, second)[paired]
        keys.append(low << 32 | high)
    return np.concatenate(keys)
