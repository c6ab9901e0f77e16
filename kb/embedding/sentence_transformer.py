"""Any sentence-transformers model as an `Embedder`: the one home of that library.

The model's own prompts, pooling and dimension are respected; only its loading errors are put into words.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kb.embedding.calibration import UNCALIBRATED
from kb.embedding.model_folder import fingerprint
from kb.embedding.texts import encodable
from kb.errors import OperatorError
from kb.ports import Calibration, FloatMatrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_REMEDY = (
    "set KB_EMBEDDING_MODEL to `bundled`, to a folder that holds a sentence-transformers model, or to a name that "
    "was downloaded before or can be downloaded now"
)
_BATCH = 32
_WEIGHTS = ("*.safetensors", "*.bin")
# The same weights for other programs, not worth the download
_OTHER_PROGRAMS = ("onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.onnx")


class SentenceTransformerEmbedder:
    """Embeds with torch through sentence-transformers.

    Args:
        model: A loaded model.
        fingerprint: Text that changes when the model's files do.
        calibration: What was measured about it.
    """

    def __init__(self, model: SentenceTransformer, fingerprint: str, calibration: Calibration) -> None:
        self._model = model
        self._fingerprint = fingerprint
        self._calibration = calibration
        dimension = model.get_embedding_dimension()
        assert dimension is not None, "a sentence embedding has a length"
        self._dimension = dimension

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes whenever the same input may give other vectors."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Return the length of the vectors."""
        return self._dimension

    @property
    def calibration(self) -> Calibration:
        """Return what was measured about this model's similarities."""
        return self._calibration

    def encode_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text, with the prompt that the model has for questions."""
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)
        return _unit(
            self._model.encode_query(
                encodable(texts), batch_size=_BATCH, convert_to_numpy=True, show_progress_bar=False
            )
        )

    def encode_documents(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text, with the prompt that the model has for passages."""
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)
        return _unit(
            self._model.encode_document(
                encodable(texts), batch_size=_BATCH, convert_to_numpy=True, show_progress_bar=False
            )
        )


def load_sentence_transformer(
    name: str, threads: int, calibration: Callable[[str], Calibration | None]
) -> SentenceTransformerEmbedder:
    """Load a model.

    Args:
        name: A folder, or the name of a public model, which is downloaded once unless it is on this machine.
        threads: Threads of torch in this process.
        calibration: What was measured about the model of a fingerprint, None where nothing was.

    Raises:
        OperatorError: The folder is not a model, a file is missing or does not fit the others, or the name is neither
            on this machine nor to be had.
    """
    is_folder = Path(name).is_dir()
    if not is_folder and _looks_like_path(name):
        raise OperatorError(f"KB_EMBEDDING_MODEL names the folder {name}, which does not exist.", _REMEDY)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    folder = Path(name) if is_folder else _downloaded(name)
    try:
        model = SentenceTransformer(str(folder), local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise OperatorError(f"KB_EMBEDDING_MODEL: {name} cannot be loaded ({_first_line(error)}).", _REMEDY) from error
    known_by = fingerprint(folder)
    return SentenceTransformerEmbedder(model, known_by, calibration(known_by) or UNCALIBRATED)


def _downloaded(name: str) -> Path:
    """Return the folder of a public model; the network is asked only where the model is not on this machine."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        kept = Path(snapshot_download(repository, local_files_only=True))
        if any(next(kept.rglob(pattern), None) for pattern in _WEIGHTS):
            return kept
    except (OSError, ValueError):
        pass  # not on this machine: download it
    try:
        return Path(snapshot_download(repository, ignore_patterns=list(_OTHER_PROGRAMS)))
    except (OSError, ValueError, HfHubHTTPError) as error:
        raise OperatorError(
            f"KB_EMBEDDING_MODEL: {name} cannot be obtained ({_first_line(error)}).", _REMEDY
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _looks_like_path(name: str) -> bool:
    return name.startswith(("/", ".", "~")) or name.count("/") > 1


def _unit(vectors: np.ndarray) -> FloatMatrix:
    """Return rows of length one; not every model normalises."""
    as_floats = np.ascontiguousarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(as_floats, axis=1, keepdims=True)
    return np.asarray(as_floats / np.maximum(lengths, np.float32(1e-12)), dtype=np.float32)
