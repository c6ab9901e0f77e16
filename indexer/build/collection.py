"""The index of a plain collection of articles, such as a test collection: no files, no front matter, no questions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from indexer.articles.loading import LoadedTree
from indexer.articles.markdown_reader import MarkdownReader
from indexer.articles.sanitise import sanitise
from indexer.articles.sections import read_sections
from indexer.build.pipeline import build_generation, up_to_date
from kb.clock import SystemClock
from kb.model import Article, ArticleId, Audience, CorpusArticle, Status
from kb.ports import Analyzer, Embedder
from kb.storage.generations import GenerationStore

_DAY: Final = date(2026, 1, 1)


def collection_tree(collection: Iterable[CorpusArticle]) -> LoadedTree:
    """Return the articles of a collection as if they had been read from files."""
    reader = MarkdownReader()
    return LoadedTree(tuple(_article(item, reader) for item in collection), (), {}, ())


def build_collection(
    directory: Path, collection: Iterable[CorpusArticle], analyzer: Analyzer, embedder: Embedder | None
) -> GenerationStore:
    """Build a collection's own index, and return where it is.

    Args:
        directory: Where the index is, or will be; one that is still right is used again.
        collection: Its articles.
        analyzer: Turns text into terms.
        embedder: Turns text into vectors, None builds without.
    """
    store = GenerationStore(directory, SystemClock())
    tree = collection_tree(collection)
    if up_to_date(store, tree, analyzer, embedder) is None:
        build_generation(store, tree, analyzer, embedder, keep=1)
    return store


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
