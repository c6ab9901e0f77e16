"""What the rest of the product may rely on from FAISS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.parts.vector_index import ROWS_FILE, VECTORS_FILE, BuildCount, VectorIndex, build_vector_index
from kb.errors import OperatorError
from kb.model import ArticleId, ArticleKey, Chunk, ChunkId, Language
from kb.ports import Calibration, FloatMatrix, SimilarityCurve
from tests.factories import HashingEmbedder

KEY = ArticleKey(ArticleId("a"), Language.EN)


def chunk(text: str, chunk_id: str | None = None) -> Chunk:
    return Chunk(ChunkId(chunk_id or text), KEY, "", (), text, "")


class CountingEmbedder(HashingEmbedder):
    """Counts the passages that it reads."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode_documents(self, texts: object) -> FloatMatrix:
        self.read.extend(texts)  # type: ignore[arg-type]
        return super().encode_documents(texts)  # type: ignore[arg-type]


class BrokenEmbedder:
    """Gives what it is told to give."""

    fingerprint = "broken"
    dimension = 4
    calibration = Calibration(SimilarityCurve(0.0, 0.5, 1.0))

    def __init__(self, vectors: FloatMatrix) -> None:
        self._vectors = vectors

    def encode_queries(self, texts: object) -> FloatMatrix:
        return self._vectors

    def encode_documents(self, texts: object) -> FloatMatrix:
        return self._vectors


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


def build(directory: Path, texts: list[str]) -> VectorIndex:
    build_vector_index(directory, [chunk(text, f"{row}") for row, text in enumerate(texts)], HashingEmbedder())
    return VectorIndex(directory)


def test_the_nearest_passage_comes_first(tmp_path: Path, embedder: HashingEmbedder) -> None:
    index = build(tmp_path, ["delivery times abroad", "reset your password", "return an order"])
    found = index.search(embedder.encode_queries(["password reset"])[0], 2)
    assert found[0].row == 1
    assert found[0].cosine > found[1].cosine


def test_more_neighbours_than_passages_are_never_invented(tmp_path: Path, embedder: HashingEmbedder) -> None:
    index = build(tmp_path, ["one", "two"])
    found = index.search(embedder.encode_queries(["one"])[0], 50)
    assert sorted(neighbour.row for neighbour in found) == [0, 1]


def test_equal_passages_come_in_the_order_of_the_rows(tmp_path: Path, embedder: HashingEmbedder) -> None:
    index = build(tmp_path, ["same words"] * 20)
    assert [n.row for n in index.search(embedder.encode_queries(["same words"])[0], 20)] == list(range(20))


def test_a_query_that_is_not_a_number_finds_nothing(tmp_path: Path) -> None:
    index = build(tmp_path, ["one"])
    assert index.search(np.full(256, np.nan, np.float32), 5) == ()


def test_a_query_of_another_dimension_is_refused_with_the_remedy(tmp_path: Path) -> None:
    index = build(tmp_path, ["one"])
    with pytest.raises(OperatorError, match="KB_EMBEDDING_MODEL"):
        index.search(np.ones(3, np.float32), 5)
    with pytest.raises(OperatorError, match="kb index"):
        index.cosines(np.ones(3, np.float32), [0])


def test_only_allowed_rows_are_found(tmp_path: Path, embedder: HashingEmbedder) -> None:
    index = build(tmp_path, ["red card", "red card lost", "red"])
    query = embedder.encode_queries(["red card"])[0]
    found = index.search(query, 10, allowed=np.array([False, True, True]))
    assert [neighbour.row for neighbour in found] == [1, 2]
    assert index.search(query, 10, allowed=np.zeros(3, np.bool_)) == ()


def test_nothing_under_the_floor_is_found(tmp_path: Path, embedder: HashingEmbedder) -> None:
    index = build(tmp_path, ["red card", "blue sky"])
    found = index.search(embedder.encode_queries(["red card"])[0], 10, floor=0.9)
    assert [neighbour.row for neighbour in found] == [0]


