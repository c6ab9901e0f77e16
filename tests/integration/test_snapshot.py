"""How the generation that serves is opened, kept and changed."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import pytest

from indexer.parts.content import FILE as CONTENT_FILE
from indexer.parts.layout import FORMATS
from kb.errors import OperatorError
from kb.language.analysis import WordAnalyzer
from kb.model import ArticleId, ArticleKey, Language
from kb.results import Degradation
from kb.storage.generations import GenerationStore
from search.serving.snapshot import CHECK_INTERVAL, Snapshot, SnapshotHolder
from tests.factories import HashingEmbedder, make_article
from tests.generations import plain_analyzer, publish, rewrite_manifest

ONE = [make_article("one")]
TWO = [make_article("one"), make_article("two")]


class Timer:
    """A monotonic timer that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def timer() -> Timer:
    return Timer()


def names(snapshot: Snapshot) -> list[str]:
    return [card.key.id for card in snapshot.catalogue.cards]


def test_a_new_generation_takes_over_by_itself(tmp_path: Path, timer: Timer) -> None:
    store = publish(tmp_path, ONE)
    holder = SnapshotHolder(store, plain_analyzer(), timer)
    before = holder.current()
    publish(tmp_path, TWO)
    assert holder.current() is before
    timer.seconds += CHECK_INTERVAL
    after = holder.current()
    assert names(after) == ["one", "two"]
    assert names(before) == ["one"]
    assert before.content.article(ArticleKey(ArticleId("one"), Language.EN)) is not None


def test_an_unchanged_generation_is_opened_once(tmp_path: Path, timer: Timer) -> None:
    holder = SnapshotHolder(publish(tmp_path, ONE), plain_analyzer(), timer)
    first = holder.current()
    for _ in range(3):
        timer.seconds += 10
        assert holder.current() is first


def test_a_generation_stays_on_disk_for_as_long_as_somebody_holds_it(tmp_path: Path, timer: Timer) -> None:
    store = publish(tmp_path, ONE)
    holder = SnapshotHolder(store, plain_analyzer(), timer)
    held = holder.current()
    publish(tmp_path, TWO)
    assert store.prune(keep=0) == ()
    timer.seconds += CHECK_INTERVAL
    holder.current()
    name = held.name
    del held
    gc.collect()
    assert store.prune(keep=0) == (name,)


def test_a_generation_that_cannot_be_opened_leaves_the_old_one_serving(
    tmp_path: Path, timer: Timer, caplog: pytest.LogCaptureFixture
) -> None:
    store = publish(tmp_path, ONE)
    holder = SnapshotHolder(store, plain_analyzer(), timer)
    before = holder.current()
    publish(tmp_path, TWO)
    path = store.current()
    assert path is not None
    content = path / CONTENT_FILE
    content.write_bytes(b"x" * content.stat().st_size)
    for _ in range(3):
        timer.seconds += CHECK_INTERVAL
        assert holder.current() is before
    assert caplog.text.count("is damaged: content.sqlite") == 1


class OtherLemmatizer:
    """Knows no word, under another name."""

    fingerprint = "other"

    def lemma(self, word: str) -> str | None:
        return None


def test_an_index_of_another_language_analysis_is_refused_with_the_remedy(tmp_path: Path) -> None:
    holder = SnapshotHolder(publish(tmp_path, ONE), WordAnalyzer(OtherLemmatizer()))
    with pytest.raises(OperatorError, match="KB_MORPHOLOGY_DB"):
        holder.current()


def test_without_any_generation_the_remedy_is_named(tmp_path: Path, clock: object) -> None:
    store = GenerationStore(tmp_path, clock)  # type: ignore[arg-type]
    with pytest.raises(OperatorError, match="kb index"):
        SnapshotHolder(store, plain_analyzer()).current()


def test_threads_that_ask_at_once_get_the_same_generation(tmp_path: Path) -> None:
    holder = SnapshotHolder(publish(tmp_path, TWO, HashingEmbedder()), plain_analyzer())
    seen: list[Snapshot] = []
    threads = [threading.Thread(target=lambda: seen.append(holder.current())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len({id(snapshot) for snapshot in seen}) == 1


def test_an_index_without_this_version_of_short_texts_answers_by_words_and_names_the_remedy(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = publish(tmp_path, [make_article("one")], HashingEmbedder())
    (generation,) = store.generations()
    before = {part: version for part, version in FORMATS.items() if part != "short_texts"}
    rewrite_manifest(generation, formats=before)
    snapshot = SnapshotHolder(store, plain_analyzer()).current()
    assert snapshot.vectors is None
    assert snapshot.lexical is not None
    assert snapshot.degraded == (Degradation.VECTOR,)
    assert "format of short_texts: none" in caplog.text
    assert "kb index" in caplog.text


@pytest.mark.parametrize(
    ("formats", "said"),
    [
        ({}, "format of content: none, now"),
        ({**FORMATS, "keyword": 3}, "format of keyword: 3, now"),
        ({**FORMATS, "grams": 99}, "format of grams: 99, now"),
    ],
)
def test_an_index_of_another_version_is_refused_with_the_remedy(
    tmp_path: Path, formats: dict[str, int], said: str
) -> None:
    store = publish(tmp_path, [make_article("one")])
    (generation,) = store.generations()
    rewrite_manifest(generation, formats=formats)
    with pytest.raises(OperatorError, match=rf"{said}.*run `kb index`"):
        SnapshotHolder(store, plain_analyzer()).current()
