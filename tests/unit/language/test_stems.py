"""Light stems of Arabic, stems and lemmas of English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.arabic import light_stem
from kb.language.english import english_lemma, english_stem
from kb.language.normalise import fold


@pytest.mark.parametrize(
    "forms",
    [
        "الحساب حساب وحساب بالحساب والحساب للحساب حسابه حسابها حسابات",  # account
        "فاتورة الفاتورة والفاتورة بالفاتورة",  # invoice
        "مستخدم المستخدمين مستخدمون المستخدم ومستخدم",  # user
        "إعداد الإعدادات اعدادات",  # setting
    ],
)
def test_common_forms_of_a_word_share_a_stem(forms: str) -> None:
    assert len({light_stem(fold(form)) for form in forms.split()}) == 1


@pytest.mark.parametrize("word", ["هو", "ال", "ولد", "وقت", "بين", "ها", "و", "لله"])
def test_a_short_word_keeps_at_least_two_letters(word: str) -> None:
    assert len(light_stem(fold(word))) >= min(2, len(word))


@given(st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", min_size=1, max_size=200))
def test_a_stem_is_a_part_of_its_word(word: str) -> None:
    assert light_stem(word)
    assert light_stem(word) in word


@pytest.mark.parametrize(
    ("form", "other"),
    [("orders", "ordering"), ("customer's", "customers"), ("deliveries", "delivery")],
)
def test_english_forms_share_a_stem(form: str, other: str) -> None:
    assert english_stem(form) == english_stem(other)


@pytest.mark.parametrize(("form", "base"), [("paid", "pay"), ("sent", "send"), ("children", "child"), ("lost", "lose")])
def test_irregular_english_forms_share_a_lemma(form: str, base: str) -> None:
    assert english_lemma(form) == english_lemma(base)
    assert english_stem(form) != english_stem(base)
