"""Directions and left-to-right runs: pictures by another implementation of the algorithm, and what always holds."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from kb.language.direction import (
    Direction,
    RunKind,
    direction_of,
    direction_of_code,
    direction_of_unknown,
    runs,
)
from kb.language.isolation import isolated_html, plain_text
from kb.model import Language
from kb.results import TextPart
from tests.direction_pictures import Picture, as_seen, pictures

CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PIECES = [
    "+966 11 555",
    "رقم ",
    "(",
    ")",
    "C++",
    " ",
    "-",
    "٣-٥",
    "\u2066",
    "\u2069",
    "\u200f",
    "a@b.c",
    "«",
    "5 ",
    "*1#",
    "[",
    "]",
]
MIXED = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map("".join)
LANGUAGES = st.sampled_from(list(Language))
DIRECTIONS = st.none() | st.sampled_from(list(Direction))


# Marks behind an address would become part of it, so its last sign may fall to the wrong side where there is no markup.
BARE = {"address that ends with a slash"}


@pytest.mark.parametrize("each", [each for each in pictures() if each.name not in BARE], ids=lambda each: each.name)
def test_a_text_is_shown_in_its_order(each: Picture) -> None:
    lang = Language.AR if each.direction is Direction.RTL else Language.EN
    base = "R" if each.direction is Direction.RTL else "L"

    assert as_seen(get_display(plain_text(each.text, lang), base_dir=base)) == as_seen(each.picture)


def test_without_help_many_would_not_be() -> None:
    wrong = [
        each.name
        for each in pictures()
        if as_seen(get_display(each.text, base_dir="R" if each.direction is Direction.RTL else "L"))
        != as_seen(each.picture)
    ]

    assert len(wrong) >= 35


@given(MIXED)
def test_runs_are_the_text(text: str) -> None:
    assert "".join(run.text for run in runs(text)) == text


@given(MIXED, LANGUAGES, DIRECTIONS)
def test_plain_text_changes_nothing_that_is_seen_and_is_stable(
    text: str, lang: Language, around: Direction | None
) -> None:
    once = plain_text(text, lang, around)

    assert CONTROLS.sub("", once) == CONTROLS.sub("", text)
    assert plain_text(once, lang, around) == once


@given(MIXED, st.sampled_from(list(Direction)), st.lists(st.integers(0, 40), max_size=4))
def test_html_holds_the_text_whatever_marks_cut_through_it(text: str, around: Direction, cuts: list[int]) -> None:
    ends = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    parts = [TextPart(text[a:b], i % 2 == 1) for i, (a, b) in enumerate(pairwise(ends))]
    html = isolated_html(parts, around)

    bare = re.sub(r"</?(?:bdi|bdo|mark)(?: dir=\"\w+\")?>", "", html)
    assert bare == escape(text)
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", html, re.S))
    assert re.sub("<.*?>", "", marked) == escape("".join(part.text for part in parts if part.mark))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("كوفيد-19", []),  # Covid-19
        ("لديك 3 رسائل", []),  # you have 3 messages
        ("(123) ثم", []),  # and then
        ("في 10:30 يوم 31/12/2026", []),  # at, on the day
        ("عبر Apple Pay فقط", []),  # only by
        ("و(*9#).", ["*9#"]),  # and
        ("رقم \u2066+1 555 0100\u2069", []),  # number; between isolates already
    ],
)
def test_what_needs_no_help_gets_none(text: str, kept: list[str]) -> None:
    assert [run.text for run in runs(text) if run.kind is not RunKind.TEXT] == kept


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("iCloud ممتلئ كيف أفرغه", Direction.RTL),  # is full, how do I empty it
        ("Apple Pay لا يعمل", Direction.RTL),  # does not work: as many Arabic words as others
        ("how do I write شكرا here", Direction.LTR),  # thanks
        ("رابط https://a.example/b/c/d", Direction.RTL),  # link
        ("+966 11 555", Direction.LTR),
        ("؟!", Direction.RTL),
        ("", Direction.RTL),
    ],
)
def test_what_was_typed_goes_by_most_of_its_words(text: str, direction: Direction) -> None:
    assert direction_of_unknown(text, Direction.RTL) is direction


def test_a_known_language_decides_unless_no_letter_is_of_it() -> None:
    assert direction_of("iPhone 15 Pro Max: الضمان", Language.AR) is Direction.RTL  # warranty
    assert direction_of("Apple Pay", Language.AR) is Direction.LTR
    assert direction_of("Choose الدفع", Language.EN) is Direction.LTR  # paying
    assert direction_of("الدفع", Language.EN) is Direction.RTL
    assert direction_of("*123#", Language.AR) is Direction.RTL


@pytest.mark.parametrize(
    ("code", "direction"),
    [
        ("فشل التحقق 3-D Secure", Direction.RTL),  # the check failed
        ("ERR 42: الرصيد لا يكفي", Direction.RTL),  # too little credit
        ('print("مرحبا بكم في المتجر")', Direction.LTR),  # welcome to the shop
        ("C:/مجلد الصور", Direction.LTR),  # folder of pictures
        ("kb check --lang ar", Direction.LTR),
        ("2 + 2", Direction.LTR),
    ],
)
def test_code_is_left_to_right_unless_it_is_an_arabic_message(code: str, direction: Direction) -> None:
    assert direction_of_code(code) is direction


def test_a_text_of_the_other_direction_is_kept_apart_as_a_whole() -> None:
    assert plain_text("Pay online", Language.EN, Direction.RTL) == "\u200f\u2066Pay online\u2069"
    assert plain_text("الدفع", Language.AR, Direction.LTR) == "\u200e\u2067الدفع\u2069"  # paying
    assert plain_text("Apple Pay متاح", Language.AR, Direction.RTL) == "\u200fApple Pay متاح"  # is available


def test_addresses_stay_bare_where_programs_look_for_them() -> None:
    text = "زر https://shop.example/a أو care@shop.example"  # visit, or

    assert plain_text(text, Language.AR) == text
    assert isolated_html([TextPart(text, False)], Direction.RTL).count("<bdi") == 2
