"""The form in which the bundled model is kept: 8-bit weights in one file, and back to 32 bits.

``weights.safetensors`` is read by two readers: onnxruntime, for which ``model.onnx`` points into it, and this module,
which turns it into a folder that sentence-transformers loads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WEIGHTS = "weights.safetensors"
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
CONFIG = "config.json"
# Largest absolute values. Processors without VNNI add two products of an 8-bit value and a weight in 16 bits: those of
# 7-bit weights always fit (255 * 63 * 2 = 32,130), larger ones saturate
_ROW_LIMIT = 127
_COLUMN_LIMIT = 63

Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class BundleShape:
    """What whoever asks a bundled network for vectors needs to know of it.

    Attributes:
        pieces: Rows of the vocabulary.
        dimension: Length of the result's vectors.
        max_tokens: Pieces after which a text is cut off.
    """

    pieces: int
    dimension: int
    max_tokens: int

    def to_json(self) -> str:
        """Return the configuration as it is stored."""
        return json.dumps(asdict(self), indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class BundleConfig(BundleShape):
    """The shape of the transformer.

    Attributes:
        inner: Width of the feed-forward part.
        positions: Longest sequence that has position vectors.
    """

    layers: int
    heads: int
    inner: int
    positions: int
    norm_epsilon: float


def read_shape(folder: Path) -> BundleShape:
    """Return what is the same of every bundled network from the configuration kept in a folder."""
    kept = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    return BundleShape(**{field.name: kept[field.name] for field in fields(BundleShape)})


def read_config(folder: Path) -> BundleConfig:
    """Return the configuration kept in a folder."""
    return BundleConfig(**json.loads((folder / CONFIG).read_text(encoding="utf-8")))


def quantise_rows(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return 8-bit rows and the factor of each, shape (rows, 1)."""
    return _quantise(matrix, axis=1, limit=_ROW_LIMIT)


def quantise_columns(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return 8-bit columns and the factor of each, shape (columns,)."""
    quantised, scales = _quantise(matrix, axis=0, limit=_COLUMN_LIMIT)
    return quantised, scales.reshape(-1)


def restored_weights(tensors: Tensors, config: BundleConfig) -> dict[str, NDArray[np.float32]]:
    """Return the weights in 32 bits under the names that transformers gives them."""
    token_types = np.zeros((2, config.dimension), dtype=np.float32)
    restored = {
        "embeddings.word_embeddings.weight": _restore(tensors, "pieces"),
        "embeddings.position_embeddings.weight": tensors["positions"],
        "embeddings.token_type_embeddings.weight": token_types,
        "embeddings.LayerNorm.weight": tensors["norm.weight"],
        "embeddings.LayerNorm.bias": tensors["norm.bias"],
    }
    for layer in range(config.layers):
        restored.update(_restored_layer(tensors, layer))
    return {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in restored.items()}


def _restored_layer(tensors: Tensors, layer: int) -> dict[str, NDArray[Any]]:
    to, source = f"encoder.layer.{layer}.", f"layer{layer}."
    restored: dict[str, NDArray[Any]] = {}
    weights = np.split(_restore_matrix(tensors, f"{source}attention"), 3)
    biases = np.split(tensors[f"{source}attention.bias"], 3)
    for part, weight, bias in zip(("query", "key", "value"), weights, biases, strict=True):
        restored[f"{to}attention.self.{part}.weight"] = weight
        restored[f"{to}attention.self.{part}.bias"] = bias
    for name, part in (
        ("attended", "attention.output.dense"),
        ("inner", "intermediate.dense"),
        ("outer", "output.dense"),
    ):
        restored[f"{to}{part}.weight"] = _restore_matrix(tensors, f"{source}{name}")
        restored[f"{to}{part}.bias"] = tensors[f"{source}{name}.bias"]
    for name, part in (("attended.norm", "attention.output.LayerNorm"), ("outer.norm", "output.LayerNorm")):
        restored[f"{to}{part}.weight"] = tensors[f"{source}{name}.weight"]
        restored[f"{to}{part}.bias"] = tensors[f"{source}{name}.bias"]
    return restored


def _restore(tensors: Tensors, name: str) -> NDArray[np.float32]:
    return np.asarray(tensors[name].astype(np.float32) * tensors[f"{name}.scale"], dtype=np.float32)


def _restore_matrix(tensors: Tensors, name: str) -> NDArray[np.float32]:
    """Return a matrix as transformers keeps it: one row an output."""
    return np.asarray((_restore(tensors, name) * tensors[f"{name}.shrink"][:, None]).T, dtype=np.float32)


def _quantise(matrix: NDArray[np.float32], axis: int, limit: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    scales = np.maximum(np.abs(matrix).max(axis=axis, keepdims=True), 1e-9).astype(np.float32) / limit
    return np.rint(matrix / scales).astype(np.int8), scales.astype(np.float32)
