"""Phrases, exclusions, filters and vocabulary of the keyword index, by real Whoosh."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from indexer.parts.article_words import Field, Layer
from indexer.parts.keyword_index import KeywordIndex, build_keyword_index, hamza_term, marked_term
from kb.errors import OperatorError
from kb.language.analysis import NoLemmatizer, WordAnalyzer
from kb.language.written import written_form
from kb.model import Article, Audience, Language, Section
from kb.results import Filters
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
EVERYBODY = frozenset(Audience)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> KeywordIndex:
    directory = tmp_path_factory.mktemp("keyword")
    build_keyword_index(directory, ARTICLES, ANALYZER)
    return KeywordIndex(directory, ANALYZER)


def test_rows_are_the_articles_in_their_order(index: KeywordIndex) -> None:
    assert index.articles == tuple(article.key for article in ARTICLES)


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        (Filters(), [0, 2]),
        (Filters(audiences=EVERYBODY), [0, 1, 2]),
        (Filters(audiences=frozenset()), []),
        (Filters(lang=Language.AR), [2]),
        (Filters(category="agents", audiences=EVERYBODY), [1]),
        (Filters(category="agents"), []),
        (Filters(tag="sign in"), [0]),
        (Filters(tag="sign"), []),
        (Filters(owner="support", audiences=EVERYBODY), [1]),
        (Filters(updated_from=date(2026, 1, 11)), [2]),
        (Filters(updated_from=date(2026, 1, 10), updated_to=date(2026, 1, 10)), [0]),
        (Filters(updated_to=date(2025, 1, 1)), []),
        (Filters(category="no such"), []),
    ],
)
def test_filters_all_hold(index: KeywordIndex, filters: Filters, rows: list[int]) -> None:
    assert index.rows_that_pass(filters).nonzero()[0].tolist() == rows


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


def test_original_texts_come_back(index: KeywordIndex) -> None:
    texts = index.texts(0)
    assert texts[Field.TITLE] == ("Reset your password",)
    assert texts[Field.HEADINGS] == ("By mail",)
    assert texts[Field.BODY] == ("", "Open the page.", "Click the link.")


def test_the_vocabulary_counts_articles(index: KeywordIndex) -> None:
    assert index.vocabulary()["reset"] == 2
    assert index.vocabulary(Layer.STEM)["click"] == 1
    assert index.knows("password")
    assert not index.knows("passwrd")


def test_an_index_of_another_analysis_is_refused_with_the_remedy(tmp_path: Path) -> None:
    class OtherLemmatizer(NoLemmatizer):
        fingerprint = "other"

    build_keyword_index(tmp_path, ARTICLES, WordAnalyzer(OtherLemmatizer()))
    with pytest.raises(OperatorError, match="kb index"):
        KeywordIndex(tmp_path, ANALYZER)


def test_an_empty_index_answers(tmp_path: Path) -> None:
    build_keyword_index(tmp_path, (), ANALYZER)
    index = KeywordIndex(tmp_path, ANALYZER)
    assert index.articles == ()
    assert index.rows_that_pass(Filters()).size == 0
    assert index.rows_with_phrase(["a", "b"]).size == 0
    assert index.vocabulary() == {}
