"""Writes a trained student as files: a sentence-transformers folder, and the quantised weights that are bundled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from kb.embedding.bundle import BundleConfig, quantise_columns, quantise_rows
from scripts.training.arabic_tokenizer import MAX_TOKENS
from scripts.training.encoder import Student, padded

_LAYER = "encoder.layer.{}."
# How much of the difficulty moves from the values into the matrix: 0 none, 1 all
_SMOOTHING = 0.8
_SAMPLE_BATCH = 32

Weights = Mapping[str, NDArray[np.float32]]


def write_bundle(student: Student, tokenizer: Tokenizer, samples: Sequence[str], folder: Path) -> None:
    """Write ``weights.safetensors``, ``tokenizer.json`` and ``config.json`` in the bundled form.

    Vectors of pieces are 8-bit by row, matrices 8-bit by output column; the rest stays in 32 bits. What flows through
    the network is cut to 8 bits too when it runs, so channels with large values are shrunk first, and the matrix
    behind them grown (SmoothQuant, Xiao et al. 2023).

    Args:
        samples: Texts that show how large the values get.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.detach().cpu().numpy() for name, value in student.body.named_parameters()}
    pieces = torch.cat([student.english, student.arabic.detach()]).cpu().numpy()
    config = BundleConfig(
        pieces=len(pieces),
        dimension=pieces.shape[1],
        layers=student.body.config.num_hidden_layers,
        heads=student.body.config.num_attention_heads,
        inner=student.body.config.intermediate_size,
        positions=student.body.config.max_position_embeddings,
        norm_epsilon=student.body.config.layer_norm_eps,
        max_tokens=MAX_TOKENS,
    )
    save_file(
        _bundled_tensors(weights, pieces, largest_inputs(student, tokenizer, samples), config),
        str(folder / "weights.safetensors"),
    )
    (folder / "config.json").write_text(config.to_json(), encoding="utf-8")
    plain = Tokenizer.from_str(tokenizer.to_str())
    plain.no_padding()
    plain.save(str(folder / "tokenizer.json"), pretty=False)


def _bundled_tensors(
    weights: Weights, pieces: NDArray[np.float32], largest: Weights, config: BundleConfig
) -> dict[str, NDArray[Any]]:
    rows, row_scales = quantise_rows(pieces)
    token_type = weights["embeddings.token_type_embeddings.weight"][0]
    tensors: dict[str, NDArray[Any]] = {
        "pieces": rows,
        "pieces.scale": row_scales,
        "positions": weights["embeddings.position_embeddings.weight"] + token_type,
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    for layer in range(config.layers):
        tensors.update(_layer_tensors(weights, largest, layer))
    return {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}


def _layer_tensors(weights: Weights, largest: Weights, layer: int) -> dict[str, NDArray[Any]]:
    source = _LAYER.format(layer)
    matrices = {
        "attention": [f"{source}attention.self.{part}" for part in ("query", "key", "value")],
        "attended": [f"{source}attention.output.dense"],
        "inner": [f"{source}intermediate.dense"],
        "outer": [f"{source}output.dense"],
    }
    tensors: dict[str, NDArray[Any]] = {}
    for name, parts in matrices.items():
        stacked = np.concatenate([weights[f"{part}.weight"] for part in parts])
        shrink = _shrinking(largest[parts[0]], stacked)
        quantised, scales = quantise_columns(np.asarray(stacked.T / shrink[:, None], dtype=np.float32))
        tensors[f"layer{layer}.{name}.shrink"] = shrink
        tensors[f"layer{layer}.{name}"] = quantised
        tensors[f"layer{layer}.{name}.scale"] = scales
        tensors[f"layer{layer}.{name}.bias"] = np.concatenate([weights[f"{part}.bias"] for part in parts])
    for name, part in (("attended.norm", "attention.output.LayerNorm"), ("outer.norm", "output.LayerNorm")):
        for kind in ("weight", "bias"):
            tensors[f"layer{layer}.{name}.{kind}"] = weights[f"{source}{part}.{kind}"]
    return tensors


def largest_inputs(student: Student, tokenizer: Tokenizer, samples: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """Return the largest absolute value that enters each channel of each matrix, by the matrix's name."""
    largest: dict[str, Tensor] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def look(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            seen = inputs[0].detach().float().abs().flatten(0, -2).amax(0)
            largest[name] = torch.maximum(largest[name], seen) if name in largest else seen

        return look

    linear = [(name, part) for name, part in student.body.named_modules() if isinstance(part, nn.Linear)]
    hooks = [part.register_forward_pre_hook(watch(name)) for name, part in linear]
    rows = sorted((encoding.ids for encoding in tokenizer.encode_batch(list(samples))), key=len)
    with torch.no_grad():
        for start in range(0, len(rows), _SAMPLE_BATCH):
            student(padded(rows[start : start + _SAMPLE_BATCH], student.arabic.device))
    for hook in hooks:
        hook.remove()
    return {name: value.cpu().numpy() for name, value in largest.items()}


def _shrinking(largest: NDArray[np.float32], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the factor of each input channel that levels values and weights (rows of ``matrix`` are outputs)."""
    reach = np.maximum(largest, 1e-5) ** _SMOOTHING / np.maximum(np.abs(matrix).max(axis=0), 1e-5) ** (1 - _SMOOTHING)
    return np.asarray(1.0 / reach, dtype=np.float32)
