from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from kb.clock import FixedClock
from kb.errors import OperatorError
from kb.storage.generations import (
    MANIFEST,
    BuilderBusy,
    CorruptGeneration,
    GenerationStore,
    read_manifest,
)

Publish = Callable[..., Path]


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> GenerationStore:
    numbers = count(1)
    return GenerationStore(tmp_path / "index", clock, suffix=lambda: f"{next(numbers):08x}")


@pytest.fixture
def publish(store: GenerationStore) -> Publish:
    def publish_one(content: str = "words") -> Path:
        with store.building() as directory:
            (directory / "part").mkdir()
            (directory / "part" / "data.bin").write_text(content)
            store.seal(directory, embedder=None, analyser="rules-1", counts={"articles": 1}, inputs="", formats={})
            return store.publish(directory)

    return publish_one


def test_there_is_no_generation_at_first(store: GenerationStore) -> None:
    assert store.current() is None
    assert store.stamp() is None


def test_a_published_generation_serves_under_its_name(store: GenerationStore, publish: Publish) -> None:
    path = publish()
    assert path.name == "gen-20261121T120000Z-00000001"
    assert store.current() == path
    manifest = store.verify(path)
    assert manifest == read_manifest(path)
    assert list(manifest.files) == ["part/data.bin"]
    assert manifest.counts == {"articles": 1}


def test_the_stamp_changes_with_every_generation(store: GenerationStore, publish: Publish) -> None:
    publish()
    first = store.stamp()
    publish()
    assert store.stamp() != first


def test_a_build_that_fails_leaves_nothing(store: GenerationStore, publish: Publish) -> None:
    serving = publish()
    with pytest.raises(ZeroDivisionError), store.building() as directory:
        (directory / "data.bin").write_text("half")
        raise ZeroDivisionError
    assert store.current() == serving
    assert store.generations() == (serving,)


def test_what_a_killed_builder_left_is_removed_by_the_next(store: GenerationStore, publish: Publish) -> None:
    publish()
    leftover = store.current().parent / "building-gen-20261121T110000Z-ffffffff"  # type: ignore[union-attr]
    leftover.mkdir()
    (leftover / "half").write_text("x")
    publish()
    assert not leftover.exists()


def test_one_builder_at_a_time(store: GenerationStore) -> None:
    with store.building(), pytest.raises(BuilderBusy) as refusal, store.building():
        pass
    assert refusal.value.exit_status == 3
    with store.building() as directory:
        assert directory.is_dir()


def test_an_unwritable_root_is_the_operators_matter(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(OperatorError, match="KB_VAR_DIR"),
        GenerationStore(tmp_path / "file" / "index", clock).building(),
    ):
        pass


def truncate(path: Path) -> None:
    path.write_text("w")


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(("damage", "name"), [(truncate, "part/data.bin"), (remove, "part/data.bin")])
def test_damage_is_named_and_an_earlier_generation_serves(
    store: GenerationStore,
    publish: Publish,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path], None],
    name: str,
) -> None:
    earlier, serving = publish(), publish()
    damage(serving / name)
    with caplog.at_level(logging.ERROR):
        assert store.current() == earlier
        assert store.current() == earlier
    (said,) = (record.message for record in caplog.records if record.name == "kb.storage.generations")
    assert name in said
    assert serving.name in said
    with pytest.raises(CorruptGeneration, match=name):
        store.verify(serving)


@pytest.mark.parametrize("content", ["", "{", "{}", '{"format": 99}'])
def test_a_damaged_manifest_is_refused(store: GenerationStore, publish: Publish, content: str) -> None:
    earlier, serving = publish(), publish()
    (serving / MANIFEST).write_text(content)
    assert store.current() == earlier
    with pytest.raises(CorruptGeneration, match=MANIFEST):
        store.verify(serving)


def test_a_changed_byte_of_equal_length_is_found_by_verify_only(store: GenerationStore, publish: Publish) -> None:
    path = publish("words")
    (path / "part" / "data.bin").write_text("w0rds")
    assert store.current() == path
    with pytest.raises(CorruptGeneration, match=r"part/data\.bin"):
        store.verify(path)


@pytest.mark.parametrize("pointer", ["", "gen-none", "../../etc", "\x00", "gen-a/../.."])
def test_a_damaged_pointer_leaves_the_newest_generation(store: GenerationStore, publish: Publish, pointer: str) -> None:
    publish()
    newest = publish()
    (newest.parent / "current").write_text(pointer)
    assert store.current() == newest


def test_pruning_keeps_the_newest_and_the_pinned(store: GenerationStore, publish: Publish) -> None:
    paths = [publish() for _ in range(5)]
    with store.pin(paths[0]):
        assert store.prune(keep=1) == (paths[1].name, paths[2].name)
        assert store.generations() == (paths[0], paths[3], paths[4])
    assert store.prune(keep=1) == (paths[0].name,)
    assert store.prune(keep=0) == (paths[3].name,)
    assert store.prune(keep=0) == ()


def test_a_pruned_generation_cannot_be_pinned(store: GenerationStore, publish: Publish) -> None:
    path = publish()
    publish()
    store.prune(keep=0)
    with pytest.raises(CorruptGeneration, match="no longer on disk"), store.pin(path):
        pass


def hold(
    path: Path, clock: FixedClock, ready: multiprocessing.synchronize.Event, stop: multiprocessing.synchronize.Event
) -> None:
    with GenerationStore(path.parent, clock).pin(path):
        ready.set()
        stop.wait(30)


@pytest.fixture
def pinned_elsewhere(publish: Publish, clock: FixedClock) -> Iterator[Path]:
    path = publish()
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Event(), context.Event()
    process = context.Process(target=hold, args=(path, clock, ready, stop))
    process.start()
    assert ready.wait(30)
    yield path
    stop.set()
    process.join()


def test_a_pin_of_another_process_holds(store: GenerationStore, publish: Publish, pinned_elsewhere: Path) -> None:
    publish()
    assert store.prune(keep=0) == ()
    assert pinned_elsewhere.is_dir()
