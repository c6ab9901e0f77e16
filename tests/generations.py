"""Small real index generations for tests of the search."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from indexer.articles.loading import LoadedTree
from indexer.build.pipeline import build_generation
from kb.clock import FixedClock
from kb.language.analysis import NoLemmatizer, WordAnalyzer
from kb.model import Article
from kb.ports import Analyzer, Embedder
from kb.storage.generations import MANIFEST, GenerationStore
from search.serving.directions import Curation, NoCuration
from search.serving.ranking import Ranker
from search.serving.service import NoRewriter, Rewriter, SearchService
from search.serving.snapshot import SnapshotHolder
from tests.factories import HashingEmbedder

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def plain_analyzer() -> Analyzer:
    """Return the analyser without a lexicon: it opens at once."""
    return WordAnalyzer(NoLemmatizer())


def publish(
    root: Path, articles: Iterable[Article], embedder: Embedder | None = None, analyzer: Analyzer | None = None
) -> GenerationStore:
    """Build and publish a generation of these articles, with vectors if there is an embedder."""
    store = GenerationStore(root, FixedClock(NOON))
    build_generation(store, LoadedTree(tuple(articles), (), {}, ()), analyzer or plain_analyzer(), embedder)
    return store


def rewrite_manifest(generation: Path, **changed: object) -> None:
    """Write a generation's manifest with other values, as another version of the product might have."""
    path = generation / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changed), "utf-8")


def search_over(
    root: Path,
    articles: Iterable[Article],
    embedder: Embedder | None = None,
    curation: Curation | None = None,
    rewriter: Rewriter | None = None,
) -> SearchService:
    """Return a search over a new generation of these articles, by words and by hashed words as meaning."""
    embedder = embedder or HashingEmbedder()
    store = publish(root, articles, embedder)
    return SearchService(
        SnapshotHolder(store, plain_analyzer()), Ranker(embedder), curation or NoCuration(), rewriter or NoRewriter()
    )
