"""Trees of articles become published generations, and nothing on the way can lose what serves."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from indexer.articles.loading import load_tree
from indexer.build.pipeline import Stage, build_generation, up_to_date
from indexer.parts.content import ContentStore
from indexer.parts.keyword_index import KeywordIndex
from indexer.parts.vector_index import VectorIndex
from kb.clock import FixedClock, SystemClock
from kb.errors import ContentError, OperatorError
from kb.model import ArticleId, ArticleKey, Language
from kb.ports import Analyzer
from kb.storage.generations import CorruptGeneration, GenerationStore, read_manifest
from tests.article_trees import AR, EN, article, valid_tree, write_tree
from tests.factories import HashingEmbedder
from tests.generations import plain_analyzer, rewrite_manifest

EMBEDDER = HashingEmbedder()
KEY = ArticleKey(ArticleId("reset-password"), Language.EN)


class Log:
    """Notes what a build reports."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self.advances: list[tuple[int, int]] = []

    def stage(self, stage: Stage) -> None:
        self.stages.append(stage)

    def advance(self, done: int, total: int) -> None:
        self.advances.append((done, total))


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return plain_analyzer()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "articles", valid_tree())


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> GenerationStore:
    return GenerationStore(tmp_path / "index", clock)


def test_a_tree_becomes_a_generation_that_every_part_can_read(
    store: GenerationStore, articles: Path, analyzer: Analyzer
) -> None:
    log = Log()
    path = build_generation(store, load_tree(articles), analyzer, EMBEDDER, log)
    assert store.current() == path
    assert log.stages == list(Stage)
    assert log.advances[-1] == (4, 4)
    content = ContentStore(path)
    assert content.article_keys() == KeywordIndex(path / "keyword").articles
    vectors = VectorIndex(path / "vectors")
    assert vectors.chunk_ids == tuple(chunk.id for chunk in content.chunks())
    manifest = store.verify(path)
    assert manifest.counts == {"articles": 2, "chunks": 4, "embedded": 4, "reused": 0}
    assert (manifest.embedder, manifest.analyser) == (EMBEDDER.fingerprint, analyzer.fingerprint)


def test_only_published_articles_are_indexed(store: GenerationStore, articles: Path, analyzer: Analyzer) -> None:
    write_tree(articles, {"en/orders/draft.md": article(id="draft", status="draft")})
    path = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    assert [str(key) for key in ContentStore(path).article_keys()] == ["ar:reset-password", "en:reset-password"]


def test_unchanged_passages_keep_their_vectors(store: GenerationStore, articles: Path, analyzer: Analyzer) -> None:
    build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    write_tree(articles, {EN: article("Another text.\n")})
    path = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    assert read_manifest(path).counts == {"articles": 2, "chunks": 4, "embedded": 1, "reused": 3}


def test_another_embedder_embeds_everything(store: GenerationStore, articles: Path, analyzer: Analyzer) -> None:
    class Other(HashingEmbedder):
        fingerprint = "hashing-other"

    build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    path = build_generation(store, load_tree(articles), analyzer, Other())
    assert read_manifest(path).counts["embedded"] == 4


def test_an_index_without_vectors_says_so(store: GenerationStore, articles: Path, analyzer: Analyzer) -> None:
    path = build_generation(store, load_tree(articles), analyzer, None)
    assert read_manifest(path).embedder is None
    assert not (path / "vectors").exists()


def test_the_same_tree_is_up_to_date_until_it_changes(
    store: GenerationStore, articles: Path, analyzer: Analyzer
) -> None:
    assert up_to_date(store, load_tree(articles), analyzer, EMBEDDER) is None
    path = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    assert up_to_date(store, load_tree(articles), analyzer, EMBEDDER) == path
    assert up_to_date(store, load_tree(articles), analyzer, None) is None
    write_tree(articles, {EN: article(summary="Another summary")})
    assert up_to_date(store, load_tree(articles), analyzer, EMBEDDER) is None


def test_vectors_outlive_a_change_of_the_other_formats(
    store: GenerationStore, articles: Path, analyzer: Analyzer
) -> None:
    before = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    rewrite_manifest(before, formats={})
    path = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    assert read_manifest(path).counts == {"articles": 2, "chunks": 4, "embedded": 0, "reused": 4}


def test_an_index_that_stands_in_for_a_damaged_one_is_not_up_to_date(
    store: GenerationStore, articles: Path, analyzer: Analyzer
) -> None:
    earlier = build_generation(store, load_tree(articles), analyzer, None)
    damaged = build_generation(store, load_tree(articles), analyzer, None)
    (damaged / "content.sqlite").unlink()
    assert store.current() == earlier
    assert up_to_date(store, load_tree(articles), analyzer, None) is None


