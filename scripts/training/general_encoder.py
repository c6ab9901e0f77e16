"""Reads Google's multilingual universal sentence encoder as a package carries it, and gives it the bundled form.

The network averages what four features of each piece say (its vector, and runs of 2, 3 and 5 pieces), and takes the
mean through three layers. Pieces of other writing systems than Arabic and Latin without marks are left out, and of the
result the axes along which texts differ most are kept.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from scripts.training.graph_builder import GraphBuilder

MAX_TOKENS: Final = 256
# Pieces of a run, and how many of them stand before the piece itself
_RUNS: Final = ((2, 0), (3, 1), (5, 2))
_INNER: Final = 256
_SPECIAL: Final = ("<pad>", "<unk>", "<s>", "</s>")
# Operators on bits of bytes came with it
_OPSET: Final = 18
_LOW: Final = 0b0011_1111
_EPSILON: Final = 1e-12
_MARKS: Final = r"[\u0610-\u061A\u0640\u064B-\u065F\u0670]"

Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces that are kept.

    Attributes:
        pieces: Text of each, the special ones first.
        scores: Log probability of each.
        places: Place of each in the source, -1 for padding.
        charsmap: How characters are folded, as sentencepiece compiles it.
    """

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    places: tuple[int, ...]
    charsmap: bytes


def read_vocabulary(model: Path) -> Vocabulary:
    """Return the pieces of a sentencepiece model that Arabic and English texts need."""
    from transformers.utils import sentencepiece_model_pb2_new as sentencepiece

    source = sentencepiece.ModelProto()  # type: ignore[attr-defined]  # made when imported
    source.ParseFromString(model.read_bytes())
    special = {source.pieces[place].piece: place for place in range(len(_SPECIAL) - 1)}
    kept = [
        (one.piece, float(one.score), place)
        for place, one in enumerate(source.pieces)
        if one.type == one.NORMAL and _is_needed(one.piece)
    ]
    pieces, scores, places = zip(*kept, strict=True)
    return Vocabulary(
        (*_SPECIAL, *pieces),
        (*(0.0 for _ in _SPECIAL), *scores),
        (*(special.get(name, -1) for name in _SPECIAL), *places),
        source.normalizer_spec.precompiled_charsmap,
    )


