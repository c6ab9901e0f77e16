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
RowMask = NDArray[np.bool_]
"""One truth value a row."""

NO_POSTINGS: tuple[Rows, Weights] = (np.zeros(0, np.int32), np.zeros(0, np.float32))
"""What an unknown term has."""


class Columns:
    """Rows and weights of numbered columns, memory-mapped; safe to share between threads.

    Args:
        directory: What `write_columns` wrote.
    """

    def __init__(self, directory: Path) -> None:
        self.starts: NDArray[np.int64] = np.load(directory / "starts.npy")
        # Plain views of the mapped files: slicing a `memmap` itself costs more than most postings take to add up.
        self._rows: Rows = np.load(directory / "rows.npy", mmap_mode="r").view(np.ndarray)
        self._weights: Weights = np.load(directory / "weights.npy", mmap_mode="r").view(np.ndarray)

    def at(self, column: int) -> tuple[Rows, Weights]:
        """Return the rows that a column holds, ascending, and its weight in each."""
        begin, end = self.starts[column], self.starts[column + 1]
        return self._rows[begin:end], self._weights[begin:end]


class Postings:
    """The articles of each term; safe to share between threads.

    Args:
        directory: What `write_postings` wrote.
    """

    def __init__(self, directory: Path) -> None:
        text = (directory / "terms.txt").read_text("utf-8")
        self.terms: tuple[str, ...] = tuple(text.split("\n")) if text else ()
        self.columns = Columns(directory)
        self._column_of = {term: column for column, term in enumerate(self.terms)}

    def __contains__(self, term: str) -> bool:
        return term in self._column_of

    def column(self, term: str) -> int | None:
        """Return the number of a term's column, None for an unknown term."""
        return self._column_of.get(term)

    def of(self, term: str) -> tuple[Rows, Weights]:
        """Return the rows that hold a term, ascending, and its weight in each; empty for an unknown term."""
        column = self._column_of.get(term)
        return NO_POSTINGS if column is None else self.columns.at(column)

    def documents(self, term: str) -> int:
        """Return in how many articles a term stands."""
        return int(self.of(term)[0].size)

    def document_counts(self) -> NDArray[np.int64]:
        """Return in how many articles each of `terms` stands."""
        counts: NDArray[np.int64] = np.diff(self.columns.starts)
        return counts


def write_columns(directory: Path, matrix: Any) -> None:
    """Write the columns of a SciPy sparse matrix, articles by whatever the columns stand for."""
    columns = sparse.csc_array(matrix)
    columns.sort_indices()
    directory.mkdir(parents=True, exist_ok=True)
    np.save(directory / "starts.npy", columns.indptr.astype(np.int64))
    np.save(directory / "rows.npy", columns.indices.astype(np.int32))
    np.save(directory / "weights.npy", columns.data.astype(np.float32))


def write_postings(directory: Path, terms: Sequence[str], matrix: Any) -> None:
    """Write the postings of terms.

    Args:
        directory: Made if missing.
        terms: Term of each column, distinct, without line breaks.
        matrix: SciPy sparse matrix, articles by terms.
    """
    write_columns(directory, matrix)
    (directory / "terms.txt").write_text("\n".join(terms), "utf-8")


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
