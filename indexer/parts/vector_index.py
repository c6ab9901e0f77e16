"""The vectors of all passages, stored by FAISS: the one module that knows FAISS, and both writes and reads the files.

FAISS answers missing neighbours with id -1, ties in no order, NaN with nothing and a wrong dimension with an assertion
without text. All of that ends here. It must not know articles, only passages in the order of `ContentStore.chunks()`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kb.errors import OperatorError
from kb.model import Chunk, ChunkId
from kb.ports import Embedder, FloatMatrix

VECTORS_FILE: Final = "vectors.faiss"
ROWS_FILE: Final = "vectors.json"
FORMAT: Final = 1
# Passages embedded at once: large enough to be fast, small enough for a progress bar that moves.
BATCH: Final = 64


Progress = Callable[[int, int], None]
"""Called with the passages done and the passages to do."""


@dataclass(frozen=True, slots=True)
class BuildCount:
    """How the vectors of a build came about.

    Attributes:
        embedded: Passages that the model read.
        reused: Passages whose vectors were taken over from the previous generation.
    """

    embedded: int
    reused: int


@dataclass(frozen=True, slots=True, order=True)
class Neighbour:
    """A passage near a query.

    Attributes:
        row: Place of the passage in `ContentStore.chunks()`.
        cosine: Similarity, -1 to 1.
    """

    row: int
    cosine: float


def build_vector_index(
    directory: Path,
    chunks: Sequence[Chunk],
    embedder: Embedder,
    previous: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> BuildCount:
    """Embed passages and write their vectors.

    Args:
        directory: Where the files go; it exists.
        chunks: Passages, in the order of `ContentStore.chunks()`.
        embedder: Gives the vectors.
        previous: Directory of the previous generation; its vectors serve again where passage and embedder are the same.
        progress: Told after every batch.

    Returns:
        How many passages were embedded and how many taken over.

    Raises:
        OperatorError: The embedder gives vectors of another shape than it says, or not finite ones.
    """
    vectors = np.zeros((len(chunks), embedder.dimension), np.float32)
    known = _reusable(previous, embedder) if previous else {}
    missing: list[int] = []
    for row, chunk in enumerate(chunks):
        vector = known.get(chunk.id)
        if vector is None:
            missing.append(row)
        else:
            vectors[row] = vector
    reused = len(chunks) - len(missing)
    # Texts of like length share a batch, so that little is padded.
    missing.sort(key=lambda row: (len(chunks[row].embedding_text), row))
    for start in range(0, len(missing), BATCH):
        rows = missing[start : start + BATCH]
        vectors[rows] = _checked(
            embedder.encode_documents([chunks[row].embedding_text for row in rows]), embedder, rows
        )
        progress(reused + start + len(rows), len(chunks))
    _write(directory, vectors, [chunk.id for chunk in chunks], embedder.fingerprint)
    return BuildCount(embedded=len(missing), reused=reused)


class VectorIndex:
    """The vectors of one generation, mapped into memory and read only; thread-safe.

    Args:
        directory: Directory of the generation.

    Raises:
        OperatorError: A file is missing, damaged or does not belong to the other; names it.
    """

    def __init__(self, directory: Path) -> None:
        rows = _read_rows(directory / ROWS_FILE)
        self._index = _read_vectors(directory / VECTORS_FILE)
        self.embedder_fingerprint: str = str(rows["embedder"])
        self.dimension: int = int(rows["dimension"])
        self.chunk_ids: tuple[ChunkId, ...] = tuple(ChunkId(item) for item in rows["chunks"])
        if self._index.ntotal != len(self.chunk_ids) or self._index.d != self.dimension:
            raise _damaged(directory / VECTORS_FILE, f"it does not belong to {ROWS_FILE}")

    def __len__(self) -> int:
        return len(self.chunk_ids)

    def search(
        self, vector: FloatMatrix, k: int, allowed: NDArray[np.bool_] | None = None, floor: float = -1.0
    ) -> tuple[Neighbour, ...]:
        """Return the passages nearest to a query.

        Args:
            vector: One unit vector, shape (dimension,).
            k: How many are wanted at most.
            allowed: One truth value a row: whether it may be found; None means all.
            floor: Cosine under which a passage does not count as found.

        Returns:
            Neighbours by falling cosine, ties by row; fewer than `k` where there are no more.

        Raises:
            OperatorError: The vector has another dimension than the index.
        """
        query = self._checked_query(vector)
        k = min(k, len(self))
        if k <= 0 or not np.isfinite(query).all() or (allowed is not None and not allowed.any()):
            return ()
        cosines, rows = self._index.search(query, k, params=None if allowed is None else _only(allowed))
        found = [
            Neighbour(int(row), float(cosine))
            for row, cosine in zip(rows[0], cosines[0], strict=True)
            if row >= 0 and cosine >= floor
        ]
        return tuple(sorted(found, key=lambda neighbour: (-neighbour.cosine, neighbour.row)))

    def cosines(self, vector: FloatMatrix, rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the similarity of a query to given rows, in their order.

        Args:
            vector: One unit vector, shape (dimension,).
            rows: Rows of this index.
        """
        query = self._checked_query(vector)
        if not len(rows):
            return np.zeros(0, np.float32)
        similarities: NDArray[np.float32] = self.vectors(rows) @ query[0]
        return similarities

    def vectors(self, rows: Sequence[int]) -> FloatMatrix:
        """Return stored vectors.

        Args:
            rows: Rows of this index.

        Returns:
            One unit vector a row, shape (len(rows), dimension).
        """
        stored: FloatMatrix = self._index.reconstruct_batch(np.asarray(rows, np.int64))
        return stored

    def _checked_query(self, vector: FloatMatrix) -> FloatMatrix:
        if vector.shape != (self.dimension,):
            raise OperatorError(
                f"The embedding model gives vectors of shape {vector.shape}, the index holds {self.dimension} numbers.",
                "set KB_EMBEDDING_MODEL to the model that built the index, or run `kb index`.",
            )
        return np.ascontiguousarray(vector, np.float32).reshape(1, -1)


