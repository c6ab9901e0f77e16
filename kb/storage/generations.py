"""Index generations on disk: built aside, sealed, verified, published by one atomic replacement, pinned, pruned.

Knows directories and files, not what is in them. Layout of the root:

    current                             name of the generation that serves
    builder.lock                        held while somebody builds
    building-gen-<UTC>-<8 hex>/         being built; whatever is left over is removed by the next build
    gen-<UTC>-<8 hex>/                  sealed and verified; manifest.json names every file with its size and SHA-256
        one file or folder for each part
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from kb.clock import Clock
from kb.errors import OperatorError

FORMAT = 1
MANIFEST = "manifest.json"

_POINTER = "current"
_LOCK = "builder.lock"
_PREFIX = "gen-"
_BUILDING = "building-"
_DOOMED = "pruned-"

_log = logging.getLogger(__name__)


class CorruptGeneration(OperatorError):  # noqa: N818 - says what it is
    """A generation is not what its manifest says.

    Args:
        name: Name of the generation.
        fault: What is wrong, naming the file.
    """

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"The index generation {name} is refused: {fault}.", "run `kb index`.")
        self.name = name


class BuilderBusy(OperatorError):  # noqa: N818 - says what it is
    """Another process is building."""

    exit_status = 3

    def __init__(self, root: Path) -> None:
        super().__init__(f"Another process is building an index in {root}.", "wait for it to end.")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What a file of a generation must be.

    Attributes:
        size: Bytes.
        sha256: Hex digest of the content.
    """

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is; written last.

    Attributes:
        format: Version of the generation's layout.
        created: When it was sealed, UTC.
        embedder: Fingerprint of the embedder; None if there are no vectors.
        analyser: Fingerprint of the language analyser.
        formats: Version of the format of each part; empty where it was built before these were written down.
        inputs: SHA-256 (hex) of all that it was built from; equal inputs give an equal index.
        counts: What was built: ``articles``, ``chunks``, ``embedded``, ``reused``.
        files: Every other file, by path relative to the generation.
    """

    format: int
    created: datetime
    embedder: str | None
    analyser: str
    inputs: str
    counts: Mapping[str, int]
    files: Mapping[str, FileEntry]
    formats: Mapping[str, int] = field(default_factory=dict)


_MANIFEST = TypeAdapter(Manifest)


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of a generation.

    Raises:
        CorruptGeneration: It is missing, damaged, or of another format.
    """
    try:
        manifest = _MANIFEST.validate_json((path / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise CorruptGeneration(path.name, f"{MANIFEST} is missing") from error
    except (OSError, ValidationError) as error:
        raise CorruptGeneration(path.name, f"{MANIFEST} cannot be read") from error
    if manifest.format != FORMAT:
        raise CorruptGeneration(path.name, f"{MANIFEST} has format {manifest.format} instead of {FORMAT}")
    return manifest


class GenerationStore:
    """The generations under one directory.

    Args:
        root: Directory of the generations; made when first built into.
        clock: Dates the generations.
        suffix: Makes the random part of a name, 8 hex digits.
    """

    def __init__(self, root: Path, clock: Clock, suffix: Callable[[], str] = lambda: secrets.token_hex(4)) -> None:
        self._root = root
        self._clock = clock
        self._suffix = suffix
        self._refused: set[str] = set()

    def current(self) -> Path | None:
        """Return the generation that serves: the published one, or the newest other one when that is refused.

        Only sizes are compared here; `damage` and `verify` read everything.
        """
        return next(self.candidates(), None)

    def candidates(self) -> Iterator[Path]:
        """Yield the generations that could serve, by their sizes: the published one, then the others, newest first."""
        pointed = self._pointed()
        names = [name for name in (pointed,) if name]
        names += [path.name for path in reversed(self.generations()) if path.name != pointed]
        for name in names:
            try:
                self.check(self._root / name)
            except CorruptGeneration as error:
                self._log_refusal(error)
            else:
                yield self._root / name

    def is_published(self, path: Path) -> bool:
        """Tell whether a generation is the one that was published last, rather than one that serves in its place."""
        return self._pointed() == path.name

    def stamp(self) -> tuple[int, int] | None:
        """Return what changes whenever another generation is published, at the cost of one look at the pointer file."""
        try:
            status = (self._root / _POINTER).stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def generations(self) -> tuple[Path, ...]:
        """Return the sealed generations, oldest first."""
        return tuple(sorted(path for path in self._root.glob(f"{_PREFIX}*") if path.is_dir()))

    def generation(self, name: str) -> Path | None:
        """Return a sealed generation by its name, None where there is none."""
        return next((path for path in self.generations() if path.name == name), None)

    def check(self, path: Path) -> Manifest:
        """Compare the files with the manifest by name and size, and return the manifest.

        Raises:
            CorruptGeneration: Names the first file that differs.
        """
        manifest = read_manifest(path)
        for name, entry in sorted(manifest.files.items()):
            try:
                size = (path / name).stat().st_size
            except OSError as error:
                raise CorruptGeneration(path.name, f"{name} is missing") from error
            if size != entry.size:
                raise CorruptGeneration(path.name, f"{name} has {size} bytes instead of {entry.size}")
        return manifest

    def verify(self, path: Path) -> Manifest:
        """Compare the files with the manifest, byte for byte, and return the manifest.

        Raises:
            CorruptGeneration: Names the first file that differs.
        """
        manifest = self.check(path)
        if damaged := self.damage(path):
            raise CorruptGeneration(path.name, f"{damaged[0]} does not have the SHA-256 of the manifest")
        return manifest

    def damage(self, path: Path, under: str = "") -> tuple[str, ...]:
        """Return the files whose bytes are not those that were sealed, by name.

        Args:
            path: A generation.
            under: Only files whose names start so.

        Raises:
            CorruptGeneration: The manifest cannot be read.
        """
        entries = sorted(read_manifest(path).files.items())
        return tuple(
            name for name, entry in entries if name.startswith(under) and not _has_sha256(path / name, entry.sha256)
        )

    @contextmanager
    def pin(self, path: Path) -> Iterator[Path]:
        """Keep a generation on disk while the context is open.

        Raises:
            CorruptGeneration: It was pruned in the meantime; ask for `current` again.
        """
        with ExitStack() as stack:
            try:
                descriptor = stack.enter_context(_opened(path))
                fcntl.flock(descriptor, fcntl.LOCK_SH)
                still_there = path.stat().st_ino == os.fstat(descriptor).st_ino
            except FileNotFoundError:
                still_there = False
            if not still_there:
                raise CorruptGeneration(path.name, "it is no longer on disk")
            yield path

    @contextmanager
    def building(self) -> Iterator[Path]:
        """Give an empty directory to build into, and keep other builders out.

        The directory is removed unless it was published; so is what killed builders left behind.

        Raises:
            BuilderBusy: Another process, or this one, is building.
            OperatorError: The root cannot be written.
        """
        with ExitStack() as stack:
            stack.enter_context(self._builder_lock())
            for leftover in [*self._root.glob(f"{_BUILDING}*"), *self._root.glob(f"{_DOOMED}*")]:
                shutil.rmtree(leftover)
            name = f"{_PREFIX}{self._clock.now():%Y%m%dT%H%M%SZ}-{self._suffix()}"
            directory = self._root / f"{_BUILDING}{name}"
            directory.mkdir()
            stack.callback(shutil.rmtree, directory, ignore_errors=True)
            yield directory

    def seal(
        self,
        directory: Path,
        *,
        embedder: str | None,
        analyser: str,
        counts: Mapping[str, int],
        inputs: str,
        formats: Mapping[str, int],
    ) -> Manifest:
        """Put every file safely on disk, then write the manifest.

        Args:
            directory: What `building` gave, completely built.
            embedder: Fingerprint of the embedder, None without vectors.
            analyser: Fingerprint of the analyser.
            counts: What was built.
            inputs: Digest of what it was built from.
            formats: Version of the format of each part.
        """
        files: dict[str, FileEntry] = {}
        for path in sorted(path for path in directory.rglob("*") if path.is_file()):
            _sync(path)
            files[path.relative_to(directory).as_posix()] = FileEntry(path.stat().st_size, _sha256(path))
        now = self._clock.now()
        manifest = Manifest(FORMAT, now, embedder, analyser, inputs, dict(counts), files, dict(formats))
        _write_safely(directory / MANIFEST, _MANIFEST.dump_json(manifest, indent=1))
        return manifest

    def publish(self, directory: Path) -> Path:
        """Make a sealed directory the generation that serves, and return its final path.

        Args:
            directory: What `building` gave, sealed and verified.
        """
        final = directory.with_name(directory.name.removeprefix(_BUILDING))
        directory.rename(final)
        _sync(self._root)
        _write_safely(self._root / _POINTER, f"{final.name}\n".encode())
        return final

    def prune(self, keep: int) -> tuple[str, ...]:
        """Remove all but the serving generation and the newest `keep` others, and return the names of the removed.

        A pinned generation is never removed. Call it while `building`, so that two processes never prune at once.
        """
        serving = self.current()
        others = [path for path in self.generations() if path != serving]
        return tuple(path.name for path in others[: max(0, len(others) - keep)] if self._remove_unpinned(path))

    def _remove_unpinned(self, path: Path) -> bool:
        with _opened(path) as descriptor:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            # Renamed before it is emptied, so that nobody opens half a generation.
            doomed = path.rename(path.with_name(f"{_DOOMED}{path.name}"))
            shutil.rmtree(doomed)
        return True

    def _pointed(self) -> str | None:
        try:
            name = (self._root / _POINTER).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return name if name.startswith(_PREFIX) and "/" not in name else None

    def _log_refusal(self, error: CorruptGeneration) -> None:
        if error.name not in self._refused:
            self._refused.add(error.name)
            _log.error("%s Serving an earlier one if there is one.", error)

    @contextmanager
    def _builder_lock(self) -> Iterator[None]:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._root / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise OperatorError(
                f"The index directory {self._root} cannot be written: {error.strerror}.",
                "make it writable, or set KB_VAR_DIR to a directory that is.",
            ) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BuilderBusy(self._root) from error
            yield
        finally:
            os.close(descriptor)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    with _opened(path) as descriptor:
        os.fsync(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _has_sha256(path: Path, expected: str) -> bool:
    try:
        return _sha256(path) == expected
    except OSError:  # gone, or the disk cannot read it
        return False


def _write_safely(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)
