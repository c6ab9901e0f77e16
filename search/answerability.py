"""Decides whether what was found answers the question: a calibrated logistic over few pieces of evidence.

The coefficients come from `scripts/fit_answerability.py`; docs/RELEVANCE.md says on what they were fitted and what they
reach. They are about evidence, not about one model: the model's own part enters through its calibration.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from kb.ports import Calibration
from search.fusion import Evidence, Fused

# Under this probability a response says that it has no answer.
THRESHOLD: Final = 0.5
# Results that count as evidence: an answer that is not among them is not seen.
LOOKED_AT: Final = 5
# Log-odds beyond this add nothing: one piece of evidence alone may not decide everything.
STRONGEST: Final = 6.0


@dataclass(frozen=True, slots=True)
class AnswerEvidence:
    """What speaks for there being an answer.

    Attributes:
        coverage: Largest share of the query's information in one of the best results, 0 to 1; None without words.
        similarity: Log-odds of the best similarity by the embedder's calibration; None without vectors.
        agreement: How highly words and meaning place each other's favourite, 0 (not at all) to 1 (the same article).
        known_share: Share of the query's information in words that the index knows, 0 to 1.
    """

    coverage: float | None
    similarity: float | None
    agreement: float
    known_share: float

    def as_mapping(self) -> dict[str, float]:
        """Return what is known, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Log-odds of an answer: the base, and what each piece of evidence adds per unit."""

    base: float
    coverage: float
    similarity: float
    agreement: float


BOTH: Final = Coefficients(base=-4.0, coverage=4.0, similarity=0.8, agreement=2.0)
WORDS_ONLY: Final = Coefficients(base=-4.0, coverage=7.0, similarity=0.0, agreement=0.0)
MEANING_ONLY: Final = Coefficients(base=0.0, coverage=0.0, similarity=1.0, agreement=0.0)


def gather_evidence(
    ranked: Sequence[Fused], known_share: float | None, calibration: Calibration | None
) -> AnswerEvidence:
    """Return what the best results say about there being an answer.

    Args:
        ranked: Results, best first.
        known_share: Share of the query's information in words that the index knows; None if words were not searched.
        calibration: What was measured about the similarities; None if vectors were not searched.
    """
    best = [item.evidence for item in ranked[:LOOKED_AT]]
    coverage = None if known_share is None else max((item.coverage for item in best), default=0.0)
    similarity = None
    if calibration is not None:
        cosine = max((item.cosine for item in best if item.cosine is not None), default=calibration.floor)
        log_odds = calibration.answer_slope * (cosine - calibration.answer_midpoint)
        similarity = max(-STRONGEST, min(STRONGEST, log_odds))
    return AnswerEvidence(coverage, similarity, _agreement([item.evidence for item in ranked]), known_share or 0.0)


def answer_probability(evidence: AnswerEvidence) -> float:
    """Return how likely one of the best results answers the question, 0 to 1."""
    weights = _coefficients(evidence)
    log_odds = (
        weights.base
        + weights.coverage * (evidence.coverage or 0.0)
        + weights.similarity * (evidence.similarity or 0.0)
        + weights.agreement * evidence.agreement
    )
    return 1 / (1 + math.exp(-log_odds))


def _coefficients(evidence: AnswerEvidence) -> Coefficients:
    if evidence.coverage is None:
        return MEANING_ONLY
    return BOTH if evidence.similarity is not None else WORDS_ONLY


def _agreement(found: Sequence[Evidence]) -> float:
    """Return the mean reciprocal rank that each retriever gives the other's best article."""
    by_words = max(found, key=lambda item: item.lexical, default=None)
    by_meaning = min(found, key=lambda item: item.ranks.get("vector", math.inf), default=None)
    if by_words is None or by_meaning is None or not by_words.lexical or "vector" not in by_meaning.ranks:
        return 0.0
    meaning_of_words = by_words.ranks.get("vector", math.inf)
    words_of_meaning = 1 + sum(item.lexical > by_meaning.lexical for item in found) if by_meaning.lexical else math.inf
    return (1 / meaning_of_words + 1 / words_of_meaning) / 2
