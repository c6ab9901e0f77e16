"""Counts that all processes of a machine share, in files that each maps into its memory: a storage for `limits`.

Every process writes one file of its own and reads those of the others, so nobody ever waits for somebody else's lock,
and a process that is killed leaves nothing locked. A count costs some 20 millionths of a second and no system call: one
would give the interpreter away, and wait for it beside a search. The table has a fixed size; where it is full, the
entry that would end first makes room. (The storage in memory of `limits` looks through all its keys a hundred times a
second.)
"""

from __future__ import annotations

import logging
import mmap
import os
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from limits.storage import Storage

PATTERN = "counts-1-{}"
"""Names of the files; the number is that of their format."""

SPARE_FILES = 2
"""More than there are processes: one that ends may overlap with the one that takes its place."""

_WAYS = 8
_BUCKETS = 8_192
_ENTRY = struct.Struct("<Qdq")  # key, end of the window in seconds since 1970, count
_BUCKET = struct.Struct("<" + "Qdq" * _WAYS)
_SIZE = _BUCKET.size * _BUCKETS
_LONGEST_WINDOW_S = 86_400.0

_log = logging.getLogger(__name__)


class SharedCounts(Storage):
    """Counts in files of one directory.

    Args:
        now: Gives seconds since 1970; entries that end later than their window allows are void, as after the clock was
            set back.
        directory: Where the files are; None: in the memory of this process alone.
        processes: How many share them.
    """

    STORAGE_SCHEME = None  # opened by us, never by an address

    def __init__(self, now: Callable[[], float], directory: Path | None = None, processes: int = 1) -> None:
        super().__init__(wrap_exceptions=True)
        self._now = now
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._own, self._others = self._open(directory, processes + SPARE_FILES)

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what may go wrong: nothing, once the files are open."""
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a count and return it, with those of the other processes; an ended window begins anew.

        The own count is written before the others are read: of several who come at the same time, none is missed.
        """
        name, offset = _place(key)
        now = self._now()
        with self._lock:
            index, ends, count = _found(self._own, name, offset, now, expiry)
            entry = (name, ends if count else now + expiry, count + amount)
            _ENTRY.pack_into(self._own, offset + index * _ENTRY.size, *entry)
        return count + amount + sum(_found(each, name, offset, now, expiry)[2] for each in self._others)

    def get(self, key: str) -> int:
        """Return a count."""
        return sum(count for _, count in self._live(key))

    def get_expiry(self, key: str) -> float:
        """Return when the count of a key ends, in seconds since 1970; now if there is none."""
        return max((ends for ends, _ in self._live(key)), default=self._now())

    def check(self) -> bool:
        """Return that the counts can be used."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        for each in (self._own, *self._others):
            each[:] = bytes(_SIZE)
        return None

    def clear(self, key: str) -> None:
        """Forget the count of a key."""
        name, offset = _place(key)
        for each in (self._own, *self._others):
            with self._lock:
                index, _, count = _found(each, name, offset, self._now(), _LONGEST_WINDOW_S)
                if count:
                    _ENTRY.pack_into(each, offset + index * _ENTRY.size, 0, 0.0, 0)

    def close(self) -> None:
        """Leave the files to others."""
        for each in (self._own, *self._others):
            each.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _live(self, key: str) -> Iterator[tuple[float, int]]:
        name, offset = _place(key)
        for each in (self._own, *self._others):
            _, ends, count = _found(each, name, offset, self._now(), _LONGEST_WINDOW_S)
            if count:
                yield ends, count

    def _open(self, directory: Path | None, files: int) -> tuple[mmap.mmap, tuple[mmap.mmap, ...]]:
        if directory is not None:
            try:
                return self._map_files(directory, files)
            except OSError as error:
                _log.warning("Limits hold for this process alone: %s cannot be used: %s", directory, error)
        return mmap.mmap(-1, _SIZE), ()

    def _map_files(self, directory: Path, files: int) -> tuple[mmap.mmap, tuple[mmap.mmap, ...]]:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        own: mmap.mmap | None = None
        others: list[mmap.mmap] = []
        for number in range(files):
            descriptor = os.open(directory / PATTERN.format(number), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if os.fstat(descriptor).st_size != _SIZE:
                    _fill(descriptor)
                mapped = mmap.mmap(descriptor, _SIZE)
                if own is None and _claimed(descriptor):
                    own, self._descriptor, descriptor = mapped, descriptor, -1
                else:
                    others.append(mapped)
            finally:
                if descriptor >= 0:
                    os.close(descriptor)
        if own is None:
            _log.warning("Limits of this process are its own: %s is used by more processes than expected", directory)
        return own or mmap.mmap(-1, _SIZE), tuple(others)


def _fill(descriptor: int) -> None:
    """Take the room on the disk now: a mapped file without it ends the process when it is written to."""
    os.ftruncate(descriptor, _SIZE)
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, _SIZE)


def _claimed(descriptor: int) -> bool:
    """Tell whether this file is now ours, until the process ends."""
    try:
        import fcntl
    except ImportError:  # no such thing on this system: only one process may use the files
        return True
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _place(key: str) -> tuple[int, int]:
    """Return the name of a key in the table, never 0, and where its bucket begins."""
    digest = blake2b(key.encode("utf-8", "replace"), digest_size=12).digest()
    name, bucket = int.from_bytes(digest[:8]) or 1, int.from_bytes(digest[8:]) % _BUCKETS
    return name, bucket * _BUCKET.size


def _found(table: mmap.mmap, name: int, offset: int, now: float, window_s: float) -> tuple[int, float, int]:
    """Return index in the bucket, end and count of a key; of a new one, the index that it may take, and 0."""
    bucket = _BUCKET.unpack_from(table, offset)
    names, all_ends, counts = bucket[::3], bucket[1::3], bucket[2::3]
    if name in names:
        index = names.index(name)
        if now < all_ends[index] <= now + window_s:
            return index, all_ends[index], counts[index]
        return index, 0.0, 0
    free = min(range(_WAYS), key=lambda way: all_ends[way] if all_ends[way] <= now + _LONGEST_WINDOW_S else 0.0)
    return free, 0.0, 0
