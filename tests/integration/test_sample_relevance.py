"""Floors of the ranking by words on the sample articles, whose titles, headings, tags and questions the open sets lack.

An article lists what readers ask. Every second question is left out of the index and asked of it: the value reached
when it was last tuned, less one point.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import mean

import pytest

from indexer.articles.loading import load_tree
from kb.language.analysis import open_analyzer
from kb.model import Article, Language
from kb.results import Filters
from search.judging.evaluation import ndcg
from search.serving.lexical import LexicalSearch
from search.serving.query_text import parse_query
from tests.integration.test_lexical_search import open_search

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[2] / "articles"


@pytest.fixture(scope="module")
def articles() -> tuple[Article, ...]:
    return load_tree(SAMPLE).articles


@pytest.fixture(scope="module")
def search(articles: tuple[Article, ...], tmp_path_factory: pytest.TempPathFactory) -> LexicalSearch:
    known = [replace(article, questions=article.questions[::2]) for article in articles]
    return open_search(tmp_path_factory.mktemp("sample"), known, open_analyzer(None))


@pytest.mark.parametrize(("lang", "floor"), [(Language.AR, 0.715), (Language.EN, 0.721)])
def test_ndcg_stays_above_its_floor(
    articles: tuple[Article, ...], search: LexicalSearch, lang: Language, floor: float
) -> None:
    def gained(question: str, answer: Article) -> float:
        found = search.search(parse_query(question), Filters(lang=lang), 10).candidates
        return ndcg([float(candidate.article == answer.key) for candidate in found], {answer.id: 1.0})

    gains = [gained(text, article) for article in articles if article.lang is lang for text in article.questions[1::2]]
    assert len(gains) > 100
    assert mean(gains) >= floor
