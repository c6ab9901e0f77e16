"""Asks a test collection through the product's own code: searches its index by the service."""

from __future__ import annotations

from collections.abc import Callable

from kb.ports import Analyzer, Embedder
from kb.results import Query, SearchMode
from kb.storage.generations import GenerationStore
from search.judging.evaluation import (
    DEPTH,
    Answer,
    Half,
    JudgedQuery,
    JudgedSet,
    Measures,
    chosen_half,
    measure,
)
from search.serving.ranking import Ranker
from search.serving.rewriting import QueryRewriter
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder


def open_judged_index(store: GenerationStore, analyzer: Analyzer, embedder: Embedder | None) -> SearchService:
    """Return the search over the index of a collection.

    Args:
        store: Where `indexer.build.collection` built it.
        analyzer: The one that it was built with.
        embedder: Likewise; None searches by words alone.
    """
    return SearchService(SnapshotHolder(store, analyzer), Ranker(embedder), rewriter=QueryRewriter())


def evaluate(
    judged: JudgedSet, service: SearchService, mode: SearchMode, half: Half, timer: Callable[[], float]
) -> Measures:
    """Ask the questions of a collection, each in its own language, and return the figures.

    Args:
        judged: Questions and answers.
        service: What is measured.
        mode: Which retrievers answer.
        half: Which questions are asked.
        timer: Monotonic, in seconds.
    """

    def rank(query: JudgedQuery) -> Answer:
        response = service.search(Query(query.text, query.lang, limit=DEPTH, mode=mode))
        return Answer([hit.article.id for hit in response.hits], response.no_answer)

    return measure(chosen_half(judged.queries, half), rank, timer, chosen_half(judged.foreign, half))
