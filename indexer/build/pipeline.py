"""From a checked tree of articles to one published index generation.

The stages are written down once, in order; whoever watches is told when each begins. A process that dies in any of them
leaves the generation that serves as it is.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from indexer.articles.loading import LoadedTree
from indexer.parts.article_words import analyse_article
from indexer.parts.chunking import chunk_article
from indexer.parts.content import ContentStore, ContentWriter
from indexer.parts.gram_index import GramIndex, GramIndexWriter
from indexer.parts.keyword_index import KeywordIndex, KeywordIndexWriter
from indexer.parts.layout import FORMATS, GRAM_DIRECTORY, KEYWORD_DIRECTORY, SHORT_TEXT_DIRECTORY, VECTOR_DIRECTORY
from indexer.parts.short_texts import ShortText, ShortTextRow, read_rows, short_texts_of, write_rows
from indexer.parts.vector_index import BuildCount, VectorIndex, build_vector_index
from kb.errors import ContentError, OperatorError
from kb.model import Article, Chunk, Status
from kb.ports import Analyzer, Embedder
from kb.storage.generations import CorruptGeneration, GenerationStore, Manifest, read_manifest


class Stage(StrEnum):
    """What a build does, in this order."""

    CONTENT = "content"
    WORDS = "words"
    VECTORS = "vectors"
    SEAL = "seal"
    VERIFY = "verify"
    PUBLISH = "publish"
    PRUNE = "prune"


class Progress(Protocol):
    """Watches a build."""

    def stage(self, stage: Stage) -> None:
        """Take note that a stage begins."""
        ...

    def advance(self, done: int, total: int) -> None:
        """Take note of how far the stage is."""
        ...


class Silence:
    """Watches nothing."""

    def stage(self, stage: Stage) -> None:
        """Ignore it."""

    def advance(self, done: int, total: int) -> None:
        """Ignore it."""


@dataclass(frozen=True, slots=True)
class _Corpus:
    """What is indexed: rows of the lexical parts, of the vectors, and of the vectors of short texts."""

    articles: tuple[Article, ...]
    chunks: tuple[Chunk, ...]
    short_texts: tuple[ShortText, ...]


def build_generation(
    store: GenerationStore,
    tree: LoadedTree,
    analyzer: Analyzer,
    embedder: Embedder | None,
    progress: Progress | None = None,
    keep: int = 3,
) -> Path:
    """Build, verify and publish a generation, and prune old ones.

    Args:
        store: Where generations are.
        tree: What to index; its published articles are.
        analyzer: Turns text into terms.
        embedder: Turns passages into vectors; None builds without vectors, and search does without them.
        progress: Told what goes on.
        keep: Old generations to keep.

    Returns:
        The directory of the new generation; its manifest counts what was embedded and what was taken over.

    Raises:
        ContentError: The tree has errors; nothing is built.
        OperatorError: There is nothing to index, or the disk or the model fails.
        BuilderBusy: Somebody else is building.
    """
    progress = progress or Silence()
    corpus = _corpus(tree)
    with store.building() as directory, _full_disk_reported(directory):
        previous = _intact(store)
        progress.stage(Stage.CONTENT)
        ContentWriter(directory).write(corpus.articles, corpus.chunks, tree.categories, tree.assets)
        progress.stage(Stage.WORDS)
        _build_words(directory, corpus.articles, analyzer)
        progress.stage(Stage.VECTORS)
        count = _build_vectors(directory, corpus, embedder, previous, progress)
        progress.stage(Stage.SEAL)
        store.seal(
            directory,
            embedder=embedder.fingerprint if embedder else None,
            analyser=analyzer.fingerprint,
            formats=FORMATS,
            inputs=_digest(tree, corpus, analyzer, embedder),
            counts={
                "articles": len(corpus.articles),
                "chunks": len(corpus.chunks),
                "embedded": count.embedded,
                "reused": count.reused,
            },
        )
        progress.stage(Stage.VERIFY)
        _verify(store.verify(directory), directory, corpus)
        progress.stage(Stage.PUBLISH)
        published = store.publish(directory)
        progress.stage(Stage.PRUNE)
        store.prune(keep)
    return published


def up_to_date(store: GenerationStore, tree: LoadedTree, analyzer: Analyzer, embedder: Embedder | None) -> Path | None:
    """Return the generation that serves if building anew would give the same index, else None.

    Raises:
        ContentError: The tree has errors.
        OperatorError: There is nothing to index.
    """
    current = _intact(store)
    if current is None or not store.is_published(current):
        return None
    inputs = _digest(tree, _corpus(tree), analyzer, embedder)
    return current if read_manifest(current).inputs == inputs else None


def _intact(store: GenerationStore) -> Path | None:
    """Return the generation that serves unless it is damaged: nothing is taken over from unknown bytes."""
    current = store.current()
    return None if current is None or store.damage(current) else current


def _digest(tree: LoadedTree, corpus: _Corpus, analyzer: Analyzer, embedder: Embedder | None) -> str:
    """Return the SHA-256 (hex) of all that an index is made from and of the versions of what makes it."""
    digest = sha256()
    makers = (dict(FORMATS), analyzer.fingerprint, embedder.fingerprint if embedder else None)
    passages = (chunk.id for chunk in (*corpus.chunks, *(text.chunk for text in corpus.short_texts)))
    for part in (makers, tree.categories, sorted(tree.assets), *corpus.articles, *passages):
        digest.update(repr(part).encode())
    return digest.hexdigest()


@contextmanager
def _full_disk_reported(directory: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        no_space = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        if not no_space and getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_FULL:
            raise
        message = f"There is no space left for the index in {directory.parent}."
        raise OperatorError(message, "free some space, or set KB_VAR_DIR to another disk.") from error


def _corpus(tree: LoadedTree) -> _Corpus:
    if tree.errors:
        raise ContentError(tree.errors)
    published = (article for article in tree.articles if article.status is Status.PUBLISHED)
    articles = tuple(sorted(published, key=lambda article: article.key))
    if not articles:
        raise OperatorError(
            "There is no published article to index.", "set KB_ARTICLES_DIR or --articles to the articles' directory."
        )
    return _Corpus(
        articles,
        tuple(chunk for article in articles for chunk in chunk_article(article)),
        tuple(text for article in articles for text in short_texts_of(article)),
    )


def _build_words(directory: Path, articles: Sequence[Article], analyzer: Analyzer) -> None:
    """Analyse each article once, for all that is made of words."""
    keywords = KeywordIndexWriter(directory / KEYWORD_DIRECTORY, analyzer)
    grams = GramIndexWriter()
    for article in articles:
        words = analyse_article(article, analyzer)
        keywords.add(words)
        grams.add(words)
    keywords.write()
    grams.write(directory / GRAM_DIRECTORY)


def _build_vectors(
    directory: Path, corpus: _Corpus, embedder: Embedder | None, previous: Path | None, progress: Progress
) -> BuildCount:
    """Embed passages and short texts; return how many passages."""
    if embedder is None:
        return BuildCount(embedded=0, reused=0)

    def build(name: str, chunks: Sequence[Chunk]) -> BuildCount:
        (directory / name).mkdir()
        return build_vector_index(
            directory / name, chunks, embedder, previous / name if previous else None, progress.advance
        )

    build(SHORT_TEXT_DIRECTORY, [text.chunk for text in corpus.short_texts])
    write_rows(directory / SHORT_TEXT_DIRECTORY, _short_text_rows(corpus))
    return build(VECTOR_DIRECTORY, corpus.chunks)


def _short_text_rows(corpus: _Corpus) -> tuple[ShortTextRow, ...]:
    rows = {article.key: row for row, article in enumerate(corpus.articles)}
    return tuple(ShortTextRow(rows[text.chunk.article], text.kind) for text in corpus.short_texts)


def _verify(manifest: Manifest, directory: Path, corpus: _Corpus) -> None:
    """Read every part back through the code that will serve it."""
    keys = tuple(article.key for article in corpus.articles)
    chunk_ids = tuple(chunk.id for chunk in corpus.chunks)
    with closing(ContentStore(directory)) as content:
        _expect(content.article_keys() == keys, directory, "the content has other articles than were read")
        _expect(tuple(chunk.id for chunk in content.chunks()) == chunk_ids, directory, "the content lacks passages")
        _expect(content.article(keys[-1]) == corpus.articles[-1], directory, "an article reads back changed")
    keywords = KeywordIndex(directory / KEYWORD_DIRECTORY)
    _expect(keywords.articles == keys, directory, "the keyword index has other articles than the content")
    grams = GramIndex(directory / GRAM_DIRECTORY)
    _expect(grams.rows == len(keys), directory, "the gram index has other rows than the content")
    if manifest.embedder is not None:
        vectors = VectorIndex(directory / VECTOR_DIRECTORY)
        _expect(vectors.chunk_ids == chunk_ids, directory, "the vectors are of other passages than the content")
        short_texts = VectorIndex(directory / SHORT_TEXT_DIRECTORY).chunk_ids
        expected = tuple(text.chunk.id for text in corpus.short_texts)
        _expect(short_texts == expected, directory, "the short texts are of other articles than the content")
        rows = read_rows(directory / SHORT_TEXT_DIRECTORY)
        _expect(rows == _short_text_rows(corpus), directory, "the short texts are of other articles than their vectors")


def _expect(condition: object, directory: Path, fault: str) -> None:
    if not condition:
        raise CorruptGeneration(directory.name, fault)
