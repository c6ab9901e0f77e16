"""Retrieval by meaning: from the nearest texts to the nearest articles. The words are `search.serving.lexical`'s.

An article is as near as its best passage, mixed with the short text (title, question, heading, ...) that brings it
nearest: what it holds, and what is asked of it. On the open sets and on situations a mean found more than either alone,
and than the better of both (docs/RELEVANCE.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.parts.postings import RowMask
from indexer.parts.short_texts import ShortTextKind, ShortTextRow
from indexer.parts.vector_index import VectorIndex
from kb.model import ArticleKey, Language
from kb.ports import FloatMatrix
from search.serving.catalogue import Catalogue

# Texts looked at: articles have a few each, so this leaves about as many articles as the words give.
TEXTS: Final = 400
# What the similarity of a short text counts for beside that of the best passage, which counts the rest. A heading or an
# item says part of what its article is about.
SHARES: Final[Mapping[ShortTextKind, float]] = {
    ShortTextKind.TITLE: 0.5,
    ShortTextKind.QUESTION: 0.5,
    ShortTextKind.SUMMARY: 0.5,
    ShortTextKind.HEADING: 0.3,
    ShortTextKind.ITEM: 0.3,
}


@dataclass(frozen=True, slots=True)
class Near:
    """An article near a query.

    Attributes:
        cosine: Similarity of its best passage, mixed with that of a short text, -1 to 1.
        row: Row of that passage in the vectors of the passages.
    """

    article: ArticleKey
    cosine: float
    row: int


class _Texts:
    """The vectors of one sort of texts, by article."""

    def __init__(self, index: VectorIndex, articles: int, owners: NDArray[np.int32]) -> None:
        self.index = index
        self._owners = owners
        order = np.argsort(owners, kind="stable")
        bounds = np.searchsorted(owners[order], np.arange(articles + 1))
        self._rows = tuple(
            order[start:end] for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
        )

    def of(self, article: int) -> NDArray[np.int64]:
        """Return the rows of an article's texts."""
        return self._rows[article]

    def near_articles(self, vector: FloatMatrix, allowed: RowMask) -> list[int]:
        """Return the rows of the articles of the nearest texts.

        Args:
            vector: Unit vector of the query.
            allowed: One truth value an article: whether it may be found.
        """
        mask = None if allowed.all() else allowed[self._owners]
        return [int(self._owners[neighbour.row]) for neighbour in self.index.search(vector, TEXTS, mask)]

    def _similarities(
        self, vector: FloatMatrix, articles: Sequence[int]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Yield the rows of each article's texts and how near they are."""
        groups = [self._rows[article] for article in articles]
        rows = np.concatenate(groups) if groups else np.zeros(0, np.int64)
        similarities = self.index.cosines(vector, rows.tolist())
        start = 0
        for group in groups:
            yield group, similarities[start : start + len(group)]
            start += len(group)


class Passages(_Texts):
    """The vectors of the passages, by article, each of which has one.

    Args:
        index: Their vectors.
        articles: How many articles the generation has.
        owners: Row of the article of each passage, in the order of the vectors.
    """

    def best(self, vector: FloatMatrix, articles: Sequence[int]) -> list[tuple[float, int]]:
        """Return the similarity of each article's nearest passage, and its row.

        Args:
            vector: Unit vector of the query.
            articles: Rows of articles.
        """
        return [
            (float(similarities.max()), int(rows[int(similarities.argmax())]))
            for rows, similarities in self._similarities(vector, articles)
        ]

    def best_by_article(self, vectors: FloatMatrix) -> FloatMatrix:
        """Return the similarity of the nearest passage of each article (column) to each query (row)."""
        return np.stack(
            [(vectors @ self.index.vectors(rows.tolist()).T).max(axis=1) for rows in self._rows], axis=1
        ).astype(np.float32)


class ShortTexts(_Texts):
    """The vectors of the short texts, by article.

    Args:
        index: Their vectors.
        articles: How many articles the generation has.
        rows: What each is of which article, in the order of the vectors.
    """

    def __init__(self, index: VectorIndex, articles: int, rows: Sequence[ShortTextRow]) -> None:
        super().__init__(index, articles, np.array([row.article for row in rows], np.int32))
        self._shares: NDArray[np.float32] = np.array([SHARES[row.kind] for row in rows], np.float32)

    def mixed(self, vector: FloatMatrix, articles: Sequence[int], passages: Sequence[float]) -> list[float]:
        """Return how near articles are.

        Args:
            vector: Unit vector of the query.
            articles: Rows of articles.
            passages: Similarity of each one's nearest passage; it is the answer where there is no short text.
        """
        return [
            float((passage + self._shares[rows] * (similarities - passage)).max(initial=-1.0)) if len(rows) else passage
            for (rows, similarities), passage in zip(self._similarities(vector, articles), passages, strict=True)
        ]

    def mixed_by_article(self, vectors: FloatMatrix, passages: FloatMatrix) -> FloatMatrix:
        """Return how near each article (column) is to each query (row).

        Args:
            vectors: Unit vectors of queries, one a row.
            passages: Similarity of the nearest passage, likewise.
        """
        near = passages.copy()
        for column, rows in enumerate(self._rows):
            if len(rows):
                similarities = vectors @ self.index.vectors(rows.tolist()).T
                passage = passages[:, [column]]
                near[:, column] = (passage + self._shares[rows] * (similarities - passage)).max(axis=1)
        return near


class VectorSearch:
    """Finds articles by their passages and their short texts.

    Args:
        catalogue: Articles of one generation.
        passages: Vectors of the same generation.
        short_texts: Likewise.
    """

    def __init__(self, catalogue: Catalogue, passages: Passages, short_texts: ShortTexts) -> None:
        self._catalogue = catalogue
        self._passages = passages
        self._short_texts = short_texts

    @property
    def index(self) -> VectorIndex:
        """Return the vectors of the passages."""
        return self._passages.index

    def nearest(
        self, vector: FloatMatrix, allowed: RowMask, limit: int, floors: Mapping[Language, float]
    ) -> tuple[Near, ...]:
        """Return the nearest articles.

        Args:
            vector: Unit vector of the query.
            allowed: One truth value an article: whether it may be found.
            limit: How many are wanted at most.
            floors: Similarity under which an article in each language does not count as found.

        Returns:
            By falling similarity, ties by passage.
        """
        parts = (self._passages, self._short_texts)
        rows = list(dict.fromkeys(row for part in parts for row in part.near_articles(vector, allowed)))
        near = [item for item in self._near(vector, rows) if item.cosine >= floors[item.article.lang]]
        return tuple(sorted(near, key=lambda item: (-item.cosine, item.row)))[:limit]

    def similarity(self, vector: FloatMatrix, articles: Iterable[ArticleKey]) -> dict[ArticleKey, Near]:
        """Return how near given articles are, whatever the floor.

        Args:
            vector: Unit vector of the query.
            articles: Articles of this generation.
        """
        return {item.article: item for item in self._near(vector, [self._catalogue.rows[key] for key in articles])}

    def best_by_article(self, vectors: FloatMatrix) -> FloatMatrix:
        """Return how near each article is to each of some queries.

        Args:
            vectors: Unit vectors, one a row.

        Returns:
            Similarities, one row a query, one column an article in the order of the catalogue.
        """
        return self._short_texts.mixed_by_article(vectors, self._passages.best_by_article(vectors))

    def passages(self, key: ArticleKey) -> NDArray[np.int64]:
        """Return the rows of an article's passages."""
        return self._passages.of(self._catalogue.rows[key])

    def _near(self, vector: FloatMatrix, articles: Sequence[int]) -> list[Near]:
        passages = self._passages.best(vector, articles)
        mixed = self._short_texts.mixed(vector, articles, [similarity for similarity, _ in passages])
        return [
            Near(self._catalogue.cards[article].key, similarity, row)
            for article, similarity, (_, row) in zip(articles, mixed, passages, strict=True)
        ]