def test_an_index_without_passages_finds_nothing(tmp_path: Path, embedder: HashingEmbedder) -> None:
    index = build(tmp_path, [])
    assert len(index) == 0
    assert index.search(embedder.encode_queries(["one"])[0], 5) == ()
    assert index.cosines(embedder.encode_queries(["one"])[0], []).shape == (0,)


def test_unchanged_passages_keep_their_vectors(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    build_vector_index(old, [chunk("one"), chunk("two")], HashingEmbedder())
    embedder = CountingEmbedder()
    count = build_vector_index(new, [chunk("three"), chunk("two")], embedder, previous=old)
    assert count == BuildCount(embedded=1, reused=1)
    assert embedder.read == ["three"]
    assert np.allclose(VectorIndex(new).vectors([1]), VectorIndex(old).vectors([1]))


def test_vectors_of_another_model_are_not_taken_over(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    build_vector_index(old, [chunk("one")], HashingEmbedder())
    other = CountingEmbedder()
    other.fingerprint = "another"
    assert build_vector_index(new, [chunk("one")], other, previous=old) == BuildCount(embedded=1, reused=0)


def test_a_previous_generation_without_vectors_is_no_obstacle(tmp_path: Path) -> None:
    assert build_vector_index(tmp_path, [chunk("one")], HashingEmbedder(), previous=tmp_path / "none").embedded == 1


def test_progress_ends_at_the_number_of_passages(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    chunks = [chunk(f"text {number}") for number in range(150)]
    build_vector_index(tmp_path, chunks, HashingEmbedder(), progress=lambda done, total: told.append((done, total)))
    assert told == [(64, 150), (128, 150), (150, 150)]


@pytest.mark.parametrize("vectors", [np.zeros((1, 3), np.float32), np.full((1, 4), np.nan, np.float32)])
def test_a_model_that_gives_unusable_vectors_is_named(tmp_path: Path, vectors: FloatMatrix) -> None:
    with pytest.raises(OperatorError, match="broken"):
        build_vector_index(tmp_path, [chunk("one")], BrokenEmbedder(vectors))


@pytest.mark.parametrize("name", [VECTORS_FILE, ROWS_FILE])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"IxFI garbage"])
def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path, name: str, content: bytes) -> None:
    build(tmp_path, ["one", "two"])
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OperatorError, match=f"{name}.*kb index"):
        VectorIndex(tmp_path)


def test_a_truncated_vector_file_is_named(tmp_path: Path) -> None:
    build(tmp_path, ["one", "two", "three"])
    path = tmp_path / VECTORS_FILE
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(OperatorError, match=VECTORS_FILE):
        VectorIndex(tmp_path)


def test_files_of_two_builds_are_not_mixed(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    build(first, ["one", "two"])
    build(second, ["one"])
    (first / ROWS_FILE).write_bytes((second / ROWS_FILE).read_bytes())
    with pytest.raises(OperatorError, match="does not belong"):
        VectorIndex(first)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("abc ", max_size=8), min_size=1, max_size=30), st.text("abc ", min_size=1, max_size=8))
def test_the_answer_is_that_of_a_full_comparison(tmp_path: Path, texts: list[str], question: str) -> None:
    index = build(tmp_path, texts)
    query = HashingEmbedder().encode_queries([question])[0]
    exact = HashingEmbedder().encode_documents(texts) @ query
    found = index.search(query, len(texts))
    assert list(found) == sorted(found, key=lambda neighbour: (-neighbour.cosine, neighbour.row))
    assert sorted(neighbour.row for neighbour in found) == list(range(len(texts)))
    assert np.allclose([neighbour.cosine for neighbour in found], np.sort(exact)[::-1], atol=1e-5)
    assert np.allclose(index.cosines(query, range(len(texts))), exact, atol=1e-5)
