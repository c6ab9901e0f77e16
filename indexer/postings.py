"""Postings on disk: for each term the articles that hold it and a number for each, memory-mapped.

A stored format has one home: this module writes it and reads it. Knows neither words nor scoring formulas.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Rows = NDArray[np.int32]
Weights = NDArray[np.float32]

_EMPTY_ROWS = np.zeros(0, np.int32)
_EMPTY_WEIGHTS = np.zeros(0, np.float32)


def write_postings(directory: Path, terms: Sequence[str], matrix: Any) -> None:
    """Write the postings of a matrix.

    Args:
        directory: Made if missing.
        terms: Term of each column, distinct, without line breaks.
        matrix: SciPy sparse matrix, articles by terms.
    """
    columns = sparse.csc_array(matrix)
    columns.sort_indices()
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "terms.txt").write_text("\n".join(terms), "utf-8")
    np.save(directory / "starts.npy", columns.indptr.astype(np.int64))
    np.save(directory / "rows.npy", columns.indices.astype(np.int32))
    np.save(directory / "weights.npy", columns.data.astype(np.float32))


class Postings:
    """Reads what `write_postings` wrote; safe to share between threads.

    Args:
        directory: Directory of the postings.
    """

    def __init__(self, directory: Path) -> None:
        text = (directory / "terms.txt").read_text("utf-8")
        self.terms: tuple[str, ...] = tuple(text.split("\n")) if text else ()
        self._columns = {term: column for column, term in enumerate(self.terms)}
        self._starts = np.load(directory / "starts.npy")
        self._rows = np.load(directory / "rows.npy", mmap_mode="r")
        self._weights = np.load(directory / "weights.npy", mmap_mode="r")

    def __contains__(self, term: str) -> bool:
        return term in self._columns

    def of(self, term: str) -> tuple[Rows, Weights]:
        """Return the rows that hold a term, ascending, and its weight in each; empty for an unknown term."""
        column = self._columns.get(term)
        if column is None:
            return _EMPTY_ROWS, _EMPTY_WEIGHTS
        begin, end = self._starts[column], self._starts[column + 1]
        return self._rows[begin:end], self._weights[begin:end]

    def documents(self, term: str) -> int:
        """Return in how many articles a term stands."""
        column = self._columns.get(term)
        return 0 if column is None else int(self._starts[column + 1] - self._starts[column])

    def document_counts(self) -> NDArray[np.int64]:
        """Return in how many articles each of `terms` stands."""
        counts: NDArray[np.int64] = np.diff(self._starts)
        return counts

    def matrix(self, rows: int) -> Any:
        """Return all postings as a SciPy sparse matrix, articles by terms."""
        shape = (rows, len(self.terms))
        return sparse.csc_array((self._weights, self._rows, self._starts), shape=shape)


class TermCounts:
    """Counts terms article by article and hands them over as a sparse matrix.

    Args:
        columns: Column of each term; counters that share it count over the same terms.
    """

    def __init__(self, columns: dict[str, int]) -> None:
        self._columns = columns
        self._counts = array("f")
        self._indices = array("i")
        self._starts = array("q", [0])

    def add(self, terms: Iterable[str]) -> None:
        """Add the next article by its terms, repeated as often as they stand in it."""
        for term, count in Counter(terms).items():
            self._indices.append(self._columns.setdefault(term, len(self._columns)))
            self._counts.append(count)
        self._starts.append(len(self._indices))

    def matrix(self) -> Any:
        """Return the counts so far as a SciPy sparse matrix, articles by terms."""
        return sparse.csr_array(
            (
                np.frombuffer(self._counts, np.float32),
                np.frombuffer(self._indices, np.int32),
                np.frombuffer(self._starts, np.int64),
            ),
            shape=(len(self._starts) - 1, len(self._columns)),
        )
