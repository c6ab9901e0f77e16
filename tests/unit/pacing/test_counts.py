"""Counts that processes share."""

from __future__ import annotations

import multiprocessing
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.pacing.counts import SPARE_FILES, SharedCounts


class Now:
    """A clock in seconds."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def two(tmp_path: Path, now: Now) -> Iterator[tuple[SharedCounts, SharedCounts]]:
    """Two that share a directory, as two processes do: each has a file of its own."""
    opened = SharedCounts(now, tmp_path / "limits", 2), SharedCounts(now, tmp_path / "limits", 2)
    yield opened
    for each in opened:
        each.close()


def test_a_count_grows_and_ends_with_its_window(now: Now) -> None:
    counts = SharedCounts(now)
    assert [counts.incr("a", 60), counts.incr("a", 60, 5), counts.incr("b", 60)] == [1, 6, 1]
    assert (counts.get("a"), counts.get_expiry("a")) == (6, now.seconds + 60)
    now.seconds += 59
    assert counts.incr("a", 60) == 7
    now.seconds += 1
    assert counts.get("a") == 0
    assert counts.incr("a", 60) == 1


def test_processes_count_together(two: tuple[SharedCounts, SharedCounts]) -> None:
    first, second = two
    assert [first.incr("a", 60), second.incr("a", 60), first.incr("a", 60), second.incr("b", 60)] == [1, 2, 3, 1]
    assert first.get("a") == second.get("a") == 3
    second.clear("a")
    assert first.get("a") == 0
    assert first.incr("a", 60) == 1
    first.reset()
    assert second.get("b") == 0


def _count_often(directory: Path, times: int) -> None:
    counts = SharedCounts(lambda: 1_000_000.0, directory, 4)
    for _ in range(times):
        counts.incr("key", 60)


def test_nothing_is_lost_between_processes_that_count_at_the_same_time(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    running = [context.Process(target=_count_often, args=(tmp_path, 500)) for _ in range(3)]
    for each in running:
        each.start()
    for each in running:
        each.join(60)
        assert each.exitcode == 0
    counts = SharedCounts(lambda: 1_000_000.0, tmp_path, 4)
    assert counts.get("key") == 1_500
    counts.close()


def test_what_was_counted_outlives_the_process(tmp_path: Path, now: Now) -> None:
    for expected in (1, 2, 3):
        counts = SharedCounts(now, tmp_path)
        assert counts.incr("a", 60) == expected
        counts.close()


def test_the_files_are_for_their_owner_and_of_a_fixed_size(tmp_path: Path, now: Now) -> None:
    counts = SharedCounts(now, tmp_path / "limits")
    files = sorted((tmp_path / "limits").iterdir())
    sizes = {path.stat().st_size for path in files}
    for number in range(20_000):
        counts.incr(f"key {number}", 60)
    assert len(files) == 1 + SPARE_FILES
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {path.stat().st_size for path in files} == sizes
    assert counts.get("key 19999") == 1
    counts.close()


def test_a_full_table_makes_room_for_what_is_new(now: Now) -> None:
    counts = SharedCounts(now)
    for number in range(90_000):
        counts.incr(f"key {number}", 60)
    now.seconds += 1
    assert [counts.incr("new", 60) for _ in range(3)] == [1, 2, 3]
    assert sum(counts.get(f"key {number}") for number in range(0, 90_000, 100)) > 400


@pytest.mark.parametrize("back_s", [61, 3_600, 10_000_000])
def test_a_clock_that_is_set_back_keeps_nobody_out(now: Now, back_s: float) -> None:
    counts = SharedCounts(now)
    counts.incr("a", 60, 1_000)
    now.seconds -= back_s
    assert counts.incr("a", 60) == 1


@pytest.mark.parametrize("damage", [b"", b"short", b"\xff" * 1_572_864])
def test_damaged_files_are_used_anew(tmp_path: Path, now: Now, damage: bytes) -> None:
    SharedCounts(now, tmp_path).close()
    for path in tmp_path.iterdir():
        path.write_bytes(damage)
    counts = SharedCounts(now, tmp_path)
    assert [counts.incr("a", 60), counts.incr("a", 60)] == [1, 2]
    counts.close()


def test_without_a_directory_that_can_be_used_a_process_counts_for_itself(
    tmp_path: Path, now: Now, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no directory", "utf-8")
    counts = SharedCounts(now, tmp_path / "file")
    assert [counts.incr("a", 60), counts.incr("a", 60)] == [1, 2]
    assert "Limits hold for this process alone" in caplog.text


def test_more_processes_than_expected_count_too(tmp_path: Path, now: Now, caplog: pytest.LogCaptureFixture) -> None:
    opened = [SharedCounts(now, tmp_path) for _ in range(1 + SPARE_FILES + 1)]
    assert [each.incr("a", 60) for each in opened] == [1, 2, 3, 4]
    assert "more processes than expected" in caplog.text
    for each in opened:
        each.close()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40)), max_size=60))
def test_counts_are_those_of_a_dictionary(steps: list[tuple[str, int]]) -> None:
    now = Now()
    counts, expected = SharedCounts(now), dict[str, tuple[float, int]]()
    for key, pause in steps:
        now.seconds += pause
        ends, count = expected.get(key, (0.0, 0))
        if ends <= now.seconds:
            ends, count = now.seconds + 60, 0
        expected[key] = (ends, count + 1)
        assert counts.incr(key, 60) == count + 1
