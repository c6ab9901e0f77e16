"""How near queries are to articles: over both languages, public ones only, and not at all where vectors do not tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.parts.layout import SHORT_TEXT_DIRECTORY
from kb.model import ArticleId, Audience, Language
from search.improving.anchors import anchors_of
from search.improving.clustering import NEAR_BY_CHANCE
from search.serving.ranking import Ranker
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder
from tests.factories import HashingEmbedder, make_article
from tests.generations import plain_analyzer, publish

ARTICLES = [
    make_article("points", Language.AR, title="نقاط الولاء", text="تكسب النقاط مع كل طلب."),  # loyalty points; earned
    make_article("points", Language.EN, title="Loyalty points", text="Each order earns.", questions=("bonus stars",)),
    make_article("wallet", Language.EN, title="Wallet", text="Pay from a balance."),
    make_article("notes", Language.EN, title="bonus stars", text="bonus stars", audience=Audience.INTERNAL),
]


@pytest.fixture
def service(tmp_path: Path) -> SearchService:
    return SearchService(SnapshotHolder(publish(tmp_path, ARTICLES, HashingEmbedder()), plain_analyzer()), Ranker(None))


def test_a_question_brings_its_article_near_whatever_language_it_is_written_in(service: SearchService) -> None:
    embedder = HashingEmbedder()
    anchors = anchors_of(service.snapshot, embedder, embedder.encode_queries(["bonus stars", "نقاط الولاء", "balance"]))
    assert anchors is not None
    assert anchors.articles == (ArticleId("points"), ArticleId("wallet"))
    assert anchors.nearness.argmax(axis=1).tolist() == [0, 0, 1]


def test_a_query_without_a_vector_is_near_nothing(service: SearchService) -> None:
    anchors = anchors_of(service.snapshot, HashingEmbedder(), np.zeros((1, HashingEmbedder.dimension), np.float32))
    assert anchors is not None
    assert (anchors.nearness < NEAR_BY_CHANCE).all()


def test_vectors_of_another_model_or_none_tell_nothing(service: SearchService) -> None:
    other = HashingEmbedder()
    vectors = other.encode_queries(["bonus stars"])
    assert anchors_of(service.snapshot, None, vectors) is None
    assert anchors_of(service.snapshot, other, None) is None


def test_an_index_without_readable_short_texts_tells_nothing_and_search_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = publish(tmp_path, ARTICLES, HashingEmbedder())
    generation = store.current()
    assert generation is not None
    for path in (generation / SHORT_TEXT_DIRECTORY).iterdir():
        path.write_bytes(b"x" * path.stat().st_size)
    snapshot = SnapshotHolder(store, plain_analyzer()).current()
    vectors = HashingEmbedder().encode_queries(["bonus stars"])
    assert anchors_of(snapshot, HashingEmbedder(), vectors) is None
    assert "kb index" in caplog.text
