"""Weighs words against meaning: one list of articles from what the retrievers found. Pure functions over values.

The table of weights is here and nowhere else; docs/RELEVANCE.md says how it was chosen and what it reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kb.model import ArticleKey, Language
from kb.ports import Calibration, SimilarityCurve

# Rank fusion: the constant of Cormack, Clarke and Büttcher (2009); it flattens the difference between the first ranks.
RANK_CONSTANT: Final = 60
# Log-odds of an answer from which a similarity is worth nothing to where it is worth everything.
LOG_ODDS_RANGE: Final = 17.4
# Share of the best score under which a result is noise: cutting there changes no figure on the open sets.
KEPT_SHARE: Final = 0.4


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
class RankedArticle:
    """An article with its place among the others.

    Attributes:
        article: The version to show.
        score: 0 to 1; comparable within one query only. The best score of its versions once these are grouped.
        parts: Named contributions to the score.
        evidence: What was found about the shown version; about the version that was found if the shown one was not.
    """

    article: ArticleKey
    score: float
    parts: Mapping[str, float]
    evidence: Evidence


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
    (Language.AR, Language.AR): Weights(known=0.62, unknown=0.72),
    (Language.EN, Language.EN): Weights(known=0.9, unknown=0.92),
    (Language.AR, Language.EN): Weights(known=0.95, unknown=0.95),
    (Language.EN, Language.AR): Weights(known=0.95, unknown=0.95),
}


def fuse_scores(
    found: Iterable[Evidence],
    query_lang: Language,
    known_share: float,
    calibration: Calibration,
    weights: Mapping[tuple[Language, Language], Weights] = WEIGHTS,
) -> tuple[RankedArticle, ...]:
    """Rank by the weighted sum of the words' score and of what a similarity is worth.

    Args:
        found: What was found, one a language version.
        query_lang: Language of the query.
        known_share: Share of the query's information in words that the index knows, 0 to 1.
        calibration: What is known about the similarities: a cosine across languages is worth what it is worth there.
        weights: Weights by language of query and article.

    Returns:
        Best first, ties by article; without the tail that shares next to nothing with the query.
    """
    ranked = _ranked(_weighted(item, query_lang, known_share, calibration, weights) for item in found)
    return tuple(item for item in ranked if item.score >= KEPT_SHARE * ranked[0].score)


def rank_by_words(found: Iterable[Evidence]) -> tuple[RankedArticle, ...]:
    """Rank by the words' score alone; best first, ties by article."""
    return _ranked(RankedArticle(item.article, item.lexical, {"words": item.lexical}, item) for item in found)


def rank_by_meaning(
    found: Iterable[Evidence], query_lang: Language, calibration: Calibration
) -> tuple[RankedArticle, ...]:
    """Rank by what the similarity is worth alone; best first, ties by article."""
    near = []
    for item in found:
        if item.cosine is not None:
            curve = calibration.curve(query_lang, item.article.lang)
            # The worth ends at 0 and 1, the log-odds do not
            near.append((-curve.log_odds(item.cosine), item.article, item, worth(item.cosine, curve)))
    return tuple(
        RankedArticle(item.article, score, {"meaning": score}, item)
        for _, _, item, score in sorted(near, key=lambda one: one[:2])
    )


def fuse_ranks(found: Iterable[Evidence]) -> tuple[RankedArticle, ...]:
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


def worth(cosine: float | None, curve: SimilarityCurve) -> float:
    """Return what a similarity is worth, 0 to 1: half at the model's midpoint, by its slope around it.

    Linear, so that it orders like the cosine; the calibration makes models comparable whose cosines lie elsewhere.
    """
    if cosine is None:
        return 0.0
    return max(0.0, min(1.0, 0.5 + curve.log_odds(cosine) / LOG_ODDS_RANGE))


def _weighted(
    item: Evidence,
    query_lang: Language,
    known_share: float,
    calibration: Calibration,
    weights: Mapping[tuple[Language, Language], Weights],
) -> RankedArticle:
    weight = weights[query_lang, item.article.lang].vector(known_share)
    curve = calibration.curve(query_lang, item.article.lang)
    # Of articles with the same score by words, the one that holds more of the question is the likelier answer.
    covered = min(1.0, item.coverage / known_share) if known_share else 0.0
    parts = {
        "words": (1 - weight) * item.lexical * (1 + covered) / 2,
        "meaning": weight * worth(item.cosine, curve),
    }
    return RankedArticle(item.article, sum(parts.values()), parts, item)


def _by_ranks(item: Evidence, retrievers: Sequence[str]) -> RankedArticle:
    best = len(retrievers) / (RANK_CONSTANT + 1)
    parts = {name: 1 / (RANK_CONSTANT + rank) / best for name, rank in sorted(item.ranks.items())}
    return RankedArticle(item.article, sum(parts.values()), parts, item)


def _ranked(fused: Iterable[RankedArticle]) -> tuple[RankedArticle, ...]:
    return tuple(sorted(fused, key=lambda item: (-item.score, item.article)))
