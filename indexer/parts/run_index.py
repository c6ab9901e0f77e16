"""Which written words of the articles stand for which terms: marking a query's words then analyses next to nothing.

A run is what stands between two spaces: a word with its clitics, marks and punctuation. A search reads a hundred
sections for its snippets, of which few words are meant; with this index those are known by sight.

On disk, in this module only: the runs, and for every form of every word in them a digest and the run's row, in the
order of the digests. Both are read through the page cache. Two forms with the same digest do no harm: who marks a run
analyses it.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np

from indexer.parts.article_words import ArticleWords, Field
from kb.ports import Analyzer, Token

_TEXT: Final = "runs.txt"
_STARTS: Final = "starts.npy"
_DIGESTS: Final = "digests.npy"
_ROWS: Final = "rows.npy"


def forms_of(token: Token) -> tuple[str, str, str]:
    """Return every form under which a token may be meant: its terms, each with the name of its field before it."""
    return f"exact {token.exact}", f"lemma {token.lemma}", f"stem {token.stem}"


class RunWriter:
    """Collects the runs of articles.

    Args:
        analyzer: The one that queries too.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._runs: set[str] = set()

    def add(self, words: ArticleWords) -> None:
        """Take in all that may be shown with marks: title, summary, sections."""
        for text in (*words.texts[Field.TITLE], *words.texts[Field.BODY]):
            self._runs.update(text.split())

    def write(self, directory: Path) -> None:
        """Write all runs and what they stand for."""
        directory.mkdir(parents=True, exist_ok=True)
        runs = sorted(self._runs)
        encoded = [run.encode("utf-8", "surrogatepass") for run in runs]
        (directory / _TEXT).write_bytes(b"".join(encoded))
        np.save(directory / _STARTS, np.cumsum([0, *map(len, encoded)], dtype=np.int64))
        pairs = sorted((digest, row) for row, run in enumerate(runs) for digest in self._digests(run))
        np.save(directory / _DIGESTS, np.array([digest for digest, _ in pairs], np.uint64))
        np.save(directory / _ROWS, np.array([row for _, row in pairs], np.int32))

    def _digests(self, run: str) -> set[int]:
        return {_digest(form) for token in self._analyzer.tokens(run) for form in forms_of(token)}


class RunIndex:
    """Reads what `RunWriter` wrote; safe to share between threads.

    Args:
        directory: What was written.
    """

    def __init__(self, directory: Path) -> None:
        self._text = np.memmap(directory / _TEXT, np.uint8, "r") if (directory / _TEXT).stat().st_size else b""
        self._starts = np.load(directory / _STARTS, mmap_mode="r")
        self._digests = np.load(directory / _DIGESTS, mmap_mode="r")
        self._rows = np.load(directory / _ROWS, mmap_mode="r")

    def holding(self, forms: Iterable[str]) -> frozenset[str]:
        """Return the runs that hold a word of any of these forms."""
        wanted = np.array([_digest(form) for form in forms], np.uint64)
        first = np.searchsorted(self._digests, wanted, "left").tolist()
        last = np.searchsorted(self._digests, wanted, "right").tolist()
        rows = {row for start, end in zip(first, last, strict=True) for row in self._rows[start:end].tolist()}
        return frozenset(self._run(row) for row in rows)

    def _run(self, row: int) -> str:
        return bytes(self._text[self._starts[row] : self._starts[row + 1]]).decode("utf-8", "surrogatepass")


def _digest(form: str) -> int:
    return int.from_bytes(blake2b(form.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
