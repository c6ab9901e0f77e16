"""Builds ``model.onnx``: the network over the bundled 8-bit weights, which stay in their own file.

Written with onnxruntime's own operators, so that nothing is left to optimise when the model is opened.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from kb.embedding.bundle import GRAPH, WEIGHTS, BundleConfig, read_config

_CONTRIB = "com.microsoft"
_OPSET = 17
_TYPES = {"I8": TensorProto.INT8, "F32": TensorProto.FLOAT}
# ONNX 1.12: what onnxruntime 1.30 and newer reads
_IR_VERSION = 8


def write_graph(folder: Path) -> None:
    """Write ``model.onnx`` beside the weights of a bundle."""
    config = read_config(folder)
    builder = _Builder(config)
    result = _network(builder, config)
    graph = helper.make_graph(
        builder.nodes,
        "dalil-embedder",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "pieces"])],
        [helper.make_tensor_value_info(result, TensorProto.FLOAT, ["texts", config.dimension])],
        initializer=[*builder.constants, *_external_tensors(folder / WEIGHTS)],
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="dalil")
    (folder / GRAPH).write_bytes(model.SerializeToString())


@dataclass
class _Builder:
    """Collects nodes; every method adds one and returns the name of its result."""

    config: BundleConfig
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a standard operator."""
        return self._add(operator, inputs, "", attributes)

    def add_own(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator of onnxruntime."""
        return self._add(operator, inputs, _CONTRIB, attributes)

    def constant(self, value: NDArray[np.generic]) -> str:
        """Add a constant."""
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def matrix(self, value: str, name: str) -> str:
        """Level the channels, multiply by an 8-bit matrix and add its bias."""
        levelled = self.add("Mul", value, f"{name}.shrink")
        return self.add_own("DynamicQuantizeMatMul", levelled, name, f"{name}.scale", "", f"{name}.bias")

    def norm(self, value: str, residual: str, name: str) -> str:
        """Add the residual and normalise."""
        epsilon = self.config.norm_epsilon
        weights = (f"{name}.weight", f"{name}.bias")
        return self.add_own("SkipLayerNormalization", value, residual, *weights, epsilon=epsilon)

    def _add(self, operator: str, inputs: tuple[str, ...], domain: str, attributes: dict[str, Any]) -> str:
        result = f"{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [result], domain=domain, **attributes))
        return result


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
    thirds = builder.constant(np.array([builder.config.dimension] * 3, dtype=np.int64))
    parts = [f"{name}{part}" for part in ("query", "key", "value")]
    builder.nodes.append(helper.make_node("Split", [joined, thirds], parts, axis=2))
    mixed = builder.add_own("MultiHeadAttention", *parts, "", mask, num_heads=builder.config.heads)
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


def _external_tensors(weights: Path) -> list[onnx.TensorProto]:
    """Return the tensors of a safetensors file as references into it."""
    with weights.open("rb") as stream:
        header_length = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(header_length))
    tensors = []
    for name, entry in sorted(header.items()):
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        tensor = TensorProto(name=name, dims=entry["shape"], data_type=_TYPES[entry["dtype"]])
        tensor.data_location = TensorProto.EXTERNAL
        where = {"location": weights.name, "offset": 8 + header_length + start, "length": end - start}
        for key, value in where.items():
            tensor.external_data.add(key=key, value=str(value))
        tensors.append(tensor)
    return tensors
