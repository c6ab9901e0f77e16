"""Floors of the ranking by words on the open sets: the value reached when it was last tuned, less one point."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.language.analysis import open_analyzer
from kb.model import Article, CorpusArticle, Section
from kb.results import Filters
from search.judging.evaluation import Answer, JudgedQuery, measure, read_judged_set
from search.serving.lexical import LexicalSearch
from search.serving.query_text import parse_query
from tests.factories import make_article
from tests.integration.test_lexical_search import open_search

pytestmark = [pytest.mark.shared, pytest.mark.slow]

CORPUS_OF = {"help-ar-noisy": "help-ar"}
"""Sets that ask about the corpus of another one."""

OpenCorpus = Callable[[str], LexicalSearch]


@pytest.fixture(scope="module")
def opened() -> dict[str, LexicalSearch]:
    return {}


@pytest.fixture
def open_corpus(shared: Path, opened: dict[str, LexicalSearch], tmp_path_factory: pytest.TempPathFactory) -> OpenCorpus:
    def open_once(name: str) -> LexicalSearch:
        if name not in opened:
            corpus = read_judged_set(shared / "eval" / name).corpus or ()
            articles = [_article(article) for article in corpus]
            opened[name] = open_search(tmp_path_factory.mktemp(name), articles, open_analyzer(None))
        return opened[name]

    return open_once


@pytest.mark.parametrize(
    ("name", "floor"),
    [("help-ar", 0.85), ("help-ar-noisy", 0.81), ("arcd-train", 0.84), ("bank-ar", 0.65), ("bank-en", 0.775)],
)
def test_ndcg_stays_above_its_floor(shared: Path, open_corpus: OpenCorpus, name: str, floor: float) -> None:
    search = open_corpus(CORPUS_OF.get(name, name))

    def rank(query: JudgedQuery) -> Answer:
        found = search.search(parse_query(query.text), Filters(), 10).candidates
        return Answer([hit.article.id for hit in found], no_answer=not found)

    measures = measure(read_judged_set(shared / "eval" / name).queries, rank, time.perf_counter)
    assert measures.ndcg_at_10 >= floor


def _article(article: CorpusArticle) -> Article:
    return make_article(
        article.id, article.lang, title=article.title, text=article.body, sections=(Section("", (), 1, article.body),)
    )
