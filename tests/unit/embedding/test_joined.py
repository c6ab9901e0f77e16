from __future__ import annotations

import numpy as np
import pytest

from kb.embedding.calibration import UNCALIBRATED
from kb.embedding.joined import JoinedEmbedder, Part
from kb.ports import Calibration
from tests.factories import HashingEmbedder

TEXTS = ("reset my password", "change my card", "password of my card")


class ShortEmbedder(HashingEmbedder):
    """Another encoder, in 16 dimensions."""

    fingerprint = "hashing-16"
    dimension = 16


def joined(share: float) -> JoinedEmbedder:
    parts = (Part(ShortEmbedder(), 1 - share), Part(HashingEmbedder(), share))
    return JoinedEmbedder(parts, lambda _: UNCALIBRATED)


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_the_cosine_is_the_weighted_mean_of_the_encoders_cosines(share: float) -> None:
    one, other = (encoder.encode_documents(TEXTS) for encoder in (ShortEmbedder(), HashingEmbedder()))
    vectors = joined(share).encode_documents(TEXTS)

    assert vectors.shape == (3, joined(share).dimension) == (3, 272)
    assert vectors.flags.c_contiguous
    np.testing.assert_allclose(vectors @ vectors.T, (1 - share) * one @ one.T + share * other @ other.T, atol=1e-6)
    np.testing.assert_allclose(joined(share).encode_queries(TEXTS), vectors, atol=1e-6)


def test_another_share_is_another_model() -> None:
    assert joined(0.25).fingerprint == joined(0.25).fingerprint != joined(0.5).fingerprint


def test_what_was_measured_is_looked_up_by_the_common_fingerprint() -> None:
    asked: list[str] = []

    def calibration(fingerprint: str) -> Calibration:
        asked.append(fingerprint)
        return UNCALIBRATED

    embedder = JoinedEmbedder([Part(HashingEmbedder(), 1.0)], calibration)

    assert asked == [embedder.fingerprint]
    assert embedder.fingerprint != HashingEmbedder().fingerprint
