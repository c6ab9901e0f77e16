"""Weighs words against meaning: one list of articles from what the retrievers found. Pure functions over values.

The table of weights is here and nowhere else; docs/RELEVANCE.md says how it was chosen and what it reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kb.model import ArticleKey, Language

# Rank fusion: the constant of Cormack, Clarke and Büttcher (2009); it flattens the difference between the first ranks.
RANK_CONSTANT: Final = 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the retrievers found out about one article.

    Attributes:
        lexical: Score of the words, 0 to 1; 0 where they did not find it.
        coverage: Share of the query's information that the article's words cover, 0 to 1.
        cosine: Best similarity of a passage; None where none was compared.
        row: Row of that passage in the vector index.
        ranks: Place, from 1, by retriever: ``keyword``, ``grams``, ``vector``.
    """

    article: ArticleKey
    lexical: float = 0.0
    coverage: float = 0.0
    cosine: float | None = None
    row: int | None = None
    ranks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fused:
    """An article with its place among the others.

    Attributes:
        score: 0 to 1; comparable within one query only.
        parts: Named contributions to the score.
    """

    evidence: Evidence
    score: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much meaning counts against words, which get the rest.

    Attributes:
        known: Weight of the vectors when the index knows every word of the query, 0 to 1.
        unknown: Weight of the vectors when it knows none, 0 to 1.
    """

    known: float
    unknown: float

    def vector(self, known_share: float) -> float:
        """Return the weight of the vectors.

        Args:
            known_share: Share of the query's information in words that the index knows, 0 to 1.
        """
        return self.unknown + (self.known - self.unknown) * known_share


# (language of the query, language of the article); chosen on the first halves of the open sets, see docs/RELEVANCE.md.
WEIGHTS: Final[Mapping[tuple[Language, Language], Weights]] = {
    (Language.AR, Language.AR): Weights(known=0.4, unknown=0.7),
    (Language.EN, Language.EN): Weights(known=0.5, unknown=0.7),
    (Language.AR, Language.EN): Weights(known=0.8, unknown=0.95),
    (Language.EN, Language.AR): Weights(known=0.8, unknown=0.95),
}


def fuse_scores(
    found: Iterable[Evidence],
    query_lang: Language,
    known_share: float,
    floor: float,
    weights: Mapping[tuple[Language, Language], Weights] = WEIGHTS,
) -> tuple[Fused, ...]:
    """Rank by the weighted sum of normalised scores.

    Args:
        found: What was found, one a language version.
        query_lang: Language of the query.
        known_share: Share of the query's information in words that the index knows, 0 to 1.
        floor: Cosine that counts as nothing.
        weights: Weights by language of query and article.

    Returns:
        Best first, ties by article.
    """
    evidence = tuple(found)
    ceiling = max((item.cosine for item in evidence if item.cosine is not None), default=floor)
    return _ranked(
        _weighted(item, weights[query_lang, item.article.lang].vector(known_share), floor, ceiling) for item in evidence
    )


def rank_alone(found: Iterable[Evidence], floor: float | None) -> tuple[Fused, ...]:
    """Rank by one retriever's scores, where the other was not asked or failed.

    Args:
        found: What was found, one a language version.
        floor: Cosine that counts as nothing, where the vectors are that retriever; None where the words are.

    Returns:
        Best first, ties by article.
    """
    evidence = tuple(found)
    if floor is None:
        return _ranked(_weighted(item, 0.0, 0.0, 0.0) for item in evidence)
    ceiling = max((item.cosine for item in evidence if item.cosine is not None), default=floor)
    return _ranked(_weighted(item, 1.0, floor, ceiling) for item in evidence)


def fuse_ranks(found: Iterable[Evidence]) -> tuple[Fused, ...]:
    """Rank by the sum of reciprocal ranks, for retrievers whose scores cannot be compared.

    Args:
        found: What was found, one a language version.

    Returns:
        Best first, ties by article; 1 is the score of an article that every retriever puts first.
    """
    evidence = tuple(found)
    retrievers = sorted({name for item in evidence for name in item.ranks})
    return _ranked(_by_ranks(item, retrievers) for item in evidence)


def merge_evidence(wordings: Sequence[Iterable[Evidence]]) -> tuple[Evidence, ...]:
    """Return one piece of evidence an article: for each retriever that of the wording which suits it best.

    Args:
        wordings: What was found for each wording of one query.
    """
    if len(wordings) == 1:
        return tuple(wordings[0])
    merged: dict[ArticleKey, Evidence] = {}
    for found in wordings:
        for item in found:
            known = merged.get(item.article)
            merged[item.article] = _better(known, item) if known else item
    return tuple(merged.values())


def _better(one: Evidence, other: Evidence) -> Evidence:
    nearer = max(one, other, key=lambda item: -2.0 if item.cosine is None else item.cosine)
    ranks = {
        name: min(item.ranks[name] for item in (one, other) if name in item.ranks)
        for name in sorted({*one.ranks, *other.ranks})
    }
    return Evidence(
        one.article,
        max(one.lexical, other.lexical),
        max(one.coverage, other.coverage),
        nearer.cosine,
        nearer.row,
        ranks,
    )


def normalised_cosine(cosine: float | None, floor: float, ceiling: float) -> float:
    """Return where a similarity lies between the floor (0) and the best one found (1)."""
    if cosine is None or cosine <= floor or ceiling <= floor:
        return 0.0
    return (cosine - floor) / (ceiling - floor)


def _weighted(item: Evidence, weight: float, floor: float, ceiling: float) -> Fused:
    parts = {
        "words": (1 - weight) * item.lexical,
        "meaning": weight * normalised_cosine(item.cosine, floor, ceiling),
    }
    return Fused(item, sum(parts.values()), parts)


def _by_ranks(item: Evidence, retrievers: Sequence[str]) -> Fused:
    best = len(retrievers) / (RANK_CONSTANT + 1)
    parts = {name: 1 / (RANK_CONSTANT + rank) / best for name, rank in sorted(item.ranks.items())}
    return Fused(item, sum(parts.values()), parts)


def _ranked(fused: Iterable[Fused]) -> tuple[Fused, ...]:
    return tuple(sorted(fused, key=lambda item: (-item.score, item.evidence.article)))
