"""Words and their offsets."""

from __future__ import annotations

import pytest

from kb.language.analysis import NoLemmatizer, WordAnalyzer
from kb.language.tokens import compounds, split_words
from kb.ports import Script


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("iPhone15", ["iPhone", "15"]),
        ("الـOTP", ["الـ", "OTP"]),  # the OTP
        ("بالWi-Fi", ["بال", "Wi", "Fi"]),  # by Wi-Fi
        ("ERR-4012", ["ERR", "4012"]),
        ("info@dalil.example", ["info", "dalil", "example"]),
        ("don’t stop'", ["don’t", "stop"]),
        ("3.14 and 1,000.", ["3.14", "and", "1,000"]),
        ("١٬٢٣٤٫٥", ["١٬٢٣٤٫٥"]),
        ("10:30", ["10", "30"]),
        ("كِتابٌ، (قلمٌ)!", ["كِتابٌ", "قلمٌ"]),  # a book, a pen
        ("حساب_المستخدم", ["حساب", "المستخدم"]),  # user account
        ("كلمة\u200bالسر", ["كلمة", "السر"]),  # password
        ("\u202bنص\u202c", ["نص"]),  # text between bidi controls
        ("ال\u200cكتاب", ["ال\u200cكتاب"]),  # the book, with a joiner inside
        ("и по-русски", ["и", "по", "русски"]),
        ("... -- !؟", []),
    ],
)
def test_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert [text[word.start : word.end] for word in split_words(text)] == words


@pytest.mark.parametrize(
    "text", ["", " ", "\u0640" * 50, "\u064b\u0651" * 50, "\ud800\udfff", "\u200f\u202e", "\x00\x07"]
)
def test_a_text_without_letters_has_no_words(text: str) -> None:
    assert list(split_words(text)) == []


def test_words_carry_their_script() -> None:
    assert [word.script for word in split_words("نص text 15 слово")] == [
        Script.ARABIC,
        Script.LATIN,
        Script.DIGITS,
        Script.OTHER,
    ]


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("Error ERR-4012 again", ["err4012"]),
        ("iPhone15 and iPhone 15", ["iphone15"]),
        ("write to info@dalil.example", ["infodalilexample"]),
        ("بالWi-Fi", ["wifi"]),  # by Wi-Fi
        ("yes/no, a, b", []),
        ("1-2-3-4-5-6-7-8", []),
    ],
)
def test_words_written_together_are_found_together(text: str, joined: list[str]) -> None:
    tokens = WordAnalyzer(NoLemmatizer()).tokens(text)
    assert ["".join(token.exact for token in run) for run in compounds(text, tokens)] == joined
