"""One pinned generation opened for reading, and the holder that changes to a new one by itself.

A part that cannot be opened is left out and named: the others answer. Only the content is indispensable.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.parts.content import ContentStore as ContentStore  # for who reads the content of a snapshot
from indexer.parts.gram_index import GramIndex
from indexer.parts.keyword_index import KeywordIndex
from indexer.parts.layout import FORMATS, GRAM_DIRECTORY, KEYWORD_DIRECTORY, SHORT_TEXT_DIRECTORY, VECTOR_DIRECTORY
from indexer.parts.short_texts import read_rows
from indexer.parts.vector_index import VectorIndex
from kb.errors import OperatorError
from kb.language.rescue.vocabulary import Vocabulary
from kb.model import Article
from kb.ports import Analyzer
from kb.results import Degradation
from kb.storage.generations import MANIFEST, CorruptGeneration, GenerationStore, Manifest, read_manifest
from search.serving.catalogue import Catalogue
from search.serving.completions import SuggestionIndex, completions
from search.serving.lexical import LexicalSearch
from search.serving.retrievers import Passages, ShortTexts, VectorSearch

# Parts that search can do without: the words answer.
MEANING: Final = (VECTOR_DIRECTORY, SHORT_TEXT_DIRECTORY)
# How long a new generation may go unnoticed, in seconds.
CHECK_INTERVAL: Final = 0.5
# Generations up to this size, in bytes, are compared with their checksums before they serve (.05 s); larger ones while
# they serve, but for the words.
COMPARED_FIRST: Final = 64 * 1024 * 1024
# Seconds before a generation is read once more, if something in it still cannot be read.
COMPARED_AGAIN_S: Final = 60.0

_log = logging.getLogger(__name__)
_Part = TypeVar("_Part")


class Snapshot:
    """One generation, opened; immutable and thread-safe.

    Attributes:
        name: Name of the generation.
        created: When it was built.
        content: Its articles.
        analyzer: The one that built it.
        catalogue: What filters need to know of the articles.
        keywords: Its words, or None.
        lexical: Search by words, or None.
        vectors: Search by meaning, or None.
        embedder: Fingerprint of the model that gave the vectors, or None.
        degraded: Parts that could not be opened.

    Args:
        directory: Directory of the generation.
        analyzer: Analyses queries.
        damaged: Files whose bytes are not those that were sealed; the parts that they belong to are left out. Whoosh
            keeps pickles, so a keyword index of unknown bytes is never opened.

    Raises:
        OperatorError: Another version or another analyser built the generation, or its content cannot be read.
    """

    def __init__(self, directory: Path, analyzer: Analyzer, damaged: Sequence[str] = ()) -> None:
        manifest = read_manifest(directory)
        _refuse_other_formats(directory.name, manifest, [part for part in FORMATS if part not in MEANING])
        if manifest.analyser != analyzer.fingerprint:
            raise OperatorError(
                f"The index {directory.name} was built by another language analysis ({manifest.analyser}, now "
                f"{analyzer.fingerprint}).",
                "run `kb index`, or set KB_MORPHOLOGY_DB to what it was then.",
            )
        self.name = directory.name
        self.created = manifest.created
        self.analyzer = analyzer
        self.content = _open_content(directory)
        self.catalogue = Catalogue(self.content.cards())
        self._failed: list[Degradation] = []
        self._damaged = {name.split("/")[0]: name for name in damaged}
        self.keywords = self._part(
            Degradation.KEYWORD, lambda: KeywordIndex(self._intact(directory, KEYWORD_DIRECTORY))
        )
        grams = self._part(Degradation.GRAMS, lambda: GramIndex(self._intact(directory, GRAM_DIRECTORY)))
        self.lexical = (
            LexicalSearch(self.keywords, grams, self.catalogue, self.content.article, analyzer)
            if self.keywords
            else None
        )
        self.embedder = manifest.embedder
        self.vectors = (
            self._part(Degradation.VECTOR, lambda: self._open_vectors(directory, manifest)) if self.embedder else None
        )
        self.degraded = tuple(self._failed) if self.embedder else (*self._failed, Degradation.VECTOR)
        self._directory = directory
        self._lazy_lock = threading.Lock()

    @property
    def suggestions(self) -> SuggestionIndex:
        """Return what can be suggested while typing; built when first asked for, which takes a second or so."""
        with self._lazy_lock:
            return self._suggestions

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the words of the index, for rewriting queries; built when first asked for."""
        with self._lazy_lock:
            return self._vocabulary

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        if self.keywords is None or self.lexical is None:
            return Vocabulary({}, lambda word: False)
        keywords = self.keywords
        return Vocabulary(keywords.vocabulary(), self.lexical.knows, keywords.surfaces, self.analyzer.recognises)

    @cached_property
    def _suggestions(self) -> SuggestionIndex:
        return SuggestionIndex(item for article in self._articles() for item in completions(article))

    def _articles(self) -> list[Article]:
        articles = (self.content.article(key) for key in self.content.article_keys())
        return [article for article in articles if article is not None]

    def _open_vectors(self, directory: Path, manifest: Manifest) -> VectorSearch:
        _refuse_other_formats(self.name, manifest, MEANING)
        passages = VectorIndex(self._intact(directory, VECTOR_DIRECTORY))
        owners = self.content.chunk_owners()
        if tuple(chunk for chunk, _ in owners) != passages.chunk_ids:
            raise OperatorError(f"The vectors of {self.name} are not those of its passages.", "run `kb index`.")
        directory = self._intact(directory, SHORT_TEXT_DIRECTORY)
        short_texts, rows = VectorIndex(directory), read_rows(directory)
        if len(short_texts) != len(rows):
            raise OperatorError(f"The vectors of {self.name} are not those of its short texts.", "run `kb index`.")
        count = len(self.catalogue.cards)
        passage_rows: NDArray[np.int32] = np.array([row for _, row in owners], np.int32)
        return VectorSearch(
            self.catalogue, Passages(passages, count, passage_rows), ShortTexts(short_texts, count, rows)
        )

    def _intact(self, directory: Path, part: str) -> Path:
        if name := self._damaged.get(part):
            raise CorruptGeneration(self.name, f"{name} does not have the SHA-256 of the manifest")
        return directory / part

    def _part(self, part: Degradation, open_part: Callable[[], _Part]) -> _Part | None:
        try:
            return open_part()
        except Exception:  # noqa: BLE001 - whatever is wrong with one part, the others must answer
            _log.exception("The %s part of the index %s cannot be used; run `kb index`.", part, self.name)
            self._failed.append(part)
            return None


