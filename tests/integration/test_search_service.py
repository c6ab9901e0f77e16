"""The search end to end over real indexes: words, meaning, filters, translations, snippets, failures."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from indexer.parts.layout import GRAM_DIRECTORY, KEYWORD_DIRECTORY, VECTOR_DIRECTORY
from kb.errors import OperatorError, UserError
from kb.language.rescue.vocabulary import Vocabulary
from kb.model import Article, ArticleId, ArticleKey, Audience, Language, Section
from kb.ports import Calibration, FloatMatrix, SimilarityCurve
from kb.results import Degradation, Filters, Query, Rewriting, SearchMode, SearchResponse
from search.serving.directions import Directions
from search.serving.query_text import ParsedQuery
from search.serving.ranking import Ranker
from search.serving.rewriting import Ground, Reading
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder
from tests.factories import HashingEmbedder, make_article
from tests.generations import plain_analyzer, publish, search_over

ARTICLES = [
    make_article(
        "reset-password",
        Language.AR,
        title="استعادة كلمة المرور",  # getting the password back
        text="اضغط «نسيت كلمة المرور» ثم افتح الرابط في رسالتك.",  # press "forgot password", open the link
        tags=("دخول",),
        updated=date(2026, 3, 1),
    ),
    make_article(
        "reset-password",
        Language.EN,
        title="Reset your password",
        text="Choose the link under the password field, then open the link in your mail.",
        updated=date(2026, 3, 1),
    ),
    make_article(
        "invoices",
        Language.AR,
        category="payment",
        title="تحميل الفاتورة",  # downloading the invoice
        text="تجد الفاتورة في صفحة الطلب.",  # the invoice is on the order's page
        sections=(
            Section("", (), 1, "تجد الفاتورة في صفحة الطلب."),
            Section("vat", ("الرقم الضريبي",), 2, "أضف الرقم الضريبي قبل الدفع ليظهر في الفاتورة."),  # VAT number
        ),
    ),
    make_article("gift-cards", Language.EN, category="payment", title="Gift cards", text="Gift cards never expire."),
    make_article(
        "agent-notes",
        Language.AR,
        title="كلمة المرور: للموظفين",  # the password: for staff
        text="تحقق من هوية العميل قبل تغيير كلمة المرور.",
        audience=Audience.INTERNAL,
        owner="agents",
    ),
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    return search_over(tmp_path_factory.mktemp("index"), ARTICLES)


def ids(response: SearchResponse) -> list[str]:
    return [hit.article.id for hit in response.hits]


def marked(response: SearchResponse) -> set[str]:
    hit = response.hits[0]
    return {part.text for part in (*hit.title, *hit.snippet) if part.mark}


@pytest.mark.parametrize("mode", SearchMode)
def test_every_mode_finds_the_article(service: SearchService, mode: SearchMode) -> None:
    response = service.search(Query("كلمة المرور", Language.AR, mode=mode))
    assert ids(response)[0] == "reset-password"
    assert response.degraded == ()
    assert response.generation.startswith("gen-")
    assert response.took_ms > 0


def test_the_words_are_marked_in_title_and_snippet(service: SearchService) -> None:
    response = service.search(Query("كلمه مرور", Language.AR))
    assert marked(response) == {"كلمة", "المرور"}


def test_the_snippet_names_the_section_to_open(service: SearchService) -> None:
    response = service.search(Query("الرقم الضريبي", Language.AR))
    assert ids(response)[0] == "invoices"
    assert response.hits[0].anchor == "vat"


def test_ranks_and_parts_say_where_a_hit_comes_from(service: SearchService) -> None:
    hit = service.search(Query("gift cards", Language.EN)).hits[0]
    assert dict(hit.ranks) == {"keyword": 1, "grams": 1, "vector": 1}
    assert {"words", "meaning", "lexical", "coverage", "cosine"} <= set(hit.explanation)
    assert 0 < hit.score <= 1
    assert hit.chunk is not None


def test_the_readers_language_wins_among_translations(service: SearchService) -> None:
    for lang in Language:
        response = service.search(Query("reset password", lang))
        assert response.hits[0].article == ArticleKey(ArticleId("reset-password"), lang)
        assert ids(response).count("reset-password") == 1


def test_an_article_of_the_other_language_only_is_shown(service: SearchService) -> None:
    response = service.search(Query("gift cards", Language.AR))
    assert response.hits[0].article == ArticleKey(ArticleId("gift-cards"), Language.EN)


@pytest.mark.parametrize("mode", SearchMode)
def test_internal_articles_are_for_agents_only(service: SearchService, mode: SearchMode) -> None:
    query = Query("كلمة المرور للموظفين هوية العميل", Language.AR, mode=mode)
    assert "agent-notes" not in ids(service.search(query))
    everybody = Filters(audiences=frozenset(Audience))
    agents = service.search(Query(query.text, Language.AR, mode=mode, filters=everybody))
    assert ids(agents)[0] == "agent-notes"


@pytest.mark.parametrize("mode", SearchMode)
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(category="payment"), {"invoices", "gift-cards"}),
        (Filters(tag="دخول"), {"reset-password"}),
        (Filters(lang=Language.EN), {"reset-password", "gift-cards"}),
        (Filters(updated_to=date(2026, 3, 1)), {"reset-password"}),
        (Filters(updated_from=date(2026, 3, 2)), {"invoices", "gift-cards"}),
        (Filters(owner="nobody"), set()),
    ],
)
def test_filters_hold_for_every_retriever(
    service: SearchService, mode: SearchMode, filters: Filters, expected: set[str]
) -> None:
    query = "password link gift cards كلمة المرور الفاتورة الطلب"
    response = service.search(Query(query, Language.AR, mode=mode, filters=filters))
    assert set(ids(response)) <= expected
    assert bool(response.hits) == bool(expected)


def test_a_language_filter_beats_the_readers_language(service: SearchService) -> None:
    response = service.search(Query("reset password", Language.AR, filters=Filters(lang=Language.EN)))
    assert {hit.article.lang for hit in response.hits} == {Language.EN}


@pytest.mark.parametrize("mode", [SearchMode.HYBRID, SearchMode.KEYWORD])
def test_phrases_must_stand_and_exclusions_must_not(service: SearchService, mode: SearchMode) -> None:
    phrase = service.search(Query('"صفحة الطلب"', Language.AR, mode=mode))
    assert ids(phrase) == ["invoices"]
    assert "صفحة الطلب" in marked(phrase)
    excluded = service.search(Query("password cards -gift", Language.EN, mode=mode))
    assert ids(excluded)[0] == "reset-password"
    assert "gift-cards" not in ids(excluded)


def test_pages_cut_one_ranking(service: SearchService) -> None:
    query = "password gift cards invoice الفاتورة"
    whole = service.search(Query(query, Language.EN, limit=50))
    pages = [service.search(Query(query, Language.EN, limit=1, offset=offset)) for offset in range(whole.total)]
    assert [hit.article for page in pages for hit in page.hits] == [hit.article for hit in whole.hits]
    assert {page.total for page in pages} == {whole.total}
    assert service.search(Query(query, Language.EN, offset=900)).hits == ()


@pytest.mark.parametrize(
    "query",
    [
        Query("", Language.AR),
        Query(" \u0640 \x00 \ud800", Language.AR),
        Query("a" * 100_000, Language.AR),
        Query("a", Language.AR, limit=0),
        Query("a", Language.AR, limit=51),
        Query("a", Language.AR, offset=-1),
        Query("a", Language.AR, offset=1_001),
    ],
)
def test_what_cannot_be_asked_is_the_readers_error(service: SearchService, query: Query) -> None:
    with pytest.raises(UserError):
        service.search(query)


@pytest.mark.parametrize(
    "text", ['"', '"-"-', "a\x00b", "\ud800 password", "((( OR AND NOT *", "-", "كلمة\u202e", "😀 a"]
)
def test_odd_text_is_answered_or_refused_but_never_breaks(service: SearchService, text: str) -> None:
    try:
        assert service.search(Query(text, Language.EN)).total >= 0
    except UserError as error:
        assert str(error)


def test_a_question_about_something_else_has_no_answer(service: SearchService) -> None:
    assert service.search(Query("volcano eruption geology", Language.EN)).no_answer
    assert not service.search(Query("reset your password", Language.EN)).no_answer


def test_what_was_found_does_not_depend_on_the_order_of_the_articles(tmp_path: Path) -> None:
    answers = [
        search_over(tmp_path / name, articles).search(Query("password link كلمة", Language.EN, limit=50))
        for name, articles in (("one", ARTICLES), ("other", ARTICLES[::-1]))
    ]
    assert [(hit.article, hit.score) for hit in answers[0].hits] == [
        (hit.article, hit.score) for hit in answers[1].hits
    ]


# What a part that does not work costs


@pytest.mark.parametrize(
    ("directory", "part"),
    [
        (KEYWORD_DIRECTORY, Degradation.KEYWORD),
        (GRAM_DIRECTORY, Degradation.GRAMS),
        (VECTOR_DIRECTORY, Degradation.VECTOR),
    ],
)
def test_a_damaged_part_is_named_and_the_others_answer(
    tmp_path: Path, directory: str, part: Degradation, caplog: pytest.LogCaptureFixture
) -> None:
    store = publish(tmp_path, ARTICLES, HashingEmbedder())
    generation = store.current()
    assert generation is not None
    for path in (generation / directory).rglob("*"):
        if path.is_file():
            path.write_bytes(b"x" * path.stat().st_size)
    broken = SearchService(SnapshotHolder(store, plain_analyzer()), Ranker(HashingEmbedder()))
    response = broken.search(Query("reset password", Language.EN))
    assert ids(response)[0] == "reset-password"
    assert response.degraded == (part,)
    assert "kb index" in caplog.text


class FailingEmbedder(HashingEmbedder):
    """Reads passages, but no questions."""

    def encode_queries(self, texts: Sequence[str]) -> FloatMatrix:
        raise RuntimeError("out of memory")


def test_a_model_that_fails_costs_only_the_vectors(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    response = search_over(tmp_path, ARTICLES, FailingEmbedder()).search(Query("reset password", Language.EN))
    assert ids(response)[0] == "reset-password"
    assert response.degraded == (Degradation.VECTOR,)
    assert "out of memory" in caplog.text


def test_without_a_model_or_without_vectors_the_words_answer(tmp_path: Path) -> None:
    with_vectors = SearchService(
        SnapshotHolder(publish(tmp_path / "a", ARTICLES, HashingEmbedder()), plain_analyzer()), Ranker(None)
    )
    without_vectors = SearchService(
        SnapshotHolder(publish(tmp_path / "b", ARTICLES), plain_analyzer()), Ranker(HashingEmbedder())
    )
    for service in (with_vectors, without_vectors):
        response = service.search(Query("reset password", Language.EN))
        assert ids(response)[0] == "reset-password"
        assert response.degraded == (Degradation.VECTOR,)
        assert service.search(Query("reset password", Language.EN, mode=SearchMode.KEYWORD)).degraded == ()
        assert service.search(Query("reset password", Language.EN, mode=SearchMode.VECTOR)).hits == ()


class OtherEmbedder(HashingEmbedder):
    """The same vectors under another name."""

    fingerprint = "other-256"


def test_vectors_of_another_model_are_not_compared(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = publish(tmp_path, ARTICLES, HashingEmbedder())
    service = SearchService(SnapshotHolder(store, plain_analyzer()), Ranker(OtherEmbedder()))
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            assert service.search(Query("password", Language.EN)).degraded == (Degradation.VECTOR,)
    assert caplog.text.count("kb index") == 1


class UncalibratedEmbedder(HashingEmbedder):
    """A model about which nothing was measured."""

    fingerprint = "uncalibrated-256"
    calibration = Calibration(SimilarityCurve(floor=0.05, answer_midpoint=0.2, answer_slope=0.0))


def test_without_calibration_ranks_are_fused_instead_of_scores(tmp_path: Path) -> None:
    response = search_over(tmp_path, ARTICLES, UncalibratedEmbedder()).search(Query("reset password", Language.EN))
    assert ids(response)[0] == "reset-password"
    assert {"keyword", "vector"} <= set(response.hits[0].explanation)


class StrictAcrossLanguages(HashingEmbedder):
    """A model whose similarities across languages mean nothing under .9, while any counts within one."""

    fingerprint = "strict-256"
    calibration = Calibration(
        SimilarityCurve(floor=0.05, answer_midpoint=0.2, answer_slope=20.0),
        {(Language.EN, Language.AR): SimilarityCurve(floor=0.9, answer_midpoint=0.95, answer_slope=20.0)},
    )


def test_the_floor_is_that_of_the_languages_of_question_and_article(tmp_path: Path) -> None:
    articles = [
        make_article("here", Language.EN, title="Wallet", text="Top up the wallet with a card"),
        make_article("there", Language.AR, title="Wallet", text="Top up the wallet with a card"),
    ]
    query = Query("top up wallet", Language.EN, mode=SearchMode.VECTOR)
    for name, embedder, found in (("one", HashingEmbedder(), 2), ("own", StrictAcrossLanguages(), 1)):
        assert len(search_over(tmp_path / name, articles, embedder).search(query).hits) == found


# What editors and rewriting change


class FixedCuration:
    """Gives the same directions for every query."""

    def __init__(self, directions: Directions) -> None:
        self._directions = directions

    def directions(self, text: str, lang: Language) -> Directions:
        return self._directions


def curated(tmp_path: Path, **directions: object) -> SearchService:
    return search_over(tmp_path, ARTICLES, curation=FixedCuration(Directions(**directions)))  # type: ignore[arg-type]


def test_a_pinned_article_comes_first_even_if_nothing_in_it_matches(tmp_path: Path) -> None:
    service = curated(tmp_path, pinned=(ArticleId("invoices"),))
    response = service.search(Query("reset password", Language.EN))
    assert ids(response)[:2] == ["invoices", "reset-password"]
    assert [hit.pinned for hit in response.hits[:2]] == [True, False]
    assert not response.no_answer


def test_a_pin_never_shows_what_the_reader_may_not_see(tmp_path: Path) -> None:
    service = curated(tmp_path, pinned=(ArticleId("agent-notes"), ArticleId("gone")))
    assert ids(service.search(Query("reset password", Language.EN)))[0] == "reset-password"


def test_a_hidden_article_is_not_shown_and_not_counted(tmp_path: Path) -> None:
    service = curated(tmp_path, hidden=frozenset({ArticleId("reset-password")}))
    response = service.search(Query("password", Language.EN, limit=50))
    assert "reset-password" not in ids(response)
    assert response.total == len(response.hits)


def test_a_synonym_finds_and_marks_what_the_literal_words_do_not(tmp_path: Path) -> None:
    service = curated(tmp_path, variants=("gift cards", '""'))
    response = service.search(Query("vouchers", Language.EN))
    assert ids(response)[0] == "gift-cards"
    assert marked(response) == {"Gift", "cards"}
    assert not response.no_answer


class FixedRewriter:
    """Always proposes the same wording."""

    def __init__(self, text: str) -> None:
        self.text = text

    def readings(self, parsed: ParsedQuery, vocabulary: Vocabulary) -> Iterator[Reading]:
        assert vocabulary.knows("password")
        yield Reading(self.text, Ground.SPELLING)


def test_a_query_that_finds_nothing_is_rewritten_and_says_so(tmp_path: Path) -> None:
    service = search_over(tmp_path, ARTICLES, rewriter=FixedRewriter("reset password"))
    response = service.search(Query("vqxz wvuq", Language.EN))
    assert response.rewritten_query == "reset password"
    assert ids(response)[0] == "reset-password"
    literal = service.search(Query("vqxz wvuq", Language.EN, rewriting=Rewriting.LITERAL))
    assert literal.rewritten_query is None


def test_a_query_that_finds_something_is_left_alone(tmp_path: Path) -> None:
    rewriter = FixedRewriter("gift cards")
    response = search_over(tmp_path, ARTICLES, rewriter=rewriter).search(Query("reset your password", Language.EN))
    assert response.rewritten_query is None


@pytest.mark.parametrize("text", ["vqxz", "", "a" * 2_000])
def test_a_rewriting_that_is_no_better_is_not_used(tmp_path: Path, text: str) -> None:
    service = search_over(tmp_path, ARTICLES, rewriter=FixedRewriter(text))
    assert service.search(Query("wvuq", Language.EN)).rewritten_query is None


# Suggestions and related articles


def test_suggestions_come_from_the_generation_that_serves(service: SearchService) -> None:
    (suggestion,) = service.suggest("كلمة المر", Language.AR)
    assert suggestion.article == ArticleKey(ArticleId("reset-password"), Language.AR)
    assert len(service.suggest("كلمة المر", Language.AR, audiences=frozenset(Audience))) == 2


def related_ids(articles: Sequence[Article]) -> list[str]:
    return [article.id for article in articles]


def test_related_articles_are_of_the_same_language_and_audience(service: SearchService) -> None:
    key = ArticleKey(ArticleId("reset-password"), Language.AR)
    public = service.related(key)
    assert "reset-password" not in related_ids(public)
    assert {article.lang for article in public} == {Language.AR}
    assert "agent-notes" not in related_ids(public)
    assert related_ids(service.related(key, 1, frozenset(Audience))) == ["agent-notes"]


def test_without_vectors_articles_of_the_same_category_are_related(tmp_path: Path) -> None:
    articles = [*ARTICLES, make_article("refunds", Language.AR, category="payment")]
    service = SearchService(SnapshotHolder(publish(tmp_path, articles), plain_analyzer()), Ranker(None))
    assert related_ids(service.related(ArticleKey(ArticleId("invoices"), Language.AR))) == ["refunds"]


def test_an_unknown_article_is_related_to_nothing(service: SearchService) -> None:
    assert service.related(ArticleKey(ArticleId("gone"), Language.AR)) == ()


def test_warming_up_leaves_everything_ready(service: SearchService) -> None:
    service.warm_up()


def test_without_an_index_the_remedy_is_named(tmp_path: Path) -> None:
    from kb.clock import SystemClock
    from kb.storage.generations import GenerationStore

    service = SearchService(SnapshotHolder(GenerationStore(tmp_path, SystemClock()), plain_analyzer()), Ranker(None))
    with pytest.raises(OperatorError, match="kb index"):
        service.search(Query("password", Language.EN))
