"""What a query that finds nothing good is taken to mean."""

from __future__ import annotations

import pytest

from kb.language.normalise import fold
from kb.language.rescue.vocabulary import Vocabulary
from search.serving.query_text import parse_query
from search.serving.rewriting import Ground, QueryRewriter, Reading

# secret (adjective), password (loan word), how, word, password, account, delivery, order, cancel, payment, invoice,
# refund, address, change, the bank, number
TEXT = (
    "السري باسورد كيف كلمة المرور كلمة السر الحساب حساب التوصيل الطلب إلغاء الدفع "
    "الفاتورة استرداد المبلغ العنوان تغيير البنك رقم"
)
SURFACES = {fold(word): word for word in TEXT.split()}
ENGLISH = ("password", "delivery", "order", "refund", "invoice", "my", "how", "cancel")


@pytest.fixture
def vocabulary() -> Vocabulary:
    frequencies = dict.fromkeys([*SURFACES, *ENGLISH], 5)
    return Vocabulary(frequencies, lambda word: False, SURFACES)


def readings(query: str, vocabulary: Vocabulary) -> list[Reading]:
    return list(QueryRewriter().readings(parse_query(query), vocabulary))


def rewrite(query: str, vocabulary: Vocabulary) -> str | None:
    return next((found.text for found in readings(query, vocabulary) if found.ground is not Ground.DIALECT), None)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        (";glm hgsv", "كلمة السر"),  # the Arabic layout was meant
        ("حشسسصخقي", "password"),  # the Latin layout was meant
        ("kelmet el ser", "كلمة السر"),
        ("raqam el 7esab", "رقم الحساب"),
        ("elghaa el talab", "إلغاء الطلب"),
        ("كيف استردلد المبلغ", "كيف استرداد المبلغ"),
        ("تغيير العنوانن التوصيبل", "تغيير العنوان التوصيل"),
        ("cancel my ordr?", "cancel my order?"),
        ("refnud", "refund"),
        ("passwrod", "password"),  # an English slip, though «باسورد» sounds like it
        ("how do i trakc my order", "how do i track my order"),
        ("pleeease refund", "please refund"),
        ("رقم الحسااااب", "رقم الحساب"),
        ("myorder", "my order"),
        ("ma 3am yosal el talab", "ما عم يوصل الطلب"),  # 3am is a particle here, not the word for general
        ("talabi ma wesel", "طلبي ما وصل"),
        ("wain talabi", "وين طلبي"),
        ("ween talabi", "وين طلبي"),
        ("wain talabi, 3endi order", "وين طلبي عندي اوردر"),
        ("ةغ خقيثق", "my order"),
    ],
)
def test_a_query_is_rewritten_to_words_of_the_index(vocabulary: Vocabulary, query: str, meant: str) -> None:
    assert rewrite(query, vocabulary) == meant


@pytest.mark.parametrize(
    "query",
    [
        '"كلمة السرر"',  # quotes say that it is meant literally
        "الحساب -الدفعع",
        "zzzz qqqq",
        "logout",
        "thanks",
        "export",
        "nearby",
        "jahez",  # names of firms, unknown to most lists
        "naqel",
        "mp3 player",
        "سلعة",
        "تقسيط",
        "شلون",
        "a",
        "s",
        "ب",
        "سباق الخيل العربية",  # Arabian horse racing: no word of it is near
        "كلمة " * 50 + "المرورر",  # a pasted text
    ],
)
def test_a_query_that_cannot_be_helped_is_left_alone(vocabulary: Vocabulary, query: str) -> None:
    assert rewrite(query, vocabulary) is None


def test_a_query_whose_words_are_all_known_is_left_alone(vocabulary: Vocabulary) -> None:
    assert readings("كيف الدفع", vocabulary) == []


def test_words_of_a_dialect_get_standard_words_beside_them(vocabulary: Vocabulary) -> None:
    assert readings("ازاي اكنسل الاوردر", vocabulary) == [Reading("كيف إلغاء الطلب", Ground.DIALECT)]


def test_each_reading_builds_on_the_one_before(vocabulary: Vocabulary) -> None:
    found = readings("ازاي ادفع الفاتوورة", vocabulary)
    assert [reading.ground for reading in found] == [Ground.SPELLING, Ground.DIALECT]
    assert found[0].text.endswith("الفاتورة")


def test_signs_around_a_mended_word_stay(vocabulary: Vocabulary) -> None:
    assert rewrite("my ordr, please!", vocabulary) == "my order, please!"
