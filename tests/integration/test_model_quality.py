"""Floors under what the bundled model's vectors alone reach: docs/MODEL.md's figures less one point."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.embedding.opening import open_embedder
from scripts.training.evaluation import ndcg, read_judged_set


@pytest.mark.shared
@pytest.mark.parametrize(("name", "floor"), [("bank-en", 0.868), ("bank-ar", 0.759), ("bank-ar-en", 0.786)])
def test_the_vectors_alone_answer_as_well_as_measured(shared: Path, name: str, floor: float) -> None:
    embedder = open_embedder("bundled")
    judged = read_judged_set(shared / "eval" / name)
    assert ndcg(judged, embedder.encode_documents) >= floor
