"""What is served when bytes of the index change on disk."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from indexer.parts.content import FILE as CONTENT_FILE
from indexer.parts.content import ContentStore
from kb.errors import OperatorError
from kb.model import ArticleId, ArticleKey, Language
from kb.results import Degradation, Query
from kb.storage.generations import CorruptGeneration, GenerationStore
from search.serving.ranking import Ranker
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder
from tests.factories import HashingEmbedder, make_article
from tests.generations import plain_analyzer, publish

ONE = [make_article("one")]
TWO = [make_article("one"), make_article("two")]


def flip(path: Path, at: int | None = None) -> None:
    """Change one bit in the middle of a file, or at a place of it."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 1
    path.write_bytes(data)


def published(store: GenerationStore) -> Path:
    path = store.current()
    assert path is not None
    return path


def flip_article(generation: Path, article: str) -> None:
    """Damage the stored text of one article, so that it is no JSON any more."""
    content = generation / CONTENT_FILE
    flip(content, content.read_bytes().index(f'{{"id":"{article}"'.encode()))


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


def files_of(generation: Path) -> list[Path]:
    return sorted(path for path in generation.rglob("*") if path.is_file() and path.name != "manifest.json")


def test_a_bit_that_flips_in_any_file_gives_the_floor_to_the_earlier_generation(
    tmp_path: Path, embedder: HashingEmbedder
) -> None:
    publish(tmp_path, ONE, embedder)
    store = publish(tmp_path, TWO, embedder)
    newest = published(store)
    tried = [path for path in files_of(newest) if path.stat().st_size]
    assert len(tried) > 8
    for path in tried:
        flip(path)
        snapshot = SnapshotHolder(store, plain_analyzer()).current()
        assert snapshot.name != newest.name, path
        assert [card.key.id for card in snapshot.catalogue.cards] == ["one"]
        flip(path)
    assert SnapshotHolder(store, plain_analyzer()).current().name == newest.name


@pytest.mark.parametrize(
    ("folder", "part"),
    [("keyword", Degradation.KEYWORD), ("grams", Degradation.GRAMS), ("vectors", Degradation.VECTOR)],
)
def test_without_an_earlier_generation_only_the_damaged_part_is_left_out(
    tmp_path: Path, embedder: HashingEmbedder, folder: str, part: Degradation
) -> None:
    store = publish(tmp_path, TWO, embedder)
    flip(files_of(published(store) / folder)[0])
    holder = SnapshotHolder(store, plain_analyzer())
    answer = SearchService(holder, Ranker(embedder)).search(Query("article one", Language.EN))
    assert part in answer.degraded
    assert answer.hits
    assert holder.damage[0].startswith(f"{folder}/")


def test_pickles_of_unknown_bytes_are_not_opened(tmp_path: Path) -> None:
    store = publish(tmp_path, ONE)
    (toc,) = (published(store) / "keyword").rglob("*.toc")
    marker = tmp_path / "ran"
    payload = f"cpathlib\nPath\n(S'{marker}'\ntRp0\n.".encode()
    toc.write_bytes(payload.ljust(toc.stat().st_size, b"\0"))
    assert SnapshotHolder(store, plain_analyzer()).current().keywords is None


def test_an_article_that_can_no_longer_be_read_brings_back_the_earlier_generation(tmp_path: Path) -> None:
    publish(tmp_path, ONE)
    store = publish(tmp_path, TWO)
    holder = SnapshotHolder(store, plain_analyzer())
    snapshot = holder.current()
    flip_article(published(store), "two")
    with pytest.raises(CorruptGeneration) as raised:  # another reader, which has nothing in memory yet
        ContentStore(published(store)).article(ArticleKey(ArticleId("two"), Language.EN))
    holder.compare(raised.value.name)
    earlier = holder.current()
    assert earlier.name != snapshot.name
    assert earlier.content.article(ArticleKey(ArticleId("one"), Language.EN)) is not None


def test_a_generation_with_one_unreadable_article_serves_the_others_where_there_is_no_earlier_one(
    tmp_path: Path,
) -> None:
    store = publish(tmp_path, TWO)
    flip_article(published(store), "two")
    content = SnapshotHolder(store, plain_analyzer()).current().content
    assert content.article(ArticleKey(ArticleId("one"), Language.EN)) is not None
    with pytest.raises(OperatorError, match="kb index"):
        content.article(ArticleKey(ArticleId("two"), Language.EN))


def test_a_large_generation_serves_at_once_and_is_compared_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: HashingEmbedder
) -> None:
    monkeypatch.setattr("search.serving.snapshot.COMPARED_FIRST", 0)
    publish(tmp_path, ONE, embedder)
    store = publish(tmp_path, TWO, embedder)
    newest = published(store)
    flip(files_of(newest / "vectors")[0])
    holder = SnapshotHolder(store, plain_analyzer())
    assert holder.current().keywords is not None
    for thread in _comparing():
        thread.join()
    assert holder.current().name != newest.name


def _comparing() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "compare"]


def test_building_again_replaces_a_damaged_index_and_takes_nothing_from_it(
    tmp_path: Path, embedder: HashingEmbedder
) -> None:
    store = publish(tmp_path, TWO, embedder)
    flip(files_of(published(store) / "vectors")[0])
    publish(tmp_path, TWO, embedder)
    assert store.check(published(store)).counts["reused"] == 0
    assert store.damage(published(store)) == ()
