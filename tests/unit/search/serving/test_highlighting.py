"""Which words of a text are marked for a query; the forms are in tests/data/highlights.tsv."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.analysis import open_analyzer
from kb.ports import Analyzer
from search.serving.highlighting import Highlighter, Mark, merge_marks, text_parts
from search.serving.phrases import PhraseMatcher
from search.serving.presentation import Marker
from search.serving.query_text import parse_query
from tests.generations import plain_analyzer

TABLE = Path(__file__).parents[3] / "data" / "highlights.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]


STEM_ROWS = [(query, expected) for query, expected, needs in ROWS if needs == "stem"]


@cache
def analyzer() -> Analyzer:
    return open_analyzer(None)


def bracketed(query: str, text: str, analyzed_by: Analyzer | None = None) -> str:
    words = analyzed_by or analyzer()
    parsed = parse_query(query)
    tokens = [token for word in parsed.words for token in words.tokens(word)]
    phrases = [PhraseMatcher(phrase, words) for phrase in parsed.phrases]
    parts = text_parts(text, Marker(Highlighter(tokens, words), phrases).marks(text))
    return "".join(f"[{part.text}]" if part.mark else part.text for part in parts)


def test_the_table_holds_at_least_a_hundred_forms() -> None:
    assert len(ROWS) >= 100


@pytest.mark.parametrize(("query", "expected"), [(query, expected) for query, expected, _ in ROWS])
def test_a_query_marks_the_words_that_it_means(query: str, expected: str) -> None:
    assert bracketed(query, re.sub(r"[\[\]]", "", expected)) == expected


def test_words_that_share_a_stem_are_marked_without_a_lexicon() -> None:
    plain = plain_analyzer()
    marked = [(query, bracketed(query, re.sub(r"[\[\]]", "", expected), plain)) for query, expected in STEM_ROWS]
    assert marked == STEM_ROWS


def test_marks_keep_the_marks_and_letters_of_the_original() -> None:
    text = "\u2067أَعِدْ ضَبْطَ كَلِمَـةِ المُرورِ\u2069 (password)"
    assert bracketed("كلمة password", text) == "\u2067أَعِدْ ضَبْطَ [كَلِمَـةِ] المُرورِ\u2069 ([password])"


def test_a_word_inside_another_is_not_marked() -> None:
    assert bracketed("art", "start of the art, party") == "start of the [art], party"


def test_a_run_that_stands_twice_is_marked_twice() -> None:
    assert bracketed("fee", "fee fees fee.") == "[fee] [fees] [fee]."


def test_a_phrase_swallows_the_words_inside_it() -> None:
    assert merge_marks([Mark(0, 2, 0), Mark(3, 5, 1), Mark(9, 11, 0)], [(0, 5)]) == [Mark(0, 5, -1), Mark(9, 11, 0)]


def test_phrases_that_overlap_become_one_mark() -> None:
    assert merge_marks([], [(0, 5), (3, 9), (3, 3)]) == [Mark(0, 9, -1)]


TEXTS = st.text(st.sampled_from("ابتةكأ َـ ab1.٣\u2067\u2069\n-"), max_size=60)


@given(TEXTS, TEXTS)
def test_marks_are_whole_words_in_order_and_lose_nothing(query: str, text: str) -> None:
    marks = Highlighter(analyzer().tokens(query), analyzer()).marks(text)
    words = {(token.start, token.end) for token in analyzer().tokens(text)}
    assert all((mark.start, mark.end) in words for mark in marks)
    assert marks == sorted(marks)
    assert len({mark.start for mark in marks}) == len(marks)
    assert "".join(part.text for part in text_parts(text, marks)) == text


@given(TEXTS)
def test_a_query_marks_at_least_one_word_of_itself(text: str) -> None:
    tokens = analyzer().tokens(text)
    assert bool(Highlighter(tokens, analyzer()).marks(text)) == bool(tokens)
