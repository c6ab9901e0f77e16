"""Arabic in Latin letters meets the index's words in consonant skeletons."""

from __future__ import annotations

import pytest

from kb.language.rescue.arabizi import arabic_skeletons, is_latin_word, latin_skeletons, vowel_distance


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("7esab", "حساب"),  # account
        ("hesab", "حساب"),
        ("kelmet", "كلمه"),  # word
        ("kelma", "كلمه"),
        ("el-ser", "السر"),  # the secret
        ("esterga3", "استرجاع"),  # return
        ("tawsil", "توصيل"),  # delivery
        ("tawseel", "توصيل"),
        ("mo7afza", "محفظه"),  # wallet
        ("ra2am", "رقم"),  # number, Egyptian
        ("raqam", "رقم"),
        ("8arama", "غرامه"),  # fine
        ("5asm", "خصم"),  # discount
        ("khasm", "خصم"),
        ("sha7n", "شحن"),  # shipping
        ("fatoora", "فاتوره"),  # invoice
        ("tatbeeq", "تطبيق"),  # application
        ("da3m", "دعم"),  # support
    ],
)
def test_a_latin_spelling_shares_a_skeleton_with_its_word(latin: str, arabic: str) -> None:
    assert set(latin_skeletons(latin)) & set(arabic_skeletons(arabic))


def test_long_vowels_tell_words_of_one_skeleton_apart() -> None:
    # kitab "book", katib "writer"
    assert vowel_distance("ketab", "كتاب") < vowel_distance("ktb", "كتاب")


@pytest.mark.parametrize(
    ("word", "latin"), [("7esab", True), ("hello", True), ("737", False), ("حساب", False), ("a-b", False)]
)
def test_only_latin_letters_with_the_chat_digits_are_arabizi(word: str, latin: bool) -> None:
    assert is_latin_word(word) is latin


def test_the_number_of_readings_is_bounded() -> None:
    assert len(latin_skeletons("gkg8" * 50)) <= 8
