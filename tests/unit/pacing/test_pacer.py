"""Who goes too fast."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from limits.storage import Storage

from kb.clock import FixedClock, SystemClock
from kb.errors import OperatorError
from kb.pacing.counts import PATTERN, SharedCounts
from kb.pacing.pacer import DIRECTORY, PAUSE_AFTER_FAILURE, Pace, Pacer, open_pacer

THREE = Pace("test", 3)


def test_a_subject_may_do_so_much_in_a_time(clock: FixedClock) -> None:
    pacer = Pacer(clock)
    assert [pacer.take(THREE, "a") for _ in range(5)] == [True, True, True, False, False]
    assert pacer.take(THREE, "b")
    assert pacer.take(Pace("other", 3), "a")
    clock.instant += timedelta(seconds=60)
    assert pacer.take(THREE, "a")


def test_looking_counts_nothing_and_forgetting_begins_anew(clock: FixedClock) -> None:
    pacer = Pacer(clock)
    assert all(pacer.has_room(THREE, "a") for _ in range(9))
    assert [pacer.take(THREE, "a") for _ in range(3)] == [True] * 3
    assert not pacer.has_room(THREE, "a")
    pacer.forget(THREE, "a")
    assert pacer.has_room(THREE, "a")


def test_zero_means_no_limit(clock: FixedClock) -> None:
    pacer, none = Pacer(clock), Pace("free", 0)
    assert all(pacer.take(none, "a") and pacer.has_room(none, "a") for _ in range(50))
    pacer.forget(none, "a")


def test_parts_of_a_subject_are_kept_apart(clock: FixedClock) -> None:
    pacer = Pacer(clock)
    pacer.take(Pace("test", 1), "ab", "c")
    assert pacer.take(Pace("test", 1), "a", "bc")
    assert not pacer.take(Pace("test", 1), "ab", "c")


def test_of_many_at_the_same_time_no_more_pass_than_may() -> None:
    pacer = Pacer(SystemClock())
    with ThreadPoolExecutor(16) as pool:
        passed = sum(pool.map(lambda _: pacer.take(THREE, "a"), range(400)))
    assert passed == THREE.most


def test_no_address_is_written_anywhere(tmp_path: Path) -> None:
    pacer = open_pacer("", tmp_path, SystemClock(), key="k", processes=1)
    pacer.take(THREE, "198.51.100.77")
    written = (tmp_path / DIRECTORY / PATTERN.format(0)).read_bytes()
    assert b"198.51" not in written
    assert any(written)
    other = open_pacer("", tmp_path, SystemClock(), key="another key", processes=1)
    assert [other.take(THREE, "198.51.100.77") for _ in range(3)] == [True] * 3


class Failing(SharedCounts):
    """A storage that can be switched off."""

    is_off = False
    asked = 0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        type(self).asked += 1
        if self.is_off:
            raise ConnectionRefusedError("nobody there")
        return super().incr(key, expiry, amount)


def test_while_the_storage_fails_each_process_counts_for_itself(
    clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    storage: Storage = Failing(lambda: clock.now().timestamp())
    pacer = Pacer(clock, storage)
    assert pacer.take(THREE, "a")
    Failing.is_off = True
    assert [pacer.take(THREE, "a") for _ in range(5)] == [True, True, True, False, False]
    assert Failing.asked == 2  # not again and again: each time somebody would wait
    assert caplog.text.count("Limits hold for each process alone") == 1
    Failing.is_off = False
    clock.instant += PAUSE_AFTER_FAILURE
    assert [pacer.take(THREE, "a") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("url", ["nowhere://host", "redis://localhost:1", "just text"])
def test_a_storage_that_cannot_be_used_is_named_with_the_remedy(tmp_path: Path, url: str) -> None:
    with pytest.raises(OperatorError, match="KB_LIMITS_URL"):
        open_pacer(url, tmp_path, SystemClock(), key="k", processes=1)


def test_a_storage_of_the_library_counts(tmp_path: Path) -> None:
    pacer = open_pacer("memory://", tmp_path, SystemClock(), key="k", processes=1)
    assert [pacer.take(THREE, "a") for _ in range(4)] == [True, True, True, False]
    assert not (tmp_path / DIRECTORY).exists()
