"""Floors of the whole search on the open sets: what it reached when it was last tuned, less one point.

The large collection is cut to its first articles, and each set to its first held-out questions, so that this takes a
minute; docs/RELEVANCE.md has the figures of the complete sets.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build.collection import build_collection
from kb.embedding.opening import BUNDLED, open_embedder
from kb.language.analysis import open_analyzer
from kb.ports import Analyzer, Embedder
from kb.results import Query, Rewriting, SearchMode, SearchResponse
from search.judging.evaluation import Half, JudgedQuery, JudgedSet, chosen_half, read_judged_set
from search.judging.judged_index import evaluate, open_judged_index
from search.serving.service import SearchService

pytestmark = [pytest.mark.shared, pytest.mark.slow]

ARTICLES = 120
QUESTIONS = 120
# Sets that ask about the collection of another one.
COLLECTION_OF = {"help-ar-noisy": "help-ar", "help-en-ar": "help-ar", "bank-ar-en": "bank-en"}

OpenCollection = Callable[[str], tuple[SearchService, frozenset[str]]]


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return open_analyzer(None)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder(BUNDLED)


@pytest.fixture(scope="module")
def opened() -> dict[str, tuple[SearchService, frozenset[str]]]:
    return {}


@pytest.fixture
def collection(
    shared: Path,
    opened: dict[str, tuple[SearchService, frozenset[str]]],
    analyzer: Analyzer,
    embedder: Embedder,
    tmp_path_factory: pytest.TempPathFactory,
) -> OpenCollection:
    """Opens a collection once and gives its search and its articles' ids."""

    def open_once(name: str) -> tuple[SearchService, frozenset[str]]:
        if name not in opened:
            corpus = (read_judged_set(shared / "eval" / name).corpus or ())[:ARTICLES]
            store = build_collection(tmp_path_factory.mktemp(name), corpus, analyzer, embedder)
            service = open_judged_index(store, analyzer, embedder)
            opened[name] = (service, frozenset(article.id for article in corpus))
        return opened[name]

    return open_once


def questions(judged: JudgedSet, articles: frozenset[str]) -> tuple[JudgedQuery, ...]:
    """Return the first held-out questions that these articles answer."""
    held_out = chosen_half(judged.queries, Half.SECOND)
    return tuple(query for query in held_out if query.gains.keys() <= articles)[:QUESTIONS]


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("help-ar", 0.917),
        ("help-ar-noisy", 0.88),
        ("help-en-ar", 0.909),
        ("arcd-train", 0.888),
        ("bank-ar", 0.743),
        ("bank-ar-en", 0.687),
        ("bank-en", 0.863),
    ],
)
def test_ndcg_stays_above_its_floor(shared: Path, collection: OpenCollection, name: str, floor: float) -> None:
    service, articles = collection(COLLECTION_OF.get(name, name))
    judged = read_judged_set(shared / "eval" / name)
    asked = replace(judged, queries=questions(judged, articles))
    measures = evaluate(asked, service, SearchMode.HYBRID, Half.ALL, time.perf_counter)
    assert measures.queries >= 50
    assert measures.ndcg_at_10 >= floor


def test_questions_with_and_without_an_answer_are_told_apart(shared: Path, collection: OpenCollection) -> None:
    service, articles = collection("help-ar")
    own = questions(read_judged_set(shared / "eval" / "help-ar"), articles)
    foreign = chosen_half(read_judged_set(shared / "eval" / "arcd-train").queries, Half.SECOND)[:QUESTIONS]

    def ask(query: JudgedQuery) -> SearchResponse:
        return service.search(Query(query.text, query.lang, limit=1, rewriting=Rewriting.LITERAL))

    answered = [ask(query).evidence["answer"] for query in own]
    unanswered = [ask(query).evidence["answer"] for query in foreign]
    assert area_under_curve(answered, unanswered) >= 0.98


def area_under_curve(answered: list[float], unanswered: list[float]) -> float:
    """Return how often a question with an answer scores higher than one without."""
    won = sum((high > low) + (high == low) / 2 for high in answered for low in unanswered)
    return won / (len(answered) * len(unanswered))