def _only(allowed: NDArray[np.bool_]) -> Any:
    """Return the FAISS parameters that limit a search to the allowed rows; they keep the bitmap alive."""
    import faiss

    # FAISS's type hints describe its C++ constructors, not these Python ones.
    selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # type: ignore[call-arg,arg-type]
    return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]


def _reusable(previous: Path, embedder: Embedder) -> dict[ChunkId, FloatMatrix]:
    """Return the vectors by passage of an older generation, nothing where they cannot serve."""
    try:
        index = VectorIndex(previous)
    except OperatorError:
        return {}
    if index.embedder_fingerprint != embedder.fingerprint or index.dimension != embedder.dimension or not len(index):
        return {}
    return dict(zip(index.chunk_ids, index.vectors(range(len(index))), strict=True))


def _checked(vectors: FloatMatrix, embedder: Embedder, rows: Sequence[int]) -> FloatMatrix:
    if vectors.shape != (len(rows), embedder.dimension) or not np.isfinite(vectors).all():
        raise OperatorError(
            f"The embedding model {embedder.fingerprint} gave vectors that cannot be used (shape {vectors.shape}).",
            "run `kb model verify`, or set KB_EMBEDDING_MODEL to another model.",
        )
    return vectors


def _write(directory: Path, vectors: FloatMatrix, chunk_ids: Sequence[ChunkId], fingerprint: str) -> None:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(directory / VECTORS_FILE))
    rows = {"format": FORMAT, "embedder": fingerprint, "dimension": vectors.shape[1], "chunks": list(chunk_ids)}
    (directory / ROWS_FILE).write_text(json.dumps(rows), "utf-8")


def _read_rows(path: Path) -> dict[str, Any]:
    try:
        rows = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _damaged(path, str(error)) from error
    if (
        not isinstance(rows, dict)
        or rows.get("format") != FORMAT
        or not {"embedder", "dimension", "chunks"} <= rows.keys()
    ):
        raise _damaged(path, "it is not of the format of this version")
    return rows


def _read_vectors(path: Path) -> Any:
    import faiss

    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise _damaged(path, "FAISS refuses it") from error


def _damaged(path: Path, why: str) -> OperatorError:
    return OperatorError(f"The vector index {path} cannot be read: {why}.", "run `kb index`.")
