"""The sample knowledge base keeps the promises of its own rules."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from indexer.articles.loading import LoadedTree, load_tree
from indexer.parts.chunking import chunk_article
from kb.model import Language, Status

ARTICLES = Path(__file__).parent.parent.parent / "articles"


@pytest.fixture(scope="module")
def sample() -> LoadedTree:
    return load_tree(ARTICLES, date(2026, 11, 21))


def test_the_sample_has_no_errors(sample: LoadedTree) -> None:
    assert sample.errors == ()


def test_the_sample_is_bilingual(sample: LoadedTree) -> None:
    published = [article for article in sample.articles if article.status is Status.PUBLISHED]
    languages = Counter(article.lang for article in published)
    assert languages[Language.AR] >= 40
    assert languages[Language.EN] >= 40
    pairs = Counter(article.id for article in published)
    assert sum(count == 2 for count in pairs.values()) >= 30


def test_every_passage_of_the_sample_is_its_own(sample: LoadedTree) -> None:
    ids = [chunk.id for article in sample.articles for chunk in chunk_article(article)]
    assert len(set(ids)) == len(ids)
