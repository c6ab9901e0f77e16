"""The orthographic normal form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.normalise import fold


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("كِتَابٌ", "كتاب"),  # book, vocalised
        ("كـــتاب", "كتاب"),  # book, stretched by tatweel
        ("أحمد إلى آخر ٱسم", "احمد الي اخر اسم"),  # alef forms and alef maksura
        ("مدرسة", "مدرسه"),  # school
        ("مسؤول مسئول", "مسوول مسيول"),  # responsible, in both spellings
        ("شيء", "شي"),  # thing
        ("کتابی", "كتابي"),  # my book, from a Persian keyboard
        ("ڤيزا", "فيزا"),  # Visa
        ("١٢٣ ۴۵۶", "123 456"),  # Arabic-Indic and Persian digits
        ("\ufe8d\ufedf\ufee0\ufe90", "اللب"),  # presentation forms
        ("\ufef7", "لا"),  # ligature of lam and alef with hamza
        ("\ufdf2", "الله"),  # ligature of a whole word
        ("\u202bنص\u202c \u200fنص\u200d", "نص نص"),  # text, among bidi controls and a joiner
        ("Crème BRÛLÉE", "creme brulee"),
        ("Ｆｕｌｌ", "full"),
        ("don’t", "don't"),
        ("cafe\u0301", "cafe"),
    ],
)
def test_spellings_of_the_same_word_fold_together(written: str, normal: str) -> None:
    assert fold(written) == normal


def test_a_zero_width_space_separates() -> None:
    assert fold("كلمة\u200bسر") == "كلمه سر"  # password


def test_every_code_point_folds_to_a_normal_form() -> None:
    planes_with_alphabets = range(0x20000)
    changed = [code for code in planes_with_alphabets if fold(fold(chr(code))) != fold(chr(code))]
    assert changed == []


@given(st.text(), st.text())
def test_folding_is_idempotent_and_works_piece_by_piece(first: str, second: str) -> None:
    assert fold(fold(first)) == fold(first)
    assert fold(first + second) == fold(first) + fold(second)
