"""A bundled encoder, run by onnxruntime: the one home of that library; torch is not needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kb.embedding.bundle import GRAPH, TOKENIZER, BundleShape, read_shape
from kb.embedding.model_folder import CHECKSUMS, sha256, verify_checksums
from kb.embedding.texts import encodable
from kb.errors import OperatorError
from kb.ports import FloatMatrix

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

# Pieces of one batch after padding; more gains no speed and costs memory
_BATCH_PIECES = 2048
_REMEDY = "reinstall Dalil, or set KB_EMBEDDING_MODEL to another model"


class OnnxEncoder:
    """Embeds questions and passages alike: the bundled networks were trained without prompts.

    Args:
        session: The network.
        tokenizer: Cuts texts into the network's pieces.
        shape: What the network takes and gives.
        fingerprint: Text that changes when a file of the model does.
    """

    def __init__(self, session: InferenceSession, tokenizer: Tokenizer, shape: BundleShape, fingerprint: str) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._shape = shape
        self._fingerprint = fingerprint

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes whenever the same input may give other vectors."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Return the length of the vectors."""
        return self._shape.dimension

    def encode_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text; each is embedded by itself, so that it never depends on the others."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch(encodable(texts))]
        return np.concatenate([self._run([row]) for row in rows])

    def encode_documents(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text; texts of like length are computed together."""
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch(encodable(texts))]
        vectors = np.empty((len(rows), self.dimension), dtype=np.float32)
        for places in _batches([len(row) for row in rows]):
            vectors[places] = self._run([rows[place] for place in places])
        return vectors

    def _run(self, rows: Sequence[Sequence[int]]) -> FloatMatrix:
        width = max(len(row) for row in rows)
        ids: NDArray[np.int64] = np.zeros((len(rows), width), dtype=np.int64)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = row
        (vectors,) = self._session.run(None, {"ids": ids})
        return np.asarray(vectors, dtype=np.float32)


def load_encoder(folder: Path, threads: int) -> OnnxEncoder:
    """Load an encoder of the bundled form after checking each file against its checksum.

    Args:
        folder: Where it lies.
        threads: Threads of one process.

    Raises:
        OperatorError: A file is missing, damaged, or does not fit the others.
    """
    verify_checksums(folder, _REMEDY)
    from onnxruntime import InferenceSession, SessionOptions
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph
    from tokenizers import Tokenizer

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A server that waits must not burn its core, and batches of all lengths must not each keep their memory
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    try:
        shape = read_shape(folder)
        session = InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except (Fail, InvalidArgument, InvalidGraph, ValueError, TypeError, KeyError) as error:
        raise OperatorError(f"The model in {folder} cannot be opened ({error}).", _REMEDY) from error
    if tokenizer.get_vocab_size() != shape.pieces:
        raise OperatorError(f"Tokenizer and weights in {folder} do not belong to one model.", _REMEDY)
    tokenizer.enable_truncation(shape.max_tokens)
    return OnnxEncoder(session, tokenizer, shape, sha256(folder / CHECKSUMS)[:16])


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Return places of texts grouped by like length, each group within the batch's pieces after padding."""
    groups: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda place: (lengths[place], place)):
        if groups and lengths[place] * (len(groups[-1]) + 1) <= _BATCH_PIECES:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups
