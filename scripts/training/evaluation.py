"""How well the vectors alone answer the judged sets: nDCG@10 over chunks, an article counting by its best chunk."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
_CUT = 10


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Questions, the passages they are asked of, and which article answers which.

    Attributes:
        chunks: Passages with their title as context.
        chunk_owner: Place of each chunk's article.
        gains: For each question the gain by place of the article.
    """

    name: str
    questions: tuple[str, ...]
    chunks: tuple[str, ...]
    chunk_owner: tuple[int, ...]
    gains: tuple[dict[int, float], ...]


def read_judged_set(folder: Path, words: int = 200, most_chunks: int = 100) -> JudgedSet:
    """Return a set of ../shared/eval's shape.

    Args:
        words: Words of a chunk.
        most_chunks: Chunks taken of one article; few for a quick look.
    """
    articles = _read_lines(folder / "corpus.jsonl")
    place = {article["id"]: at for at, article in enumerate(articles)}
    chunks = [(at, text) for at, one in enumerate(articles) for text in _chunks(one, words)[:most_chunks]]
    queries = _read_lines(folder / "queries.jsonl")
    gains: dict[str, dict[int, float]] = {query["id"]: {} for query in queries}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, article, gain = line.split("\t")
        gains[query][place[article]] = float(gain)
    return JudgedSet(
        folder.name,
        tuple(query["text"] for query in queries),
        tuple(text for _, text in chunks),
        tuple(at for at, _ in chunks),
        tuple(gains[query["id"]] for query in queries),
    )


def ndcg(judged: JudgedSet, encode: Encode, chunk_vectors: NDArray[np.float32] | None = None) -> float:
    """Return the mean nDCG@10.

    Args:
        encode: Texts to unit vectors.
        chunk_vectors: The chunks' vectors where they are known already.
    """
    passages = encode(judged.chunks) if chunk_vectors is None else chunk_vectors
    scores = encode(judged.questions) @ passages.T
    owners = np.array(judged.chunk_owner)
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    best = np.maximum.reduceat(scores, starts, axis=1)
    ranked = owners[starts][np.argsort(-best, axis=1, kind="stable")[:, :_CUT]]
    found = [_ndcg(order, gains) for order, gains in zip(ranked, judged.gains, strict=True)]
    return float(np.mean(found))


def _ndcg(ranked: NDArray[np.int64], gains: dict[int, float]) -> float:
    discounts = 1.0 / np.log2(np.arange(2, _CUT + 2))
    reached = sum(gains.get(int(at), 0.0) * d for at, d in zip(ranked, discounts, strict=False))
    ideal = sorted(gains.values(), reverse=True)[:_CUT]
    return float(reached / sum(gain * d for gain, d in zip(ideal, discounts, strict=False)))


def _chunks(article: dict[str, str], words: int) -> list[str]:
    body = article["body"].split(" ")
    parts = [" ".join(body[at : at + words]) for at in range(0, len(body), words)]
    title = article["title"]
    return [f"{title}\n{part}" if title else part for part in parts]


def _read_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
