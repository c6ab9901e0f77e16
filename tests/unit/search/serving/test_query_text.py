"""The query language: whatever is typed means something, and never a syntax error."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.normalise import fold
from search.serving.query_text import (
    MAX_QUERY_LENGTH,
    MOST_EXCLUSIONS,
    MOST_PHRASES,
    ParsedQuery,
    QueryError,
    QueryFault,
    parse_query,
)


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        ("reset  my password", ParsedQuery(("reset", "my", "password"))),
        ('"reset password" email', ParsedQuery(("email",), ("reset password",))),
        ("«كلمة المرور» نسيت", ParsedQuery(("نسيت",), ("كلمة المرور",))),  # I forgot the "password"
        ("“كلمة المرور”", ParsedQuery((), ("كلمة المرور",))),
        ("»كلمة المرور«", ParsedQuery((), ("كلمة المرور",))),
        ("refund -card", ParsedQuery(("refund",), (), ("card",))),
        ("استرجاع \u2212بطاقة", ParsedQuery(("استرجاع",), (), ("بطاقة",))),  # refund without card
        ('refund -"credit card"', ParsedQuery(("refund",), (), ("credit card",))),
        ('cash"gift card"', ParsedQuery(("cash",), ("gift card",))),
    ],
)
def test_signs_are_understood(typed: str, parsed: ParsedQuery) -> None:
    assert parse_query(typed) == parsed


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ('reset "password', ("reset", "password")),
        ("«كلمة", ("كلمة",)),
        ('"" reset', ("reset",)),
        ("wi-fi", ("wi-fi",)),
        ("- refund -", ("refund",)),
        ("refund --card", ("refund", "--card")),
        ('5" screen', ("5", "screen")),
        ("(refund) AND OR NOT title:x*", ("(refund)", "AND", "OR", "NOT", "title:x*")),
        ("\x00reset\x07 \ud800password", ("reset", "password")),
    ],
)
def test_unfinished_and_stray_signs_are_text(typed: str, words: tuple[str, ...]) -> None:
    assert parse_query(typed) == ParsedQuery(words)


@pytest.mark.parametrize("typed", ["", "   ", "\x00\x01", "\ud800", "؟!", '""', "-card", "\u064b\u0640", "\u200f", "ء"])
def test_a_query_without_a_word_is_refused(typed: str) -> None:
    with pytest.raises(QueryError, match="at least one word") as caught:
        parse_query(typed)
    assert caught.value.fault is QueryFault.EMPTY


def test_a_long_query_is_refused_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(QueryError, match="100,000 characters; shorten it to at most 1,000") as caught:
        parse_query("ك" * 100_000)
    assert caught.value.fault is QueryFault.TOO_LONG
    assert time.perf_counter() - started < 0.1


def test_the_longest_query_may_be_surrounded_by_space() -> None:
    assert parse_query(" " * 500 + "a" * MAX_QUERY_LENGTH + "\n" * 500).words == ("a" * MAX_QUERY_LENGTH,)


def test_plain_text_leaves_exclusions_out() -> None:
    parsed = parse_query('email "reset password" -card')
    assert parsed.text == "email reset password"
    assert not parsed.is_plain


@given(st.text(st.one_of(st.sampled_from('"«»“”-\u2212 ab كت\x00\ud800'), st.characters()), max_size=80))
def test_any_text_is_parsed_or_refused(typed: str) -> None:
    try:
        parsed = parse_query(typed)
    except QueryError:
        return
    assert parsed.words or parsed.phrases
    for part in (*parsed.words, *parsed.phrases, *parsed.exclusions):
        assert any(sign.isalnum() for sign in fold(part))


def test_the_same_phrase_counts_once_however_often_it_is_typed() -> None:
    assert parse_query('"a" ' * 240) == ParsedQuery((), ("a",))
    assert parse_query('"Refund" -late «refund» -LATE “REFUND” order') == ParsedQuery(
        ("order",), ("Refund",), ("late",)
    )


def test_more_phrases_than_anybody_means_are_words() -> None:
    phrases = [f"way {number}" for number in range(MOST_PHRASES + 5)]

    parsed = parse_query("first " + " ".join(f'"{each}"' for each in phrases))

    assert parsed.phrases == tuple(phrases[:MOST_PHRASES])
    assert parsed.words == ("first", *phrases[MOST_PHRASES:])


def test_more_exclusions_than_anybody_means_are_left_out() -> None:
    parsed = parse_query("order " + " ".join(f'-word{number} -"two words {number}"' for number in range(20)))

    assert parsed.words == ("order",)
    assert len(parsed.exclusions) == MOST_EXCLUSIONS
    assert parsed.exclusions[:2] == ("word0", "two words 0")


@given(st.text(alphabet='ab "-«»', max_size=200))
def test_the_parts_that_cost_most_are_few(typed: str) -> None:
    try:
        parsed = parse_query(typed)
    except QueryError:
        return
    assert len(parsed.phrases) <= MOST_PHRASES
    assert len(parsed.exclusions) <= MOST_EXCLUSIONS
    assert len({fold(each) for each in parsed.phrases}) == len(parsed.phrases)
