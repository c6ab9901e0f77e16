"""Texts that agents paste into answers."""

from __future__ import annotations

import pytest

from kb.agents.snippets import LONGEST_PASSAGE, Snippet, SnippetFormat, passage_of, render
from kb.model import Language, Section
from tests.factories import make_article

SNIPPET = Snippet("Fees & <terms>", "Pay *once*.", "https://help.example/r/abc", Language.EN)


def test_each_format_has_title_passage_and_link() -> None:
    assert render(SNIPPET, SnippetFormat.TEXT) == "Fees & <terms>\nPay *once*.\nhttps://help.example/r/abc"
    assert render(SNIPPET, SnippetFormat.MARKDOWN) == (
        "**[Fees & \\<terms\\>](https://help.example/r/abc)**\n\n> Pay \\*once\\*."
    )
    assert render(SNIPPET, SnippetFormat.HTML) == (
        '<div lang="en" dir="ltr"><p><a href="https://help.example/r/abc">'
        "<strong>Fees &amp; &lt;terms&gt;</strong></a></p>"
        "<blockquote>Pay *once*.</blockquote></div>"
    )


def test_arabic_html_reads_from_the_right() -> None:
    arabic = Snippet("الرسوم", "", "https://help.example/r/abc", Language.AR)  # fees

    assert 'lang="ar" dir="rtl"' in render(arabic, SnippetFormat.HTML)


def test_a_passage_is_made_of_whole_sentences() -> None:
    text = "First comes this. Then you open the order and choose return. Last comes that."
    article = make_article(sections=(Section("how", ("How",), 2, text),))

    assert passage_of(article, "how", "…open the order and…") == "Then you open the order and choose return."


def test_without_a_search_the_summary_is_quoted_and_nothing_is_longer_than_allowed() -> None:
    long = "A sentence of some words. " * 60
    article = make_article(summary="In short.", sections=(Section("", (), 1, long),))

    assert passage_of(article, "") == "In short."
    assert len(passage_of(make_article(summary="", sections=(Section("", (), 1, long),)), "")) <= LONGEST_PASSAGE


ROWS = "No code: Wait five minutes.\nCard refused: Use another.\nBlocked: Write to us."


@pytest.mark.parametrize(
    ("shown", "passage"),
    [
        ("…code: Wait five…", "No code: Wait five minutes."),
        ("…refused: Use another. Blocked: Write…", "Card refused: Use another. Blocked: Write to us."),
        ("No code: Wait five minutes. Card refused…", "No code: Wait five minutes. Card refused: Use another."),
    ],
)
def test_rows_of_a_table_are_quoted_as_sentences(shown: str, passage: str) -> None:
    article = make_article(summary="In short.", sections=(Section("", (), 1, "Message, Meaning.", ROWS),))

    assert passage_of(article, "", shown) == passage


def test_text_that_stands_nowhere_is_quoted_as_it_was_shown() -> None:
    assert passage_of(make_article(), "gone", "…what was shown…") == "what was shown"
