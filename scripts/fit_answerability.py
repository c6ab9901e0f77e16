"""Fits the coefficients of `search/answerability.py` on questions with and without an answer.

    python -m scripts.fit_answerability ../shared/eval help-ar:arcd-train arcd-train:help-ar --keep var/judged

A pair `own:foreign` asks the collection `own` its own questions, which it answers, and those of `foreign`, which it
does not. Every second question fits; the others are reported: area under the curve, and errors at the threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from kb.embedding.opening import open_embedder
from kb.language.analysis import open_analyzer
from kb.results import Query, Rewriting
from kb.settings import load_settings
from search.answerability import THRESHOLD
from search.evaluation import read_judged_set
from search.judged_index import open_judged_index
from search.service import SearchService

NEWTON_STEPS = 50
# Keeps coefficients small where a feature separates the questions completely.
RIDGE = 1e-3
# What speaks for an answer, by retrievers that were asked.
FEATURES = {
    "BOTH": ("coverage", "similarity"),
    "WORDS_ONLY": ("coverage",),
    "MEANING_ONLY": ("similarity",),
}

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked: the evidence it found, whether there is an answer, and which half it belongs to."""

    evidence: dict[str, float]
    answered: bool
    held_out: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients, the base first, and what they reach on the questions held out."""

    coefficients: tuple[float, ...]
    area: float
    missed: float
    false: float


def fit(questions: Sequence[Asked], features: Sequence[str]) -> Fit:
    """Fit a logistic over some features; questions with and without an answer weigh the same.

    Args:
        questions: At least one of each kind in each half.
        features: Names in the evidence; a question without one counts 0 for it.
    """
    design = np.array([[1.0, *(item.evidence.get(name, 0.0) for name in features)] for item in questions])
    truth = np.array([item.answered for item in questions])
    held_out = np.array([item.held_out for item in questions])
    coefficients = _newton(design[~held_out], truth[~held_out])
    chance = 1 / (1 + np.exp(-design[held_out] @ coefficients))
    answered, unanswered = chance[truth[held_out]], chance[~truth[held_out]]
    return Fit(
        tuple(round(float(value), 2) for value in coefficients),
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
    """Fit on PAIRS of collections in COLLECTIONS and print the coefficients."""
    open_service = _opener(collections, keep)
    questions: list[Asked] = []
    for pair in pairs:
        own, _, foreign = pair.partition(":")
        service = open_service(own)
        asked = [*ask(service, collections / own, answered=True), *ask(service, collections / foreign, answered=False)]
        _report(pair, asked)
        questions += asked
    _report("all", questions)


def _opener(collections: Path, keep: Path) -> Callable[[str], SearchService]:
    settings = load_settings()
    analyzer = open_analyzer(settings.morphology_db)
    embedder = open_embedder(settings.embedding_model, settings.embedding_threads)

    def open_service(name: str) -> SearchService:
        corpus = read_judged_set(collections / name).corpus
        if corpus is None:
            raise click.UsageError(f"{name} has no corpus.jsonl.")
        return open_judged_index(keep / name, corpus, analyzer, embedder)

    return open_service


def _report(name: str, questions: Sequence[Asked]) -> None:
    for kind, features in FEATURES.items():
        fitted = fit(questions, features)
        named = ", ".join(
            f"{feature} {value}" for feature, value in zip(("base", *features), fitted.coefficients, strict=True)
        )
        click.echo(
            f"{name} {kind}: {named}; area {fitted.area:.3f}, answers missed {fitted.missed:.1%}, "
            f"false answers {fitted.false:.1%}"
        )


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
