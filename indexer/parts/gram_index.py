"""Character grams of the normalised words: forgives typos and inflections that no lexicon knows.

Stored as plain counts, so that the rows of unchanged articles are taken over from the previous generation; BM25 is
applied when a query is scored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indexer.parts.article_words import Field, analyse_article
from indexer.parts.postings import Postings, TermCounts, write_postings
from indexer.parts.word_index import inverse_document_frequency
from kb.model import Article
from kb.ports import Analyzer

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


def word_grams(word: str) -> Iterator[str]:
    """Yield the grams of one normalised word, its boundaries marked; a word of two letters is one gram."""
    marked = f"{_BOUNDARY}{word[:_LONGEST_WORD]}{_BOUNDARY}"
    for size in GRAM_SIZES:
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]


def build_gram_index(
    directory: Path, articles: Sequence[Article], analyzer: Analyzer, previous: Path | None = None
) -> int:
    """Write the gram index of articles; row n is `articles[n]`.

    Args:
        directory: Where to write; made if missing.
        articles: In the order of the lexical rows.
        analyzer: The one that queries too.
        previous: An older gram index, whose rows of unchanged articles are reused if it fits.

    Returns:
        How many rows were reused.
    """
    old = _reusable(previous, analyzer)
    columns: dict[str, int] = {term: column for column, term in enumerate(old.grams.terms)} if old else {}
    reused = [old.row_of.get(_row_key(article)) if old else None for article in articles]
    counts = TermCounts(columns)
    for article, row in zip(articles, reused, strict=True):
        counts.add(_article_grams(article, analyzer) if row is None else ())
    matrix = counts.matrix()
    if old:
        matrix = matrix + _taken_over(old, reused, matrix.shape)
    used = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]))
    terms = tuple(columns)
    write_postings(directory, [terms[column] for column in used], sparse.csc_array(matrix)[:, used])
    header = {
        "counting": _counting(),
        "analyser": analyzer.fingerprint,
        "keys": [_row_key(article) for article in articles],
    }
    (directory / "rows.json").write_text(json.dumps(header), "utf-8")
    return sum(row is not None for row in reused)


class GramIndex:
    """Scores queries by character grams; safe to share between threads.

    Args:
        directory: What `build_gram_index` wrote.
    """

    def __init__(self, directory: Path) -> None:
        header = json.loads((directory / "rows.json").read_text("utf-8"))
        self.analyser: str = header["analyser"]
        self.counting: list[int] = header["counting"]
        self.row_of: dict[str, int] = {key: row for row, key in enumerate(header["keys"])}
        self.rows = len(header["keys"])
        self.grams = Postings(directory)
        lengths = np.asarray(self.grams.columns.matrix(self.rows).sum(axis=1), np.float32)
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


def _article_grams(article: Article, analyzer: Analyzer) -> Iterator[str]:
    words = analyse_article(article, analyzer)
    for field, copies in FIELD_COPIES.items():
        for passage in words.passages[field]:
            for token in passage:
                for gram in word_grams(token.exact):
                    for _ in range(copies):
                        yield gram


def _row_key(article: Article) -> str:
    """Return what tells whether an article's row would be counted the same again: all that `field_texts` reads."""
    return sha256(repr((article.digest, article.asked_as)).encode("utf-8", "surrogatepass")).hexdigest()


def _counting() -> list[int]:
    """Return how grams are counted: rows that were counted otherwise are not reused."""
    return [*GRAM_SIZES, *FIELD_COPIES.values()]


def _reusable(previous: Path | None, analyzer: Analyzer) -> GramIndex | None:
    if previous is None or not (previous / "rows.json").is_file():
        return None
    try:
        old = GramIndex(previous)
    except (OSError, KeyError, ValueError):  # of an older version, or damaged: then everything is counted anew
        return None
    return old if old.counting == _counting() and old.analyser == analyzer.fingerprint else None


def _taken_over(old: GramIndex, reused: Sequence[int | None], shape: tuple[int, int]) -> Any:
    """Return the old counts of the reused rows at their new places, all other rows empty."""
    pairs = [(new, row) for new, row in enumerate(reused) if row is not None]
    picked = sparse.csr_array(
        (np.ones(len(pairs), np.float32), ([new for new, _ in pairs], [row for _, row in pairs])),
        shape=(len(reused), old.rows),
    )
    counts = sparse.csr_array(picked @ old.grams.columns.matrix(old.rows))
    counts.resize(shape)
    return counts
