"""Groups queries that mean the same, across spellings and both languages.

Alike are queries by their vectors, by the words they share, and by what their readers opened in a second try.

Within a language, two groups are joined while the mean likeness of their members stays over a threshold. Then each
group of one language is joined to the group of the other that it is nearest to, if that is so both ways: likeness
across languages is lower, but the right partner is mostly the nearest. The result depends on the queries only, never
on chance; ties go to the pair that comes first.
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
from search.function_words import function_words

Group = tuple[int, ...]
Likeness = NDArray[np.float64]
Tries = Sequence[tuple[ArticleId, int]]

# Chosen on tests/data/failed_queries.jsonl; docs/EDITORS.md says what they reach.
# Mean likeness from which groups of one language are joined, and groups of both.
WITHIN: Final = 0.6
ACROSS: Final = 0.2
# What shared words add to the cosine at most.
WEIGHT_OF_WORDS: Final = 0.6
# What second tries add where they led to the same articles, and take away where they led to others.
WEIGHT_OF_TRIES: Final = 0.4
# Readers who must have opened an article in a second try; one alone may have looked for something else.
FEWEST_TRIES: Final = 2
# Queries of a language from which half of their common direction is taken out of their vectors: what all queries of a
# shop share says nothing about what they mean, but of few queries it is not known.
ENOUGH_TO_CENTRE: Final = 10


def content_words(analyzer: Analyzer, text: str) -> frozenset[str]:
    """Return the lemmas of a query without the words that say nothing alone; all of them if nothing else is left."""
    tokens = analyzer.tokens(text)
    meant = frozenset(token.lemma for token in tokens if token.exact not in function_words())
    return meant or frozenset(token.lemma for token in tokens)


def group_queries(
    words: Sequence[frozenset[str]],
    langs: Sequence[Language],
    vectors: FloatMatrix | None,
    tries: Sequence[Tries] | None = None,
) -> tuple[Group, ...]:
    """Return the groups of queries as positions, each in order, by their first member.

    Args:
        words: Content words of each query.
        langs: Language that each query is written in.
        vectors: Unit vector of each query, zero where it is not known; None groups by words alone.
        tries: What readers of each query opened in a second try, with how often; None: not known.
    """
    if not words:
        return ()
    likeness = shared_words(words)
    if vectors is not None:
        centred = _centred(np.asarray(vectors, np.float64), langs)
        likeness = WEIGHT_OF_WORDS * likeness + centred @ centred.T
    if tries is not None:
        likeness = likeness + WEIGHT_OF_TRIES * _same_tries(tries)
    arabic = np.array([lang is Language.AR for lang in langs])
    groups = [
        group
        for part in (arabic, ~arabic)
        for group in _joined(likeness, [int(place) for place in np.flatnonzero(part)])
    ]
    return tuple(sorted(tuple(sorted(group)) for group in _paired(likeness, groups, arabic)))


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


def _same_tries(tries: Sequence[Tries]) -> Likeness:
    """Return 1 where second tries led to the same articles, -1 where to others, 0 where it is not known."""
    sure = [{article: times for article, times in each if times >= FEWEST_TRIES} for each in tries]
    columns = {article: place for place, article in enumerate(sorted({article for each in sure for article in each}))}
    matrix = np.zeros((len(sure), len(columns)))
    for row, each in enumerate(sure):
        for article, times in each.items():
            matrix[row, columns[article]] = times
    lengths = np.linalg.norm(matrix, axis=1)
    matrix /= np.where(lengths > 0, lengths, 1)[:, None]
    known = np.outer(lengths > 0, lengths > 0)
    return np.where(known, 2 * (matrix @ matrix.T) - 1, 0.0)


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


def _joined(likeness: Likeness, places: Sequence[int]) -> list[list[int]]:
    """Join the two most alike groups of some queries until none are alike enough."""
    alike = likeness[np.ix_(places, places)].copy()
    np.fill_diagonal(alike, -np.inf)
    sizes = np.ones(len(alike))
    groups: list[list[int]] = [[place] for place in places]
    while len(alike):
        one, two = divmod(int(alike.argmax()), len(alike))
        if alike[one, two] < WITHIN:
            break
        merged = (alike[one] * sizes[one] + alike[two] * sizes[two]) / (sizes[one] + sizes[two])
        alike[one] = alike[:, one] = merged
        alike[one, one] = -np.inf
        alike[two] = alike[:, two] = -np.inf
        sizes[one] += sizes[two]
        groups[one] += groups[two]
        groups[two] = []
    return [group for group in groups if group]


def _paired(likeness: Likeness, groups: Sequence[list[int]], arabic: NDArray[np.bool_]) -> list[list[int]]:
    """Join the groups of both languages that are each other's nearest."""
    ours = [group for group in groups if arabic[group[0]]]
    theirs = [group for group in groups if not arabic[group[0]]]
    if not ours or not theirs:
        return list(groups)
    between = _means_of(ours, len(likeness)) @ likeness @ _means_of(theirs, len(likeness)).T
    nearest, back = between.argmax(axis=1), between.argmax(axis=0)
    partners = {one: int(two) for one, two in enumerate(nearest) if back[two] == one and between[one, two] >= ACROSS}
    joined = [group + (theirs[partners[one]] if one in partners else []) for one, group in enumerate(ours)]
    return joined + [group for two, group in enumerate(theirs) if two not in set(partners.values())]


def _means_of(groups: Sequence[list[int]], total: int) -> Likeness:
    """Return the matrix that takes the mean over each group."""
    means = np.zeros((len(groups), total))
    for row, group in enumerate(groups):
        means[row, group] = 1 / len(group)
    return means
