"""Corrections by the words of the index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.rescue.spelling import corrections, cost_limit, typing_cost
from kb.language.rescue.vocabulary import Vocabulary

# delivery, order, refund, password, payment, receipt
WORDS = {
    "توصيل": 9,
    "طلب": 20,
    "استرداد": 4,
    "المرور": 7,
    "الدفع": 12,
    "الاستلام": 3,
    "password": 8,
    "refund": 5,
    "الغاء": 2,
}


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary(WORDS, lambda word: False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("توصيبل", "توصيل"),  # an extra letter
        ("توضيل", "توصيل"),  # a neighbouring key
        ("استردلد", "استرداد"),
        ("اسرتداد", "استرداد"),  # two letters swapped
        ("المورر", "المرور"),
        ("pasword", "password"),
        ("refnud", "refund"),
        ("الاستلامالدفع", "الاستلام الدفع"),  # the space is missing
    ],
)
def test_a_slip_finds_the_word_that_was_meant(vocabulary: Vocabulary, typed: str, meant: str) -> None:
    assert corrections(typed, vocabulary)[0].text == meant


@pytest.mark.parametrize("typed", ["طلف", "قلم", "xyz", "قسطنطينيات", "ا" * 5000, ""])
def test_short_far_and_endless_words_are_left_alone(vocabulary: Vocabulary, typed: str) -> None:
    assert corrections(typed, vocabulary) == ()


def test_the_more_frequent_of_two_equally_near_words_comes_first() -> None:
    vocabulary = Vocabulary({"كتابه": 1, "كتابي": 50}, lambda word: False)
    assert corrections("كتابط", vocabulary)[0].text == "كتابي"


@given(st.text("ابتسقم", max_size=8), st.text("ابتسقم", max_size=8))
def test_the_cost_is_symmetric_and_zero_for_equal_words_only(left: str, right: str) -> None:
    assert typing_cost(left, right) == pytest.approx(typing_cost(right, left))
    assert (typing_cost(left, right) == 0) == (left == right)


def test_longer_words_bear_dearer_corrections() -> None:
    assert [cost_limit(length) for length in (3, 5, 8, 12)] == sorted(cost_limit(length) for length in (3, 5, 8, 12))
