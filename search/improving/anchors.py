"""How near queries are to each article that customers can read, in any language: what failed queries are grouped by.

A question of an article says best what readers mean, a passage says what the article holds; the mean of the nearest of
both found the right article for more of the labelled queries than either alone (docs/EDITORS.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.model import ArticleId
from kb.ports import Embedder, FloatMatrix
from kb.results import Filters
from search.serving.snapshot import Snapshot

# The calibration is measured on the best passage of a whole corpus. The mean of an article's best passage and its best
# title or question lies lower and in a narrower range. Chosen with what clusters and diagnoses do on the labelled sets.
SHIFT: Final = 1.36
STRETCH: Final = 1.38

Nearness = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Anchors:
    """Articles, and how near each of some queries is to them.

    Attributes:
        articles: Public ones, in order; translations count as one.
        nearness: One row a query, one column an article: log-odds that it is meant, from the embedder's calibration,
            so that models compare whose cosines lie elsewhere.
    """

    articles: tuple[ArticleId, ...]
    nearness: Nearness


def anchors_of(snapshot: Snapshot, embedder: Embedder | None, vectors: FloatMatrix | None) -> Anchors | None:
    """Return how near queries are to the articles, None where the index has no vectors of the same model.

    Args:
        embedder: The model that gave the vectors; None: there is none.
        vectors: Unit vectors of the queries, one a row, zero where they are not known; None: none is.
    """
    by_meaning = snapshot.vectors
    if vectors is None or embedder is None or snapshot.embedder != embedder.fingerprint:
        return None
    curve = embedder.calibration.overall
    if by_meaning is None or curve.answer_slope <= 0:
        return None
    articles = tuple(sorted({snapshot.catalogue.cards[row].key.id for row in _public_rows(snapshot)}))
    cosines = _over_languages(by_meaning.best_by_article(vectors), snapshot, articles)
    return Anchors(articles, STRETCH * (SHIFT + curve.answer_slope * (cosines - curve.answer_midpoint)))


def _over_languages(near: FloatMatrix, snapshot: Snapshot, articles: Sequence[ArticleId]) -> Nearness:
    """Return the nearness of the nearer language version of each article."""
    columns = {article: column for column, article in enumerate(articles)}
    best = np.full((len(near), len(articles)), -1.0)
    for row in _public_rows(snapshot):
        column = columns[snapshot.catalogue.cards[row].key.id]
        best[:, column] = np.maximum(best[:, column], near[:, row])
    return best


def _public_rows(snapshot: Snapshot) -> list[int]:
    return [int(row) for row in np.flatnonzero(snapshot.catalogue.passing(Filters()))]