class SnapshotHolder:
    """Hands out the generation that serves; a new one takes over by itself, requests in flight keep theirs.

    A generation whose bytes are not those that were sealed gives way to an earlier intact one. Where there is none,
    it serves without the damaged parts.

    Args:
        store: Where the generations are.
        analyzer: Analyses queries.
        timer: Monotonic, in seconds.
        generation: Name of the one to hold, whichever serves; None: the one that serves.
    """

    def __init__(
        self,
        store: GenerationStore,
        analyzer: Analyzer,
        timer: Callable[[], float] = time.monotonic,
        generation: str | None = None,
    ) -> None:
        self._store = store
        self._analyzer = analyzer
        self._timer = timer
        self._generation = generation
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._stamp: tuple[int, int] | None = None
        self._checked = float("-inf")
        self._damage: dict[str, tuple[str, ...]] = {}
        self._compared: dict[str, float] = {}
        self._reopen = False

    def current(self) -> Snapshot:
        """Return the generation that serves now; it stays on disk for as long as somebody holds it.

        Raises:
            OperatorError: There is none that can be opened; names the remedy.
        """
        snapshot = self._snapshot
        if snapshot is not None and self._is_fresh():
            return snapshot
        # While one thread opens a new generation, the others go on with the old one.
        if self._lock.acquire(blocking=snapshot is None):
            try:
                return self._refreshed()
            finally:
                self._lock.release()
        assert snapshot is not None
        return snapshot

    @property
    def damage(self) -> tuple[str, ...]:
        """Return the files of the generation that serves whose bytes are not those that were sealed."""
        return self._damage.get(self._snapshot.name, ()) if self._snapshot else ()

    def compare(self, name: str) -> None:
        """Read a generation once more, since something in it could not be read; an intact one takes over if need be."""
        path = self._store.generation(name)
        if self._timer() - self._compared.get(name, float("-inf")) < COMPARED_AGAIN_S:
            return
        self._compared[name] = self._timer()
        if path is not None and (damaged := self._read(path)) != self._damage.get(name):
            self._note_damage(name, damaged)
            self._reopen = True

    def _refreshed(self) -> Snapshot:
        if self._snapshot is not None and self._is_fresh():
            return self._snapshot
        stamp, reopen, self._reopen = self._store.stamp(), self._reopen, False
        if self._snapshot is None or reopen or stamp != self._stamp:
            try:
                self._snapshot = self._opened()
            except OperatorError as error:
                if self._snapshot is None:
                    raise
                _log.error("The new index is not used: %s", error)
        self._stamp, self._checked = stamp, self._timer()
        return self._snapshot

    def _is_fresh(self) -> bool:
        return not self._reopen and self._timer() - self._checked < CHECK_INTERVAL

    def _opened(self) -> Snapshot:
        if self._generation:
            held = self._store.generation(self._generation)
            candidates = [held] if held else []
        else:
            candidates = list(self._store.candidates())
        if not candidates:
            wanted = f"generation {self._generation}" if self._generation else "index yet"
            raise OperatorError(f"There is no {wanted}.", "run `kb index`.")
        for path in self._intact_first(candidates):
            if self._snapshot is not None and path.name == self._snapshot.name:
                return self._snapshot
            try:
                return self._pinned(path)
            except CorruptGeneration as error:
                _log.error("The index is not used: %s", error)
                fault = error
        raise fault

    def _intact_first(self, candidates: Sequence[Path]) -> Iterator[Path]:
        damaged = []
        for path in candidates:  # none is read before it is needed
            if self._known_damage(path):
                damaged.append(path)
            else:
                yield path
        yield from damaged

    def _pinned(self, path: Path) -> Snapshot:
        with ExitStack() as pin:
            pin.enter_context(self._store.pin(path))
            snapshot = Snapshot(path, self._analyzer, self._known_damage(path))
            # Released when the last request that holds the snapshot has ended.
            weakref.finalize(snapshot, pin.pop_all().close)
        return snapshot

    def _known_damage(self, path: Path) -> tuple[str, ...]:
        """Return what is damaged in a generation; it is read once, a large one for the most part in the background."""
        if path.name not in self._damage:
            large = sum(entry.size for entry in read_manifest(path).files.values()) > COMPARED_FIRST
            self._note_damage(path.name, self._read(path, KEYWORD_DIRECTORY if large else ""))
            if large:
                threading.Thread(target=self.compare, args=(path.name,), name="compare", daemon=True).start()
        return self._damage[path.name]

    def _read(self, path: Path, under: str = "") -> tuple[str, ...]:
        try:
            return self._store.damage(path, under)
        except CorruptGeneration:  # pruned in the meantime, or without a manifest
            return (MANIFEST,)

    def _note_damage(self, name: str, damaged: tuple[str, ...]) -> None:
        self._damage[name] = damaged
        if damaged:
            _log.error("The index %s is damaged: %s. Run `kb index`.", name, ", ".join(damaged))


def _refuse_other_formats(name: str, manifest: Manifest, parts: Iterable[str]) -> None:
    for part in parts:
        built, version = manifest.formats.get(part, "none"), FORMATS[part]
        if built != version:
            fault = f"another version of Dalil built it (format of {part}: {built}, now {version})"
            raise CorruptGeneration(name, fault)


def _open_content(directory: Path) -> ContentStore:
    try:
        return ContentStore(directory)
    except OSError as error:
        raise CorruptGeneration(directory.name, f"its content cannot be read ({error})") from error
