"""Decides whether what was found answers the question: a calibrated logistic over few pieces of evidence.

The coefficients come from `scripts/fit_answerability.py`; docs/RELEVANCE.md says on what they were fitted and what they
reach. They are about evidence, not about one model: the model's own part enters through its calibration.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from kb.model import Language
from kb.ports import Calibration
from search.serving.fusion import Evidence, RankedArticle

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
        coverage: Largest share of the query's information in one of the best results, 0 to 1; None without words, and
            where the best result is in another language than the query, whose words it cannot hold.
        similarity: Log-odds of the best similarity by the embedder's calibration; None without vectors.
        known_share: Share of the query's information in words that the index knows, 0 to 1.
    """

    coverage: float | None
    similarity: float | None
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


# Fitted, the base is -0.51; -0.2 is where situations err alike (docs/RELEVANCE.md).
BOTH: Final = Coefficients(base=-0.2, coverage=3.97, similarity=1.16)
WORDS_ONLY: Final = Coefficients(base=-2.81, coverage=6.55, similarity=0.0)
MEANING_ONLY: Final = Coefficients(base=-0.48, coverage=0.0, similarity=1.25)


def gather_evidence(
    ranked: Sequence[RankedArticle], lang: Language, known_share: float | None, calibration: Calibration | None
) -> AnswerEvidence:
    """Return what the best results say about there being an answer.

    Args:
        ranked: Results, best first.
        lang: Language of the query.
        known_share: Share of the query's information in words that the index knows; None if words were not searched.
        calibration: What was measured about the similarities; None if vectors were not searched.
    """
    best = [item.evidence for item in ranked[:LOOKED_AT]]
    foreign = calibration is not None and bool(best) and best[0].article.lang is not lang
    coverage = None
    if known_share is not None and not foreign:
        coverage = max((item.coverage for item in best), default=0.0)
    similarity = None
    if calibration is not None:
        similarity = max(-STRONGEST, min(STRONGEST, _log_odds(best, lang, calibration)))
    return AnswerEvidence(coverage, similarity, known_share or 0.0)


def answer_probability(evidence: AnswerEvidence) -> float:
    """Return how likely one of the best results answers the question, 0 to 1."""
    weights = _coefficients(evidence)
    log_odds = (
        weights.base + weights.coverage * (evidence.coverage or 0.0) + weights.similarity * (evidence.similarity or 0.0)
    )
    return 1 / (1 + math.exp(-log_odds))


def _log_odds(best: Sequence[Evidence], lang: Language, calibration: Calibration) -> float:
    own = calibration.curve(lang, lang)
    near = (
        calibration.curve(lang, item.article.lang).log_odds(item.cosine) for item in best if item.cosine is not None
    )
    return max(near, default=own.log_odds(own.floor))


def _coefficients(evidence: AnswerEvidence) -> Coefficients:
    if evidence.coverage is None:
        return MEANING_ONLY
    return BOTH if evidence.similarity is not None else WORDS_ONLY
