"""Retrieval by meaning: from the nearest passages to the nearest articles. The words are `search.serving.lexical`'s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.parts.postings import RowMask
from indexer.parts.vector_index import VectorIndex
from kb.model import ArticleKey, Language
from kb.ports import FloatMatrix
from search.serving.catalogue import Catalogue

# Passages looked at: articles have a few passages each, so this leaves about as many articles as the words give.
PASSAGES: Final = 400


@dataclass(frozen=True, slots=True)
class Near:
    """An article near a query.

    Attributes:
        cosine: Similarity of its best passage, -1 to 1.
        row: Row of that passage in the vector index.
    """

    article: ArticleKey
    cosine: float
    row: int


class VectorSearch:
    """Finds articles by their passages.

    Args:
        index: Vectors of one generation.
        catalogue: Articles of the same generation.
        article_rows: Row of the article of each passage, in the order of the vectors.
    """

    def __init__(self, index: VectorIndex, catalogue: Catalogue, article_rows: NDArray[np.int32]) -> None:
        self.index = index
        self._catalogue = catalogue
        self._article_rows = article_rows
        order = np.argsort(article_rows, kind="stable")
        bounds = np.searchsorted(article_rows[order], np.arange(len(catalogue.cards) + 1))
        self._passages = tuple(
            order[start:end] for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
        )

    def nearest(
        self, vector: FloatMatrix, allowed: RowMask, limit: int, floors: Mapping[Language, float]
    ) -> tuple[Near, ...]:
        """Return the articles with the nearest passages.

        Args:
            vector: Unit vector of the query.
            allowed: One truth value an article: whether it may be found.
            limit: How many are wanted at most.
            floors: Cosine under which a passage in each language does not count as found.

        Returns:
            By falling cosine, ties by passage.
        """
        mask = None if allowed.all() else allowed[self._article_rows]
        best: dict[int, Near] = {}
        for neighbour in self.index.search(vector, PASSAGES, mask, min(floors.values())):
            row = int(self._article_rows[neighbour.row])
            key = self._catalogue.cards[row].key
            if row not in best and neighbour.cosine >= floors[key.lang]:
                best[row] = Near(key, neighbour.cosine, neighbour.row)
        return tuple(best.values())[:limit]

    def similarity(self, vector: FloatMatrix, articles: Iterable[ArticleKey]) -> dict[ArticleKey, Near]:
        """Return how near given articles are, whatever the floor.

        Args:
            vector: Unit vector of the query.
            articles: Articles of this generation.
        """
        wanted = [(key, self.passages(key)) for key in articles]
        wanted = [(key, rows) for key, rows in wanted if len(rows)]
        if not wanted:
            return {}
        cosines = self.index.cosines(vector, np.concatenate([rows for _, rows in wanted]).tolist())
        found: dict[ArticleKey, Near] = {}
        start = 0
        for key, rows in wanted:
            own = cosines[start : start + len(rows)]
            start += len(rows)
            found[key] = Near(key, float(own.max()), int(rows[int(own.argmax())]))
        return found

    def best_by_article(self, vectors: FloatMatrix) -> FloatMatrix:
        """Return how near the nearest passage of each article is to each of some queries.

        Args:
            vectors: Unit vectors, one a row.

        Returns:
            Cosines, one row a query, one column an article in the order of the catalogue; -1 without passages.
        """
        best = np.full((len(vectors), len(self._passages)), -1.0, np.float32)
        for column, rows in enumerate(self._passages):
            if len(rows):
                best[:, column] = (vectors @ self.index.vectors(rows.tolist()).T).max(axis=1)
        return best

    def passages(self, key: ArticleKey) -> NDArray[np.int64]:
        """Return the rows of an article's passages."""
        return self._passages[self._catalogue.rows[key]]
