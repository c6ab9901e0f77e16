"""Retrieval by words over real indexes of both layers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.parts.gram_index import GramIndex, GramIndexWriter
from indexer.parts.keyword_index import KeywordIndex, KeywordIndexWriter
from kb.language.analysis import NoLemmatizer, WordAnalyzer
from kb.model import Article, Language
from kb.ports import Analyzer
from kb.results import Filters
from search.serving.catalogue import Catalogue
from search.serving.lexical import LexicalResult, LexicalSearch
from search.serving.query_text import QueryError, parse_query
from search.serving.snapshot import Snapshot, SnapshotHolder
from tests.factories import make_article
from tests.generations import publish

ANALYZER = WordAnalyzer(NoLemmatizer())
ARTICLES: Sequence[Article] = (
    make_article("reset", title="Reset your password", text="Choose the link under the password field."),
    make_article("refund", title="Refunds", text="A refund goes back to the card. Error ERR-4012 means a closed card."),
    make_article("delivery", title="Delivery times", text="Delivery takes three days.", updated=date(2026, 5, 1)),
    make_article("wifi", title="Connect the printer", text="Join the Wi-Fi network, then add the iPhone 15."),
    make_article("reset", Language.AR, title="استعادة كَلِمَة المُرور", text="اضغط الرابط ثم اكتب كلمة مرور جديدة."),
    make_article("invoice", Language.AR, title="الفواتير", text="تجد الفاتورة في حساب أحمد أو حسابك.", tags=("دفع",)),
    make_article("owner", Language.AR, title="صاحب الحساب", text="اسم صاحب الحساب احمد.", category="privacy"),
)


def open_search(directory: Path, articles: Sequence[Article], analyzer: Analyzer = ANALYZER) -> LexicalSearch:
    lexical = open_snapshot(directory, articles, analyzer).lexical
    assert lexical is not None
    return lexical


def open_snapshot(directory: Path, articles: Sequence[Article], analyzer: Analyzer = ANALYZER) -> Snapshot:
    return SnapshotHolder(publish(directory, articles, None, analyzer), analyzer).current()


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> LexicalSearch:
    return open_search(tmp_path_factory.mktemp("lexical"), ARTICLES)


def _found(search: LexicalSearch, text: str, filters: Filters | None = None, limit: int = 10) -> LexicalResult:
    return search.search(parse_query(text), filters or Filters(), limit)


def _ids(result: LexicalResult) -> list[str]:
    return [str(candidate.article) for candidate in result.candidates]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("password reset", "en:reset"),
        ("refunding cards", "en:refund"),
        ("err4012", "en:refund"),
        ("ERR-4012", "en:refund"),
        ("4012", "en:refund"),
        ("wifi", "en:wifi"),
        ("iphone15", "en:wifi"),
        ("pasword", "en:reset"),
        ("كلمه المرور", "ar:reset"),  # password, ha for ta marbuta
        ("وكلمة مرور", "ar:reset"),
        ("فاتورة", "ar:invoice"),  # invoice
        ("فاتووره", "ar:invoice"),  # mistyped
        ("صاحب حساب", "ar:owner"),  # account owner
    ],
)
def test_the_best_article_comes_first(search: LexicalSearch, query: str, best: str) -> None:
    assert _ids(_found(search, query))[0] == best


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"reset your password"', {"en:reset"}),
        ('"password your reset"', set()),
        ('"كلمة المرور"', {"ar:reset"}),  # "password"
        ('"كَلِمة"', {"ar:reset"}),
        ('"كُلمة"', set()),
        ('"أحمد"', {"ar:invoice"}),  # Ahmad with hamza
        ('"احمد"', {"ar:invoice", "ar:owner"}),
        ("حساب -احمد", set()),  # account without Ahmad
        ("حساب -صاحب", {"ar:invoice"}),  # account without owner
        ('card -"closed card"', set()),
    ],
)
def test_quotes_and_exclusions_hold(search: LexicalSearch, query: str, found: set[str]) -> None:
    assert set(_ids(_found(search, query))) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(category="privacy"), ["ar:owner"]),
        (Filters(tag="دفع"), ["ar:invoice"]),
        (Filters(lang=Language.EN), []),
        (Filters(updated_to=date(2026, 1, 1)), []),
    ],
)
def test_filters_hold(search: LexicalSearch, filters: Filters, found: list[str]) -> None:
    assert _ids(_found(search, "حساب", filters)) == found  # account


def test_nonsense_finds_nothing(search: LexicalSearch) -> None:
    result = _found(search, "zzqx ژژغغ")
    assert (result.candidates, result.total, result.known_share) == ((), 0, 0.0)


def test_scores_ranks_and_coverage_describe_the_evidence(search: LexicalSearch) -> None:
    best, *others = _found(search, "refund to the card").candidates
    assert best.score == pytest.approx(1.0)
    assert (best.keyword_rank, best.gram_rank) == (1, 1)
    assert best.coverage == pytest.approx(1.0)
    assert all(0 <= other.score <= best.score and 0 <= other.coverage <= 1 for other in others)
    assert _found(search, "refund zzqx").candidates[0].coverage < 0.7


def test_a_typo_is_found_by_its_grams_alone(search: LexicalSearch) -> None:
    (candidate,) = _found(search, "pasword").candidates
    assert candidate.keyword_rank is None
    assert candidate.gram_rank == 1
    assert candidate.coverage == 0


def test_the_known_share_falls_with_unknown_words(search: LexicalSearch) -> None:
    assert _found(search, "password reset").known_share == pytest.approx(1.0)
    assert 0 < _found(search, "password zzqx").known_share < 0.7


def test_the_limit_cuts_what_the_total_counts(search: LexicalSearch) -> None:
    everything = _found(search, "the")
    assert everything.total == len(everything.candidates) > 2
    cut = _found(search, "the", limit=2)
    assert cut.total == everything.total
    assert cut.candidates == everything.candidates[:2]


def test_equal_articles_come_in_the_order_of_their_keys(tmp_path: Path) -> None:
    twins = [make_article(name, title="Same", text="Same words.") for name in ("c", "a", "b")]
    assert _ids(_found(open_search(tmp_path, twins), "same words")) == ["en:a", "en:b", "en:c"]


def test_without_grams_words_alone_answer(tmp_path: Path) -> None:
    snapshot = open_snapshot(tmp_path, ARTICLES)
    assert snapshot.keywords is not None
    search = LexicalSearch(snapshot.keywords, None, snapshot.catalogue, snapshot.content.article, ANALYZER)
    assert _ids(_found(search, "refund")) == ["en:refund"]
    assert _found(search, "refund").candidates[0].score == pytest.approx(1.0)
    assert _ids(_found(search, "pasword")) == []


@given(
    st.text(
        st.one_of(st.sampled_from('"«»-\u2212 \u0640\u064eكلمةأء err4012\ufdfa\ud800'), st.characters()), max_size=60
    )
)
@settings(deadline=None)
def test_whatever_is_typed_is_answered_or_refused(search: LexicalSearch, typed: str) -> None:
    try:
        result = _found(search, typed)
    except QueryError:
        return
    assert all(0 <= candidate.score <= 1 and 0 <= candidate.coverage <= 1 for candidate in result.candidates)
    assert 0 <= result.known_share <= 1


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    KeywordIndexWriter(tmp_path / "keyword", ANALYZER).write()
    GramIndexWriter().write(tmp_path / "grams")
    keywords, grams = KeywordIndex(tmp_path / "keyword"), GramIndex(tmp_path / "grams")
    search = LexicalSearch(keywords, grams, Catalogue(()), lambda key: None, ANALYZER)
    assert _found(search, 'refund "card" -x').candidates == ()


def test_known_words_are_known_in_every_form(search: LexicalSearch) -> None:
    assert search.knows("refunded")
    assert search.knows("والفاتورة")  # and the invoice
    assert not search.knows("refund zzqx")
