"""What a query that finds nothing good is taken to mean."""

from __future__ import annotations

import pytest

from kb.language.normalise import fold
from kb.language.rescue.vocabulary import Vocabulary
from search.serving.answerability import AnswerEvidence
from search.serving.query_text import parse_query
from search.serving.rewriting import QueryRewriter

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


def rewrite(query: str, vocabulary: Vocabulary, known_share: float = 0.4) -> str | None:
    evidence = AnswerEvidence(coverage=0.2, similarity=-2.0, known_share=known_share)
    return QueryRewriter().rewrite(parse_query(query), evidence, vocabulary)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        (";glm hgsv", "كلمة السر"),  # the Arabic layout was meant
        ("حشسسصخقي", "password"),  # the Latin layout was meant
        ("kelmet el ser", "كلمة السر"),
        ("raqam el 7esab", "رقم الحساب"),
        ("elghaa el talab", "إلغاء الطلب"),
        ("ازاي اكنسل الاوردر", "كيف إلغاء الطلب"),
        ("كيف استردلد المبلغ", "كيف استرداد المبلغ"),
        ("تغيير العنوانن التوصيبل", "تغيير العنوان التوصيل"),
        ("cancel my ordr?", "cancel my order"),
        ("refnud", "refund"),
        ("passwrod", "password"),  # an English slip, though «باسورد» sounds like it
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
        "سباق الخيل العربية",  # Arabian horse racing: no word of it is near
        "كلمة " * 30 + "المرورر",  # a pasted text
    ],
)
def test_a_query_that_cannot_be_helped_is_left_alone(vocabulary: Vocabulary, query: str) -> None:
    assert rewrite(query, vocabulary) is None


def test_a_query_whose_words_are_all_known_is_left_alone(vocabulary: Vocabulary) -> None:
    assert rewrite("كيف الدفع", vocabulary, known_share=1.0) is None
