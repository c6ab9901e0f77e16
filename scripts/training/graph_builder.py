"""Collects the nodes of a network for onnxruntime whose tensors stay in a file of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from kb.embedding.bundle import GRAPH, WEIGHTS

_CONTRIB = "com.microsoft"
_TYPES = {"I8": TensorProto.INT8, "U8": TensorProto.UINT8, "F16": TensorProto.FLOAT16, "F32": TensorProto.FLOAT}
# ONNX 1.12: what onnxruntime 1.30 and newer reads
_IR_VERSION = 8


@dataclass
class GraphBuilder:
    """Collects nodes; every method adds one and returns the name of its result."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a standard operator."""
        return self._add(operator, inputs, "", attributes)

    def add_own(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator of onnxruntime."""
        return self._add(operator, inputs, _CONTRIB, attributes)

    def split(self, value: str, sizes: list[int], axis: int) -> list[str]:
        """Cut a value into parts along an axis; return the name of each."""
        parts = [f"Split{len(self.nodes)}.{part}" for part in range(len(sizes))]
        lengths = self.constant(np.array(sizes, dtype=np.int64))
        self.nodes.append(helper.make_node("Split", [value, lengths], parts, axis=axis))
        return parts

    def constant(self, value: NDArray[np.generic]) -> str:
        """Add a constant."""
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def write(self, folder: Path, result: str, dimension: int, opset: int) -> None:
        """Write ``model.onnx`` beside the weights: ids of pieces in, one vector a text out."""
        graph = helper.make_graph(
            self.nodes,
            "dalil-embedder",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "pieces"])],
            [helper.make_tensor_value_info(result, TensorProto.FLOAT, ["texts", dimension])],
            initializer=[*self.constants, *_external_tensors(folder / WEIGHTS)],
        )
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid(_CONTRIB, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="dalil")
        (folder / GRAPH).write_bytes(model.SerializeToString())

    def _add(self, operator: str, inputs: tuple[str, ...], domain: str, attributes: Mapping[str, Any]) -> str:
        result = f"{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [result], domain=domain, **attributes))
        return result


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
