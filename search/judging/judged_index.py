"""Asks a test collection through the product's own code: builds its index by the pipeline, searches by the service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from indexer.articles.loading import LoadedTree
from indexer.articles.markdown_reader import MarkdownReader
from indexer.articles.sanitise import sanitise
from indexer.articles.sections import read_sections
from indexer.build.pipeline import Progress, build_generation, up_to_date
from kb.clock import SystemClock
from kb.model import Article, ArticleId, Audience, Status
from kb.ports import Analyzer, Embedder
from kb.results import Query, SearchMode
from kb.storage.generations import GenerationStore
from search.judging.evaluation import (
    DEPTH,
    Answer,
    CorpusArticle,
    Half,
    JudgedQuery,
    JudgedSet,
    Measures,
    chosen_half,
    measure,
)
from search.serving.rewriting import QueryRewriter
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder

_DAY: Final = date(2026, 1, 1)


def corpus_tree(corpus: tuple[CorpusArticle, ...]) -> LoadedTree:
    """Return the articles of a collection as if they had been read from files; their bodies are Markdown."""
    reader = MarkdownReader()
    return LoadedTree(tuple(_article(item, reader) for item in corpus), (), {}, ())


def open_judged_index(
    directory: Path,
    corpus: tuple[CorpusArticle, ...],
    analyzer: Analyzer,
    embedder: Embedder | None,
    progress: Progress | None = None,
) -> SearchService:
    """Return the search over a collection's own index.

    Args:
        directory: Where the index is, or will be; one that is still right is used again.
        corpus: Articles.
        analyzer: Turns text into terms.
        embedder: Turns text into vectors, None searches by words alone.
        progress: Told how the build goes.
    """
    store = GenerationStore(directory, SystemClock())
    tree = corpus_tree(corpus)
    if up_to_date(store, tree, analyzer, embedder) is None:
        build_generation(store, tree, analyzer, embedder, progress, keep=1)
    return SearchService(SnapshotHolder(store, analyzer), embedder, rewriter=QueryRewriter())


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


def _article(item: CorpusArticle, reader: MarkdownReader) -> Article:
    html = sanitise(reader.render(item.body).html)
    return Article(
        id=ArticleId(item.id),
        lang=item.lang,
        category="",
        slug=item.id,
        title=item.title,
        summary="",
        tags=(),
        audience=Audience.PUBLIC,
        status=Status.PUBLISHED,
        owner="",
        updated=_DAY,
        review_by=None,
        questions=(),
        aliases=(),
        translation_of=None,
        path="",
        digest=sha256(f"{item.id}\0{item.lang}\0{item.title}\0{item.body}".encode()).hexdigest(),
        source=item.body,
        html=html,
        sections=read_sections(html),
    )