def write_tokenizer(vocabulary: Vocabulary, path: Path) -> None:
    """Write the same cutting into pieces for the library tokenizers."""
    first, unknown, last = (_SPECIAL.index(name) for name in ("<s>", "<unk>", "</s>"))
    ends = {name: {"id": name, "ids": [place], "tokens": [name]} for name, place in (("<s>", first), ("</s>", last))}
    single: list[dict[str, object]] = [
        {"SpecialToken": {"id": "<s>", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
    ]
    single.append({"SpecialToken": {"id": "</s>", "type_id": 0}})
    cutting: dict[str, object] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                *_folding(),
                {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(vocabulary.charsmap).decode()},
                {"type": "Strip", "strip_left": True, "strip_right": True},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
            ],
        },
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": {"type": "TemplateProcessing", "single": single, "pair": single, "special_tokens": ends},
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": unknown,
            "vocab": list(zip(vocabulary.pieces, vocabulary.scores, strict=True)),
            "byte_fallback": False,
        },
    }
    path.write_text(json.dumps(cutting, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _folding() -> list[dict[str, object]]:
    """Return what the source does not do: drop Arabic marks and tatweel, write Arabic-Indic digits as it knows them."""
    digits = [(chr(zero + digit), str(digit)) for zero in (0x660, 0x6F0) for digit in range(10)]
    written: list[dict[str, object]] = [
        {"type": "Replace", "pattern": {"String": digit}, "content": known} for digit, known in digits
    ]
    unmarked: dict[str, object] = {"type": "Replace", "pattern": {"Regex": _MARKS}, "content": ""}
    return [unmarked, *written]


def bundled_tensors(source: Tensors, vocabulary: Vocabulary) -> dict[str, NDArray[Any]]:
    """Return the tensors in the bundled form: vectors of pieces in 6 bits as in the source, the rest in 16."""
    chunks = len(source["scale"])
    places = np.maximum(np.array(vocabulary.places), 0)
    levels = np.stack([source[f"q{place % chunks + 1}"][place // chunks] for place in places])
    halves = {name: source[name] for name in ("cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3")}
    halves |= {f"{name}{run}": source[f"{name}{run}"] for name in ("w1_", "b1_", "w2_", "b2_") for run, _ in _RUNS}
    halves |= {"norm.weight": source["ln_g"], "norm.bias": source["ln_b"]}
    for name, of_runs in (("proj", "proj"), ("proj_b", "proj_b"), ("runs.weight", "ln_g"), ("runs.bias", "ln_b")):
        halves[name] = np.concatenate([source[f"{of_runs}{run}"] for run, _ in _RUNS], axis=-1)
    tensors: dict[str, NDArray[Any]] = {name: value.astype(np.float16) for name, value in halves.items()}
    tensors["pieces"] = packed(levels)
    tensors["pieces.scale"] = source["scale"][places % chunks][:, None].astype(np.float32)
    tensors["pieces.lowest"] = source["lo"][places % chunks][:, None].astype(np.float32)
    return {name: np.ascontiguousarray(value) for name, value in tensors.items()}


def packed(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return rows of 6-bit numbers in three quarters of the bytes: the last quarter lies in the others' upper bits."""
    first, second, third, last = np.split(levels, 4, axis=1)
    upper = [last & 3, (last >> 2) & 3, last >> 4]
    return np.concatenate([low | (high << 6) for low, high in zip((first, second, third), upper, strict=True)], axis=1)


def principal_axes(vectors: NDArray[np.float32], count: int) -> dict[str, NDArray[np.float16]]:
    """Return the mean of vectors and the axes along which they differ most, as the graph names them."""
    mean = vectors.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov((vectors - mean).T.astype(np.float64)))
    chosen = axes[:, ::-1][:, :count]
    # Either direction of an axis is as good: the largest share of each points upwards, so that every run gives the same
    signs = np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(count)])
    return {"axes.mean": mean.astype(np.float16), "axes": np.ascontiguousarray(chosen * signs, dtype=np.float16)}


def write_graph(folder: Path, tensors: Tensors) -> None:
    """Write ``model.onnx`` beside the weights."""
    builder = GraphBuilder()
    result = _network(builder)
    if "axes" in tensors:
        result = _times(builder, builder.add("Sub", result, _floats(builder, "axes.mean")), "axes")
    builder.write(folder, builder.add("LpNormalization", result, axis=-1, p=2), dimension_of(tensors), _OPSET)


def dimension_of(tensors: Tensors) -> int:
    """Return the length of the result's vectors."""
    return int(tensors["axes" if "axes" in tensors else "d3"].shape[1])


def _network(builder: GraphBuilder) -> str:
    keep = builder.add("Not", builder.add("Equal", "ids", builder.constant(np.array(0, dtype=np.int64))))
    mask = builder.add("Unsqueeze", _floats(builder, keep), builder.constant(np.array([2], dtype=np.int64)))
    pieces = _pieces(builder)
    runs = _norm(builder, _linear(builder, pieces, "proj", "proj_b"), "runs")
    parts = builder.split(builder.add("Mul", runs, mask), [_INNER] * len(_RUNS), axis=2)
    of_runs = [_run(builder, part, mask, *run) for part, run in zip(parts, _RUNS, strict=True)]
    features = builder.add("Mul", _norm(builder, builder.add("Concat", pieces, *of_runs, axis=2), "norm"), mask)
    middle = builder.constant(np.array([1], dtype=np.int64))
    count = builder.add("ReduceSum", mask, middle, keepdims=0)
    total = builder.add("MatMul", builder.add("ReduceSum", features, middle, keepdims=0), _floats(builder, "cnn_W"))
    biased = builder.add("Add", total, builder.add("Mul", count, _floats(builder, "cnn_b")))
    return _deep(builder, builder.add("Div", biased, builder.add("Sqrt", count)))


def _pieces(builder: GraphBuilder) -> str:
    """Look the pieces up and unpack their vectors, see `packed`."""
    bytes_of = builder.add("Gather", "pieces", "ids")
    thirds = builder.split(bytes_of, [128] * 3, axis=2)
    low, six = (builder.constant(np.array(value, dtype=np.uint8)) for value in (_LOW, 6))
    upper = [builder.add("BitShift", third, six, direction="RIGHT") for third in thirds]
    for place in (1, 2):
        by = builder.constant(np.array(2 * place, dtype=np.uint8))
        upper[place] = builder.add("BitShift", upper[place], by, direction="LEFT")
    last = builder.add("BitwiseOr", builder.add("BitwiseOr", upper[0], upper[1]), upper[2])
    lower = [builder.add("BitwiseAnd", third, low) for third in thirds]
    levels = _floats(builder, builder.add("Concat", *lower, last, axis=2))
    scaled = builder.add("Mul", levels, builder.add("Gather", "pieces.scale", "ids"))
    return builder.add("Add", scaled, builder.add("Gather", "pieces.lowest", "ids"))


def _run(builder: GraphBuilder, value: str, mask: str, length: int, before: int) -> str:
    """Look twice at the pieces around each; outside of the text stand zeros."""
    first = builder.add("Add", _window(builder, value, length, before, 1), value)
    second = _window(builder, builder.add("Mul", first, mask), length, before, 2)
    return builder.add("Add", second, first)


def _window(builder: GraphBuilder, value: str, length: int, before: int, layer: int) -> str:
    after = length - 1 - before
    padded = builder.add("Pad", value, builder.constant(np.array([0, before, 0, 0, after, 0], dtype=np.int64)))
    shifted = [_shifted(builder, padded, place, length - 1 - place) for place in range(length)]
    joined = builder.add("Concat", *shifted, axis=2)
    return builder.add("Relu", _linear(builder, joined, f"w{layer}_{length}", f"b{layer}_{length}"))


def _shifted(builder: GraphBuilder, value: str, start: int, cut: int) -> str:
    end = -cut if cut else np.iinfo(np.int64).max
    bounds = (builder.constant(np.array([bound], dtype=np.int64)) for bound in (start, end, 1))
    return builder.add("Slice", value, *bounds)


def _deep(builder: GraphBuilder, mean: str) -> str:
    """Take the mean through three layers, each of which sees the one before the last as well."""
    first = builder.add("Relu", _times(builder, mean, "d0"))
    second = builder.add("Relu", builder.add("Add", _times(builder, mean, "p1"), _times(builder, first, "d1")))
    third = builder.add("Relu", _times(builder, second, "d2"))
    result = builder.add("Tanh", builder.add("Add", _times(builder, second, "p3"), _times(builder, third, "d3")))
    return builder.add("LpNormalization", result, axis=-1, p=2)  # the axes were found in vectors of length one


def _linear(builder: GraphBuilder, value: str, matrix: str, bias: str) -> str:
    return builder.add("Add", _times(builder, value, matrix), _floats(builder, bias))


def _times(builder: GraphBuilder, value: str, matrix: str) -> str:
    return builder.add("MatMul", value, _floats(builder, matrix))


def _norm(builder: GraphBuilder, value: str, name: str) -> str:
    weight, bias = (_floats(builder, f"{name}.{part}") for part in ("weight", "bias"))
    return builder.add("LayerNormalization", value, weight, bias, axis=-1, epsilon=_EPSILON)


def _floats(builder: GraphBuilder, name: str) -> str:
    return builder.add("Cast", name, to=TensorProto.FLOAT)


def _is_needed(piece: str) -> bool:
    """Whether Arabic or English texts need a piece: its letters are Arabic or plain Latin, or it is one letter."""
    letters = [letter for letter in piece if unicodedata.category(letter)[0] in "LM"]
    scripts = {_script(letter) for letter in letters}
    return scripts <= {"plain", "ARABIC"} or (scripts == {"LATIN"} and len(piece.strip("▁")) == 1)


def _script(letter: str) -> str:
    return "plain" if letter.isascii() else unicodedata.name(letter, "").split(" ", 1)[0]
