"""Fits the coefficients of `search/serving/answerability.py` on questions with and without an answer.

    python -m scripts.fit_answerability ../shared/eval help-ar:arcd-train arcd-train:help-ar --keep var/judged

A pair `own:foreign` asks the collection `own` its own questions, which it answers, and those of `foreign`, which it
does not. Every second question fits, all pairs together; the others are reported: area under the curve, and errors at
the threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from indexer.build.collection import build_collection
from kb.embedding.opening import open_calibrated
from kb.language.analysis import open_analyzer
from kb.results import Query, Rewriting
from kb.settings import load_settings
from search.judging.evaluation import read_judged_set
from search.judging.judged_index import open_judged_index
from search.serving.answerability import THRESHOLD
from search.serving.service import SearchService

NEWTON_STEPS = 50
# Keeps coefficients small where a feature separates the questions completely.
RIDGE = 1e-3
# What speaks for an answer, by what there is: words say nothing about articles in another language than the question.
FEATURES = {
    "BOTH": ("coverage", "similarity"),
    "WORDS_ONLY": ("coverage",),
    "MEANING_ONLY": ("similarity",),
}
FEWEST_QUESTIONS = 50

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked: the evidence it found, whether there is an answer, and which half it belongs to."""

    evidence: dict[str, float]
    answered: bool
    held_out: bool


@dataclass(frozen=True, slots=True)
class Errors:
    """What a fit does on questions that it has not seen; the area is that under the curve."""

    area: float
    missed: float
    false: float


def fit(questions: Sequence[Asked], features: Sequence[str]) -> Vector:
    """Fit a logistic over some features on the questions that are not held out.

    Args:
        questions: At least one of each kind; those with and without an answer weigh the same.
        features: Names in the evidence.

    Returns:
        The base, then one coefficient a feature.
    """
    fitting = [item for item in questions if not item.held_out]
    return _newton(_design(fitting, features), np.array([item.answered for item in fitting]))


def errors(questions: Sequence[Asked], features: Sequence[str], coefficients: Vector) -> Errors:
    """Return how well coefficients decide the questions that were held out."""
    held_out = [item for item in questions if item.held_out]
    truth = np.array([item.answered for item in held_out])
    chance = 1 / (1 + np.exp(-_design(held_out, features) @ coefficients))
    answered, unanswered = chance[truth], chance[~truth]
    return Errors(
        area_under_curve(answered, unanswered),
        float((answered < THRESHOLD).mean()),
        float((unanswered >= THRESHOLD).mean()),
    )


def area_under_curve(answered: Vector, unanswered: Vector) -> float:
    """Return how often a question with an answer scores higher than one without, ties counting half."""
    ordered = np.sort(unanswered)
    below = np.searchsorted(ordered, answered, side="left")
    upto = np.searchsorted(ordered, answered, side="right")
    return float(np.mean((below + upto) / 2 / len(unanswered)))


def ask(service: SearchService, collection: Path, answered: bool) -> Iterator[Asked]:  # noqa: FBT001 - two kinds
    """Yield what the questions of a collection find."""
    for place, query in enumerate(read_judged_set(collection).queries):
        response = service.search(Query(query.text, query.lang, limit=1, rewriting=Rewriting.LITERAL))
        yield Asked(dict(response.evidence), answered, held_out=place % 2 == 1)


@click.command()
@click.argument("collections", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("pairs", nargs=-1, required=True)
@click.option("--keep", type=click.Path(path_type=Path), required=True, help="Where the collections' indexes are kept.")
def main(collections: Path, pairs: Sequence[str], keep: Path) -> None:
    """Fit on PAIRS of collections in COLLECTIONS; print the coefficients, and how they decide each pair."""
    open_service = _opener(collections, keep)
    asked: dict[str, list[Asked]] = {}
    for pair in pairs:
        own, _, foreign = pair.partition(":")
        service = open_service(own)
        asked[pair] = [
            *ask(service, collections / own, answered=True),
            *ask(service, collections / foreign, answered=False),
        ]
    for kind, features in FEATURES.items():
        judged = {pair: _judged_by(features, questions) for pair, questions in asked.items()}
        together = [question for questions in judged.values() for question in questions]
        if not _is_enough(together):
            continue
        coefficients = fit(together, features).round(2)
        named = zip(("base", *features), coefficients.tolist(), strict=True)
        click.echo(f"{kind}: " + ", ".join(f"{name} {value}" for name, value in named))
        for pair, questions in {"all": together, **judged}.items():
            if _is_enough(questions):
                found = errors(questions, features, coefficients)
                click.echo(
                    f"  {pair}: area {found.area:.3f}, answers missed {found.missed:.1%}, "
                    f"false answers {found.false:.1%}"
                )


def _judged_by(features: Sequence[str], questions: Sequence[Asked]) -> list[Asked]:
    """Return the questions that are decided by these features: words count where there are any."""
    return [item for item in questions if ("coverage" in item.evidence) == ("coverage" in features)]


def _is_enough(questions: Sequence[Asked]) -> bool:
    answered = sum(item.answered for item in questions)
    return min(answered, len(questions) - answered) >= FEWEST_QUESTIONS


def _opener(collections: Path, keep: Path) -> Callable[[str], SearchService]:
    settings = load_settings()
    analyzer = open_analyzer(settings.morphology_db)
    embedder = open_calibrated(settings)

    def open_service(name: str) -> SearchService:
        corpus = read_judged_set(collections / name).corpus
        if corpus is None:
            raise click.UsageError(f"{name} has no corpus.jsonl.")
        store = build_collection(keep / name, corpus, analyzer, embedder)
        return open_judged_index(store, analyzer, embedder)

    return open_service


def _design(questions: Sequence[Asked], features: Sequence[str]) -> Vector:
    return np.array([[1.0, *(item.evidence.get(name, 0.0) for name in features)] for item in questions])


def _newton(design: Vector, truth: NDArray[np.bool_]) -> Vector:
    weight = np.where(truth, 0.5 / truth.sum(), 0.5 / (~truth).sum())
    fitted = np.zeros(design.shape[1])
    for _ in range(NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-design @ fitted))
        gradient = design.T @ (weight * (truth - chance)) - RIDGE * fitted
        curvature = (design * (weight * chance * (1 - chance))[:, None]).T @ design + RIDGE * np.eye(len(fitted))
        fitted = fitted + np.linalg.solve(curvature, gradient)
    return fitted


if __name__ == "__main__":
    main()
