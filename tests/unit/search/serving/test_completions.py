"""What is offered while somebody types."""

from __future__ import annotations

import pytest

from kb.model import Audience, Language, Section
from search.serving.completions import SuggestionIndex, completions
from tests.factories import make_article

PUBLIC = frozenset({Audience.PUBLIC})
ARTICLES = [
    make_article(
        "reset-password",
        Language.AR,
        title="استعادة كلمة المرور",  # getting the password back
        questions=("نسيت الباسورد",),  # I forgot the password
        sections=(Section("link", ("لم يصل الرابط",), 2, "text"),),  # the link did not arrive
    ),
    make_article("reset-password", Language.EN, title="Reset your password"),
    make_article("shipping", Language.AR, title="الشحن والتوصيل"),  # shipping and delivery
    make_article("cancel", Language.AR, title="إلغاء الطلب"),  # cancelling an order
    make_article("gift", Language.AR, title="هديّة مجانيّة"),  # a free gift
    make_article("agents", Language.AR, title="إلغاء داخلي", audience=Audience.INTERNAL),  # internal
    make_article("app", Language.EN, title="The iPhone app", questions=("Why does the app crash?",)),
]
INDEX = SuggestionIndex(item for article in ARTICLES for item in completions(article))


def suggested(typed: str, lang: Language = Language.AR, limit: int = 8) -> list[str]:
    return [
        "".join(f"[{part.text}]" if part.mark else part.text for part in suggestion.text)
        for suggestion in INDEX.suggest(typed, lang, limit, PUBLIC)
    ]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("است", "[است]عادة كلمة المرور"),
        ("المر", "استعادة كلمة [المر]ور"),  # any word of the title
        ("مرو", "استعادة كلمة ال[مرو]ر"),  # without the article
        ("شح", "ال[شح]ن والتوصيل"),
        ("الشح", "[الشح]ن والتوصيل"),
        ("توصيل", "الشحن وال[توصيل]"),
        ("الغ", "[إلغ]اء الطلب"),  # without hamza
        ("إلغ", "[إلغ]اء الطلب"),
        ("إلغاء الط", "[إلغاء] [الط]لب"),
        ("الغاء طل", "[إلغاء] ال[طل]ب"),
        ("هديه", "[هديّة] مجانيّة"),  # ta marbuta typed as ha
        ("هدية مجا", "[هديّة] [مجا]نيّة"),
        ("نسي", "[نسي]ت الباسورد"),  # a question
        ("رابط", "لم يصل ال[رابط]"),  # a heading
        ("RES", "[Res]et your password"),  # the other language fills up
        ("iph", "The [iPh]one app"),
        ("  استعادة   كل ", "[استعادة] [كل]مة المرور"),
    ],
)
def test_a_beginning_is_completed_and_marked(typed: str, first: str) -> None:
    assert suggested(typed)[0] == first


def test_every_typed_word_must_begin_a_word() -> None:
    assert suggested("استعادة شحن") == []
    assert suggested("xyz") == []


@pytest.mark.parametrize("typed", ["", "  ", "؟!", "\u0640", "\u064e", "\ud800", "\x00", '"'])
def test_what_holds_no_word_completes_to_nothing(typed: str) -> None:
    assert suggested(typed) == []


def test_a_text_of_any_length_is_answered() -> None:
    assert suggested("كلمة " * 20_000) == ["استعادة [كلمة] المرور"]


def test_an_article_is_offered_once_and_in_the_readers_language() -> None:
    articles = [item.article for item in INDEX.suggest("re", Language.EN, 8, PUBLIC)]
    assert [str(article) for article in articles] == ["en:reset-password"]


def test_internal_articles_are_offered_to_agents_only() -> None:
    assert suggested("إلغاء") == ["[إلغاء] الطلب"]
    everybody = INDEX.suggest("إلغاء", Language.AR, 8, frozenset(Audience))
    assert len(everybody) == 2


def test_no_more_than_wanted() -> None:
    assert len(suggested("ا", limit=2)) == 2
    assert suggested("ا", limit=0) == []


def test_a_title_comes_before_a_question_and_what_begins_so_before_the_rest() -> None:
    articles = [
        make_article("a", title="About gift cards"),
        make_article("b", title="Other", questions=("Gift cards that expired",)),
        make_article("c", title="Gift cards of all kinds"),
    ]
    index = SuggestionIndex(item for article in articles for item in completions(article))
    assert [item.slug for item in index.suggest("gift c", Language.EN, 8, PUBLIC)] == ["c", "b", "a"]


def test_a_suggestion_opens_its_article() -> None:
    (suggestion,) = INDEX.suggest("Reset", Language.EN, 8, PUBLIC)
    assert suggestion.slug == "reset-password"


def test_without_articles_nothing_is_offered() -> None:
    assert SuggestionIndex([]).suggest("a", Language.AR, 8, PUBLIC) == ()