def test_the_same_tree_gives_the_same_content(
    tmp_path: Path, clock: FixedClock, articles: Path, analyzer: Analyzer
) -> None:
    first, second = (
        build_generation(GenerationStore(tmp_path / name, clock), load_tree(articles), analyzer, EMBEDDER)
        for name in ("one", "two")
    )
    same = {
        name: entry
        for name, entry in read_manifest(first).files.items()
        if not name.startswith("keyword/phrases/")  # Whoosh names its segments at random
    }
    assert same.items() <= dict(read_manifest(second).files).items()
    assert "content.sqlite" in same


def test_a_tree_with_errors_is_not_indexed(store: GenerationStore, articles: Path, analyzer: Analyzer) -> None:
    serving = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    write_tree(articles, {EN: article("See [this](none.md).\n"), AR: "no front matter"})
    with pytest.raises(ContentError) as refusal:
        build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    assert [fault.code for fault in refusal.value.faults] == ["no-front-matter", "broken-link"]
    assert store.generations() == (serving,)


def test_an_empty_tree_is_not_indexed(tmp_path: Path, store: GenerationStore, analyzer: Analyzer) -> None:
    root = write_tree(tmp_path / "empty", {"categories.yaml": valid_tree()["categories.yaml"]})
    with pytest.raises(OperatorError, match="no published article"):
        build_generation(store, load_tree(root), analyzer, EMBEDDER)


def test_a_damaged_previous_generation_is_not_reused(
    store: GenerationStore, articles: Path, analyzer: Analyzer
) -> None:
    damaged = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    (damaged / "vectors" / "vectors.json").write_text("{")
    path = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    assert read_manifest(path).counts["embedded"] == 4
    assert store.current() == path


def test_what_cannot_be_read_back_is_not_published(store: GenerationStore, articles: Path, analyzer: Analyzer) -> None:
    class Saboteur(Log):
        """Damages a file after it was sealed."""

        def stage(self, stage: Stage) -> None:
            if stage is Stage.VERIFY:
                [directory] = (articles.parent / "index").glob("building-*")
                (directory / "content.sqlite").write_bytes(b"x")

    serving = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    with pytest.raises(CorruptGeneration, match=r"content\.sqlite"):
        build_generation(store, load_tree(articles), analyzer, EMBEDDER, Saboteur())
    assert store.current() == serving


def fill_file() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def fill_database() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        connection.execute("CREATE TABLE too_much (value)")


@pytest.mark.parametrize("fill", [fill_file, fill_database])
def test_a_full_disk_is_a_line_with_a_remedy(
    store: GenerationStore, articles: Path, analyzer: Analyzer, fill: Callable[[], None]
) -> None:
    class FullDisk(Log):
        """Fails as writing does when the vectors no longer fit."""

        def advance(self, done: int, total: int) -> None:
            fill()

    with pytest.raises(OperatorError, match=r"no space left for the index.*KB_VAR_DIR"):
        build_generation(store, load_tree(articles), analyzer, EMBEDDER, FullDisk())
    assert store.current() is None
    assert not list((articles.parent / "index").glob("building-*"))


class Killer(Log):
    """Kills its own process when a stage begins."""

    def __init__(self, fatal: Stage) -> None:
        super().__init__()
        self.fatal = fatal

    def stage(self, stage: Stage) -> None:
        if stage is self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def build_and_die(articles: Path, index: Path, fatal: Stage) -> None:
    store = GenerationStore(index, SystemClock())
    build_generation(store, load_tree(articles), plain_analyzer(), EMBEDDER, Killer(fatal))


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that start fast, since the server that they are forked from has the libraries loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "faiss", "whoosh.index", "markdown"])
    return context


@pytest.mark.parametrize("stage", list(Stage))
def test_a_kill_in_any_stage_loses_nothing(
    tmp_path: Path,
    store: GenerationStore,
    articles: Path,
    analyzer: Analyzer,
    processes: ForkServerContext,
    stage: Stage,
) -> None:
    serving = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    write_tree(articles, {EN: article("A newer text.\n")})

    killed = processes.Process(target=build_and_die, args=(articles, tmp_path / "index", stage))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL

    current = store.current()
    assert current is not None
    store.verify(current)
    # Pruning comes after publishing: then the new one serves already.
    assert (current == serving) == (stage is not Stage.PRUNE)
    assert ContentStore(current).article(KEY) is not None

    path = build_generation(store, load_tree(articles), analyzer, EMBEDDER)
    assert store.current() == path
    newest = ContentStore(path).article(KEY)
    assert newest is not None
    assert newest.source == "A newer text.\n"
    assert not list((tmp_path / "index").glob("building-*"))
