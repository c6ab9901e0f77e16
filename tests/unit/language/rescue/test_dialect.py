"""Dialect and loan words become what help articles write, unless the index itself holds them."""

from __future__ import annotations

import pytest

from kb.language.normalise import fold
from kb.language.rescue.dialect import to_standard
from kb.language.rescue.dialect_table import dialect_entries
from kb.language.rescue.vocabulary import Vocabulary

EMPTY = Vocabulary({}, lambda word: False)
REGIONS = {"eg", "gulf", "lev", "ma", "tn"}


@pytest.mark.parametrize(
    ("query", "standard"),
    [
        ("نسيت الباسورد", "نسيت كلمه المرور"),  # I forgot the password
        ("ازاي الغي الاوردر", "كيف الغاء الطلب"),  # how do I cancel the order
        ("شلون ارجع فلوسي", "كيف استرجاع المال"),  # how do I get my money back
        ("كيفاش نبدل العنوان", "كيف استبدال العنوان"),  # how do I change the address
        ("وين طلبي", "اين طلبي"),  # where is my order
        ("ابغى اكنسل", "اريد الغاء"),
        ("بدي رجع مصاري", "اريد رجع المال"),
        ("عايز موبايلي", "اريد الهاتف"),
        ("لو سمحت فين الفاتوره", "اين الفاتوره"),  # a filler of two words goes
        ("ما وصلني الطلب", "لم يصلني الطلب"),  # a form of two words wins over its parts
    ],
)
def test_dialect_words_are_replaced(query: str, standard: str) -> None:
    assert fold(" ".join(to_standard(fold(query).split(), EMPTY))) == fold(standard)


def test_a_word_that_the_index_holds_is_left_alone() -> None:
    vocabulary = Vocabulary({"باسورد": 3}, lambda word: False)
    assert to_standard(["باسورد"], vocabulary) == ("باسورد",)


def test_the_alternative_that_the_index_knows_is_taken() -> None:
    vocabulary = Vocabulary({"كلمه": 3, "السر": 2}, lambda word: False)
    assert to_standard(["باسورد"], vocabulary) == ("كلمة", "السر")


def test_standard_arabic_stays_as_it_is() -> None:
    query = fold("كيف يمكنني تتبع الطلب بعد شحنه").split()  # how can I track the order after it was shipped
    assert to_standard(query, EMPTY) == tuple(query)


def test_the_table_covers_five_regions_with_at_least_300_entries() -> None:
    entries = dialect_entries().values()
    assert len(entries) >= 300
    assert {region for entry in entries for region in entry.regions} == REGIONS
    assert all(sum(region in entry.regions for entry in entries) >= 50 for region in REGIONS)
