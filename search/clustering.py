"""Groups queries that mean the same, across spellings and both languages: by their vectors and the words they share.

Average linkage: two groups are joined while the mean likeness of their members stays over a threshold. The result
depends on the queries only, never on chance; ties go to the pair that comes first.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.ports import Analyzer, FloatMatrix
from search.function_words import function_words

Group = tuple[int, ...]

# Mean likeness from which groups are joined, and what shared words add to the cosine at most.
# Chosen on tests/data/failed_queries.jsonl; docs/EDITORS.md says what they reach.
THRESHOLD: Final = 0.5
WEIGHT_OF_WORDS: Final = 0.5


def content_words(analyzer: Analyzer, text: str) -> frozenset[str]:
    """Return the lemmas of a query without the words that say nothing alone; all of them if nothing else is left."""
    tokens = analyzer.tokens(text)
    meant = frozenset(token.lemma for token in tokens if token.exact not in function_words())
    return meant or frozenset(token.lemma for token in tokens)


def group_queries(
    words: Sequence[frozenset[str]], vectors: FloatMatrix | None, threshold: float = THRESHOLD
) -> tuple[Group, ...]:
    """Return the groups of queries as positions, each in order, by their first member.

    Args:
        words: Content words of each query.
        vectors: Unit vector of each query; None groups by words alone.
        threshold: Mean likeness from which groups are joined.
    """
    if not words:
        return ()
    likeness = WEIGHT_OF_WORDS * shared_words(words)
    if vectors is None:
        likeness /= WEIGHT_OF_WORDS
    else:
        likeness += np.asarray(vectors @ vectors.T, np.float64)
    return tuple(sorted(tuple(sorted(group)) for group in _joined(likeness, threshold)))


def shared_words(words: Sequence[frozenset[str]]) -> NDArray[np.float64]:
    """Return how much of their information each pair of queries shares, 0 to 1; rare words weigh more."""
    total = len(words)
    documents = Counter(word for each in words for word in each)
    terms = {word: place for place, word in enumerate(sorted(documents))}
    matrix = np.zeros((total, len(terms)))
    for row, each in enumerate(words):
        for word in each:
            matrix[row, terms[word]] = math.sqrt(math.log(1 + total / documents[word]))
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix /= np.where(lengths > 0, lengths, 1)
    return np.asarray(matrix @ matrix.T, np.float64)


def _joined(likeness: NDArray[np.float64], threshold: float) -> list[list[int]]:
    """Join the two most alike groups until none are alike enough."""
    alike = likeness.copy()
    np.fill_diagonal(alike, -np.inf)
    sizes = np.ones(len(alike))
    groups: list[list[int]] = [[place] for place in range(len(alike))]
    while True:
        one, two = divmod(int(alike.argmax()), len(alike))
        if alike[one, two] < threshold:
            return [group for group in groups if group]
        merged = (alike[one] * sizes[one] + alike[two] * sizes[two]) / (sizes[one] + sizes[two])
        alike[one] = alike[:, one] = merged
        alike[one, one] = -np.inf
        alike[two] = alike[:, two] = -np.inf
        sizes[one] += sizes[two]
        groups[one] += groups[two]
        groups[two] = []
