"""Arabic in Latin letters meets the index's words in consonant skeletons."""

from __future__ import annotations

from importlib import resources

import pytest

from kb.language.rescue.arabizi import (
    arabic_skeletons,
    has_chat_digit,
    is_latin_word,
    latin_skeletons,
    letter_by_letter,
    sound_distance,
    table_spellings,
)


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
    assert sound_distance("ketab", "كتاب") < sound_distance("ktb", "كتاب")


@pytest.mark.parametrize(
    ("word", "latin"), [("7esab", True), ("hello", True), ("737", False), ("حساب", False), ("a-b", False)]
)
def test_only_latin_letters_with_the_chat_digits_are_arabizi(word: str, latin: bool) -> None:
    assert is_latin_word(word) is latin


def test_the_number_of_readings_is_bounded() -> None:
    assert len(latin_skeletons("gkg8" * 50)) <= 8


@pytest.mark.parametrize(
    ("latin", "meant", "other"),
    [
        ("yousal", "يوصل", "وصل"),  # it arrives; it arrived
        ("a7ot", "احط", "حط"),  # I put; he put
        ("fatoora", "فاتوره", "فتره"),  # invoice; while
        ("taklefat", "تكلفه", "تكليف"),  # cost; charge
        ("qadeem", "قديم", "قدام"),  # old; before
    ],
)
def test_the_vowels_tell_which_word_was_meant(latin: str, meant: str, other: str) -> None:
    assert sound_distance(latin, meant) < sound_distance(latin, other)


@pytest.mark.parametrize(
    ("word", "is_chat"),
    [
        ("7esab", True),
        ("daf3", True),
        ("ra2am", True),
        ("a4", False),
        ("mp3", False),
        ("5g", False),
        ("iphone15", False),
    ],
)
def test_a_digit_between_letters_stands_for_a_letter(word: str, is_chat: bool) -> None:
    assert has_chat_digit(word) is is_chat


@pytest.mark.parametrize(
    ("latin", "arabic"), [("tkhalloonah", "تخلونه"), ("makharagsh", "مخرجش"), ("kat9t3ou", "كتصتعو")]
)
def test_what_no_list_holds_is_read_letter_by_letter(latin: str, arabic: str) -> None:
    assert letter_by_letter(latin) == arabic


def test_no_spelling_of_the_table_stands_there_twice() -> None:
    lines = resources.files("kb.language.rescue").joinpath("arabizi.tsv").read_text("utf-8").splitlines()
    spellings = [spelling for line in lines if not line.startswith("#") for spelling in line.split("\t")[0].split()]
    assert len(spellings) > 500
    assert sorted(set(spellings)) == sorted(spellings)
    assert set(table_spellings()) == set(spellings)
