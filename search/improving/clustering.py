"""Groups queries that mean the same, across spellings and both languages.

Three things make queries alike: their vectors, the articles that they are near to, and what their readers opened in a
second try. Vectors of short queries are alike or not for many reasons, so each query is measured against its nearest
ones: what is near to everything is near to nothing. Where a vector is not known yet, shared words stand for it.

Then the two most alike groups are joined while the mean likeness of their members is positive. The result depends on
the queries only, never on chance; ties go to the pair that comes first.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.model import ArticleId, Language
from kb.ports import Analyzer, FloatMatrix
from search.improving.anchors import Anchors
from search.serving.function_words import is_function_word

Group = tuple[int, ...]
Likeness = NDArray[np.float64]
Tries = Sequence[tuple[ArticleId, int]]

# Chosen on tests/data/failed_queries.jsonl; docs/EDITORS.md says what they reach there and on queries not used.
# What being near to the same articles adds to the cosine at most.
WEIGHT_OF_ARTICLES: Final = 0.35
# What each second try adds to the log-odds of its article, and how many tries of one query count.
WEIGHT_OF_TRIES: Final = 3.0
MOST_TRIES: Final = 3
# Log-odds that an article is meant under which it is near by chance.
NEAR_BY_CHANCE: Final = -2.1
# How much of the likeness of two queries to their nearest ones is taken from their own.
WEIGHT_OF_NEIGHBOURS: Final = 0.45
NEIGHBOURS: Final = 10
# What stands for neighbours that a short queue has not got.
USUAL_LIKENESS: Final = 0.4
# Taken from the share of common words where it stands for a cosine: few words are shared by chance.
WORDS_BY_CHANCE: Final = 0.2
# Queries of a language from which half of their common direction is taken out of their vectors: what all queries of a
# shop share says nothing about what they mean, but of few queries it is not known.
ENOUGH_TO_CENTRE: Final = 10


def content_words(analyzer: Analyzer, text: str) -> frozenset[str]:
    """Return the lemmas of a query without the words that say nothing alone; all of them if nothing else is left."""
    tokens = analyzer.tokens(text)
    meant = frozenset(token.lemma for token in tokens if not is_function_word(token))
    return meant or frozenset(token.lemma for token in tokens)


def group_queries(
    words: Sequence[frozenset[str]],
    langs: Sequence[Language],
    vectors: FloatMatrix | None,
    anchors: Anchors | None = None,
    tries: Sequence[Tries] | None = None,
) -> tuple[Group, ...]:
    """Return the groups of queries as positions, each in order, by their first member.

    Args:
        words: Content words of each query.
        langs: Language that each query is written in.
        vectors: Unit vector of each query, zero where it is not known; None groups by words alone.
        anchors: How near the queries are to the articles; None: not known.
        tries: What readers of each query opened in a second try, with how often; None: not known.
    """
    if not words:
        return ()
    likeness = shared_words(words) - WORDS_BY_CHANCE
    if vectors is not None:
        known = np.linalg.norm(vectors, axis=1) > 0
        centred = _centred(np.asarray(vectors, np.float64), langs)
        likeness = np.where(np.outer(known, known), centred @ centred.T, likeness)
    shares = np.sqrt(_shares_of_articles(len(words), anchors, tries or ()))
    likeness = likeness + WEIGHT_OF_ARTICLES * (shares @ shares.T)
    return tuple(sorted(tuple(sorted(group)) for group in _joined(_against_neighbours(likeness))))


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


def _shares_of_articles(total: int, anchors: Anchors | None, tries: Sequence[Tries]) -> Likeness:
    """Return how likely each query means each article, one row a query; what is left means none of them."""
    articles = anchors.articles if anchors else tuple(sorted({article for each in tries for article, _ in each}))
    columns = {article: column for column, article in enumerate(articles)}
    odds = np.full((total, len(articles) + 1), NEAR_BY_CHANCE if anchors else 0.0)
    odds[:, :-1] = anchors.nearness if anchors else -WEIGHT_OF_TRIES
    for row, each in enumerate(tries):
        for article, times in each:
            if article in columns:
                odds[row, columns[article]] += WEIGHT_OF_TRIES * min(times, MOST_TRIES)
    weights = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray((weights / weights.sum(axis=1, keepdims=True))[:, :-1])


def _centred(vectors: Likeness, langs: Sequence[Language]) -> Likeness:
    """Return unit vectors without the direction that the queries of their language share."""
    centred = vectors.copy()
    known = np.linalg.norm(vectors, axis=1) > 0
    for lang in Language:
        rows = known & np.array([each is lang for each in langs])
        if count := int(rows.sum()):
            centred[rows] -= centred[rows].mean(axis=0) * count / (count + ENOUGH_TO_CENTRE)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.where(lengths > 0, lengths, 1))


def _against_neighbours(likeness: Likeness) -> Likeness:
    """Return how much more alike two queries are than each is to its nearest ones; negative: less."""
    others = likeness.copy()
    np.fill_diagonal(others, -np.inf)
    nearest = np.sort(others, axis=1)[:, ::-1][:, : min(NEIGHBOURS, len(likeness) - 1)]
    usual = (nearest.sum(axis=1) + USUAL_LIKENESS * (NEIGHBOURS - nearest.shape[1])) / NEIGHBOURS
    return np.asarray(likeness - WEIGHT_OF_NEIGHBOURS * (usual[:, None] + usual[None, :]))


def _joined(likeness: Likeness) -> list[list[int]]:
    """Join the two most alike groups until no two are alike."""
    alike = likeness.copy()
    np.fill_diagonal(alike, -np.inf)
    sizes = np.ones(len(alike))
    groups: list[list[int]] = [[place] for place in range(len(alike))]
    while True:
        one, two = divmod(int(alike.argmax()), len(alike))
        if alike[one, two] <= 0:
            return [group for group in groups if group]
        merged = (alike[one] * sizes[one] + alike[two] * sizes[two]) / (sizes[one] + sizes[two])
        alike[one] = alike[:, one] = merged
        alike[one, one] = -np.inf
        alike[two] = alike[:, two] = -np.inf
        sizes[one] += sizes[two]
        groups[one] += groups[two]
        groups[two] = []
