"""What the rest of the product may rely on from any embedder; every implementation inherits these tests."""

from __future__ import annotations

import numpy as np
import pytest

from kb.embedding.onnx import OnnxEncoder
from kb.ports import Embedder
from tests.factories import HashingEmbedder

TEXTS = (
    "How do I reset my password?",
    "كيف أعيد تعيين كلمة المرور؟",  # the same in Arabic
    "a",
    "",
    " \n\t ",
    "\u0640\u064b\u200f",  # marks and an invisible character only
    "\ud800 half a surrogate pair",
    "word " * 2000,
    "👩‍👩‍👧 e\u0301 \ufdfa",
)


class EmbedderContract:
    """Inherited by one class for each implementation, which gives the embedder."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError

    def test_there_is_one_unit_vector_a_text_in_order(self, embedder: Embedder) -> None:
        for encode in (embedder.encode_queries, embedder.encode_documents):
            vectors = encode(TEXTS)
            assert vectors.shape == (len(TEXTS), embedder.dimension)
            assert vectors.dtype == np.float32
            assert vectors.flags.c_contiguous
            assert np.isfinite(vectors).all()
            np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
            alone = np.concatenate([encode([text]) for text in TEXTS])
            assert (vectors * alone).sum(axis=1).min() > 0.98

    def test_no_texts_give_no_vectors(self, embedder: Embedder) -> None:
        assert embedder.encode_queries([]).shape == (0, embedder.dimension)
        assert embedder.encode_documents(()).shape == (0, embedder.dimension)

    def test_the_same_query_always_gives_the_same_vector(self, embedder: Embedder) -> None:
        first = embedder.encode_queries([TEXTS[1]])
        again = embedder.encode_queries([TEXTS[0], TEXTS[1]])[1:]
        np.testing.assert_allclose(first, again, atol=1e-5)

    def test_it_says_which_model_it_is_and_when_its_scores_are_chance(self, embedder: Embedder) -> None:
        assert embedder.fingerprint
        for curve in (embedder.calibration.overall, *embedder.calibration.by_languages.values()):
            assert -1 <= curve.floor <= curve.answer_midpoint <= 1
            assert curve.answer_slope > 0


class TestHashingEmbedder(EmbedderContract):
    """The embedder of the other tests."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        return HashingEmbedder()


class TestBundledModel(EmbedderContract):
    """The default, by onnxruntime."""

    @pytest.fixture
    def embedder(self, bundled: Embedder) -> Embedder:
        return bundled


class TestSentenceTransformer(EmbedderContract):
    """Any other model, by sentence-transformers; here our own encoder, exported."""

    @pytest.fixture
    def embedder(self, exported: Embedder) -> Embedder:
        return exported


def test_both_ways_to_run_our_own_encoder_give_the_same_vectors(own: OnnxEncoder, exported: Embedder) -> None:
    texts = [text for text in TEXTS if text.strip()] + ["بدي ارجع المصاري", "٣٥ دِينَارًا ــ وبالإنترنت"]
    expected = exported.encode_documents(texts)
    assert (own.encode_queries(texts) * expected).sum(axis=1).min() >= 0.99
    assert (own.encode_documents(texts) * expected).sum(axis=1).min() >= 0.99
