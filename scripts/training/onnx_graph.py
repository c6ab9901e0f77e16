"""Builds ``model.onnx``: the network over the bundled 8-bit weights, which stay in their own file.

Written with onnxruntime's own operators, so that nothing is left to optimise when the model is opened.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto

from kb.embedding.bundle import BundleConfig, read_config
from scripts.training.graph_builder import GraphBuilder

_OPSET = 17


def write_graph(folder: Path) -> None:
    """Write ``model.onnx`` beside the weights of a bundle."""
    config = read_config(folder)
    builder = _Builder(config)
    builder.write(folder, _network(builder, config), config.dimension, _OPSET)


class _Builder(GraphBuilder):
    """Adds what the layers of this network repeat."""

    def __init__(self, config: BundleConfig) -> None:
        super().__init__()
        self.config = config

    def matrix(self, value: str, name: str) -> str:
        """Level the channels, multiply by an 8-bit matrix and add its bias."""
        levelled = self.add("Mul", value, f"{name}.shrink")
        return self.add_own("DynamicQuantizeMatMul", levelled, name, f"{name}.scale", "", f"{name}.bias")

    def norm(self, value: str, residual: str, name: str) -> str:
        """Add the residual and normalise."""
        epsilon = self.config.norm_epsilon
        weights = (f"{name}.weight", f"{name}.bias")
        return self.add_own("SkipLayerNormalization", value, residual, *weights, epsilon=epsilon)


def _network(builder: _Builder, config: BundleConfig) -> str:
    keep = builder.add("Not", builder.add("Equal", "ids", builder.constant(np.array(0, dtype=np.int64))))
    mask = builder.add("Cast", keep, to=TensorProto.INT32)
    rows = builder.add("Cast", builder.add("Gather", "pieces", "ids"), to=TensorProto.FLOAT)
    pieces = builder.add("Mul", rows, builder.add("Gather", "pieces.scale", "ids"))
    length = builder.add("Shape", "ids", start=1, end=2)
    zero = builder.constant(np.array([0], dtype=np.int64))
    places = builder.add("Unsqueeze", builder.add("Slice", "positions", zero, length, zero), zero)
    shape = builder.add("Shape", pieces)
    hidden = builder.norm(pieces, builder.add("Expand", places, shape), "norm")
    for layer in range(config.layers):
        hidden = _layer(builder, hidden, mask, layer)
    return _mean(builder, hidden, mask)


def _layer(builder: _Builder, hidden: str, mask: str, layer: int) -> str:
    name = f"layer{layer}."
    joined = builder.matrix(hidden, f"{name}attention")
    query, key, value = builder.split(joined, [builder.config.dimension] * 3, axis=2)
    mixed = builder.add_own("MultiHeadAttention", query, key, value, "", mask, num_heads=builder.config.heads)
    attended = builder.norm(builder.matrix(mixed, f"{name}attended"), hidden, f"{name}attended.norm")
    inner = builder.add_own("Gelu", builder.matrix(attended, f"{name}inner"))
    return builder.norm(builder.matrix(inner, f"{name}outer"), attended, f"{name}outer.norm")


def _mean(builder: _Builder, hidden: str, mask: str) -> str:
    """Average the vectors of the real pieces and bring the result to length one."""
    last = builder.constant(np.array([2], dtype=np.int64))
    middle = builder.constant(np.array([1], dtype=np.int64))
    shown = builder.add("Unsqueeze", builder.add("Cast", mask, to=TensorProto.FLOAT), last)
    total = builder.add("ReduceSum", builder.add("Mul", hidden, shown), middle, keepdims=0)
    mean = builder.add("Div", total, builder.add("ReduceSum", shown, middle, keepdims=0))
    return builder.add("LpNormalization", mean, axis=-1, p=2)
