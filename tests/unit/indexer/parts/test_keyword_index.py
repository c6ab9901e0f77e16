"""Phrases, exclusions and vocabulary of the keyword index, by real Whoosh."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from indexer.parts.article_words import Layer, analyse_article
from indexer.parts.keyword_index import KeywordIndex, KeywordIndexWriter
from indexer.parts.phrase_index import hamza_term, marked_term
from kb.language.analysis import NoLemmatizer, WordAnalyzer
from kb.language.written import written_form
from kb.model import Article, Audience, Language, Section
from tests.factories import make_article

ANALYZER = WordAnalyzer(NoLemmatizer())
ARTICLES: Sequence[Article] = (
    make_article(
        "reset",
        title="Reset your password",
        tags=("account", "sign in"),
        questions=("I forgot it", "password lost"),
        asked_as=("cannot log on",),
        sections=(Section("", (), 1, "Open the page."), Section("by-mail", ("By mail",), 2, "Click the link.")),
        updated=date(2026, 1, 10),
    ),
    make_article(
        "secret",
        text="Agents reset it themselves.",
        category="agents",
        owner="support",
        audience=Audience.INTERNAL,
        updated=date(2026, 2, 10),
    ),
    make_article("reset", Language.AR, title="كتاب أحمد", text="كَتَبَ احمد الرسالة", updated=date(2026, 3, 10)),
)


def written(directory: Path, articles: Sequence[Article]) -> KeywordIndex:
    writer = KeywordIndexWriter(directory, ANALYZER)
    for article in articles:
        writer.add(analyse_article(article, ANALYZER))
    writer.write()
    return KeywordIndex(directory)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> KeywordIndex:
    return written(tmp_path_factory.mktemp("keyword"), ARTICLES)


def test_rows_are_the_articles_in_their_order(index: KeywordIndex) -> None:
    assert index.articles == tuple(article.key for article in ARTICLES)


@pytest.mark.parametrize(
    ("terms", "rows"),
    [
        (["your", "password"], [0]),
        (["password", "your"], []),
        (["forgot", "it"], [0]),
        (["it", "password"], []),  # would cross two questions
        (["cannot", "log", "on"], [0]),
        (["by", "mail"], [0]),
        (["sign", "in"], [0]),
        (["reset"], [0, 1]),
        (["احمد"], [2]),
        ([hamza_term(written_form("أحمد"))], [2]),  # Ahmad
        ([hamza_term(written_form("إحمد"))], []),
        ([marked_term("كتب")], [2]),  # wrote
        ([marked_term("كتاب")], []),  # book
        (["كتاب", hamza_term(written_form("أحمد"))], [2]),
    ],
)
def test_phrases_stand_in_one_passage(index: KeywordIndex, terms: list[str], rows: list[int]) -> None:
    assert index.rows_with_phrase(terms).nonzero()[0].tolist() == rows


def test_words_are_excluded_by_lemma(index: KeywordIndex) -> None:
    assert index.rows_with_word("password").nonzero()[0].tolist() == [0]
    assert index.rows_with_word("link").nonzero()[0].tolist() == [0]


def test_the_vocabulary_counts_articles(index: KeywordIndex) -> None:
    assert index.vocabulary()["reset"] == 2
    assert index.vocabulary(Layer.STEM)["click"] == 1


def test_an_empty_index_answers(tmp_path: Path) -> None:
    index = written(tmp_path, ())
    assert index.articles == ()
    assert index.rows_with_phrase(["a", "b"]).size == 0
    assert index.rows_with_word("a").size == 0
    assert index.vocabulary() == {}
