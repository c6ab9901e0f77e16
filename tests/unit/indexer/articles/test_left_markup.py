"""Nothing that stays visible as markup passes in silence, and nothing else is reported."""

from __future__ import annotations

import pytest

from indexer.articles.markdown_reader import MarkdownReader

READER = MarkdownReader()


def lines_of(body: str, code: str = "visible-markup") -> list[int]:
    return [remark.line for remark in READER.render(body).remarks if remark.rule.code == code]


@pytest.mark.parametrize(
    "typed",
    [
        "a **bold word",
        "**مهم:**النص",  # important: the text
        "** bold **",
        "__bold__text",
        "price ~~ 10 ~~ 8",
        "type `kb check",
        "a ==marked== word",
        "[text](an address.md)",
        "[text] (file.md) and [text](file.md",
        "[text][name]",
        "![a card",
        "a note[^9]",
        "see [[Other page]]",
        "end :::",
        "{{ site.name }}",
        "{% include x %}",
        "a word {.red}",
        "done :tada:",
        "sum $$x^2$$",
        "##Heading",
        "1- open the app",
        "١- افتح التطبيق",  # open the app
        "أ) افتح",  # open
        "a) open",
        "– open it",
        "| a | b |",
        "+---+---+",
        "[TOC]",
        "5 < 6 and <a href=",
        "&nosuch; entity",
        "the end \\",
        "ftp://files.example/x",
    ],
)
@pytest.mark.parametrize("before", ["", "Text.\n\n", "- item\n\n  Words\n  "])
def test_markup_that_is_shown_as_typed_is_reported_at_its_line(before: str, typed: str) -> None:
    if before.startswith("-") and typed in ("+---+---+", "| a | b |"):
        typed = f"\n  {typed}"
    body = f"{before}{typed}"
    assert lines_of(body) == [body.count("\n")]


@pytest.mark.parametrize(
    "typed",
    [
        "Dial *123# or **21*0551234567# now.",
        "It is 5 * 3 = 15, or 5 - 3.",
        r"Write \*\*bold\*\* and \[text\](file), \`code\`.",
        "Write `**bold**` and `[^1]` and `{#id}`.",
        "Write &#42;&#42;bold&#42;&#42;.",
        "Order #12345, at 10:30:45, 3/4, C++ and snake_case_word.",
        "[Optional] words, [x] and [sic].",
        "Tom & Jerry; a < b > c.",
        "https://a.example/a__b**c?x=:y:#z",
        "من 5 - 7 أيام.",  # from … days
        "ص. ب. 1234",  # post office box
        "C:\\Users\\me",
        "I. Newton wrote it.",
        "```\n**x\n| a |\n```",
        "<pre>\n**x**\n</pre>",
        "!!! note\n    Text.",
    ],
)
def test_what_is_meant_as_typed_is_left_alone(typed: str) -> None:
    assert READER.render(typed).remarks == ()


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("<details><summary>More</summary>\nPress **twice**.\n</details>", 1),
        ("Text.\n\n<div>\n- one\n- two\n</div>", 3),
        ("<table>\n<tr><td>see [this](a.md)</td></tr>\n</table>", 1),
        ("<details>\n## Heading\n</details>", 1),
        ("Steps:\n2. goes on", 1),
        ("Text.\n\n    - item that stands too far in", 2),
        ("Text.\n\n    <p>HTML that stands too far in</p>", 2),
    ],
)
def test_what_stands_too_close_or_too_far_in_is_reported(body: str, line: int) -> None:
    assert lines_of(body) == [line]


@pytest.mark.parametrize("body", ["Text.\n\nDial *101*5# now.", "Text.\n\n**Dial** *9*1*2# now.", "نص.\n\nاطلب *٥٠*٣#"])
def test_stars_of_a_dial_code_that_would_vanish_are_reported(body: str) -> None:  # text; dial
    assert lines_of(body, "eaten-stars") == [2]


@pytest.mark.parametrize(
    "body", ["Text.\n\n<!-- never closed\n\nLost.", "Text.\n\na <?php b ?> c", "Text.\n\n<!DOCTYPE html>"]
)
def test_html_that_hides_words_is_reported(body: str) -> None:
    assert lines_of(body, "forbidden-html") == [2]
