"""Wrong keyboard layout, both ways, and which keys touch."""

from __future__ import annotations

import pytest

from kb.language.rescue.keyboard import as_arabic_layout, as_latin_layout, neighbours


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (";glm hgsv", "كلمة السر"),  # password
        ("hgpshf", "الحساب"),  # the account
        ("ubdm", "علاية"),  # b is the one key of lam-alef
        ("HYGHR", "أإلأأق"),
    ],
)
def test_latin_keys_become_what_the_arabic_layout_writes(typed: str, meant: str) -> None:
    assert as_arabic_layout(typed) == meant


@pytest.mark.parametrize(("typed", "meant"), [("حشسسصخقي", "password"), ("لاعق", "bur"), ("قثبعىي", "refund")])
def test_arabic_keys_become_what_the_us_layout_writes(typed: str, meant: str) -> None:
    assert as_latin_layout(typed) == meant


def test_each_key_goes_there_and_back() -> None:
    keys = "qwertyuiopasdfhgjklzxcvnm"  # g before h would be the one key of lam-alef
    assert as_latin_layout(as_arabic_layout(keys)) == keys


@pytest.mark.parametrize(
    ("pair", "touch"), [("سش", True), ("سي", True), ("as", True), ("فب", True), ("سن", False), ("al", False)]
)
def test_neighbours_are_keys_that_touch(pair: str, touch: bool) -> None:
    assert (frozenset(pair) in neighbours()) is touch
