"""A text of any kind is read in bounded time, or refused with a line; no word of it vanishes in silence."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.articles.faults import Rule
from indexer.articles.loading import load_tree
from indexer.articles.markdown_reader import MarkdownReader, RawPage
from tests.article_trees import AR, ARABIC_FRONT_MATTER, article, valid_tree, write_tree

READER = MarkdownReader()
# Each took between a second and several minutes by one of the libraries' rules.
ATTACKS = [
    "[" * 20_000,
    "![" * 10_000,
    "![[" * 7_000,
    "[a](" * 5_000,
    "[a][" * 5_000,
    "*" * 20_000,
    "*a **b " * 3_000,
    "_a " * 7_000,
    "~a " * 7_000,
    " ".join("`" * length for length in range(1, 200)),
    ">" * 20_000,
    "> - " * 5_000,
    "".join("  " * depth + "- a\n" for depth in range(140)),
    "".join("    " * depth + "!!! note\n" for depth in range(60)),
    ":::tip\n" * 2_500,
    "<" * 20_000,
    "<a " * 7_000,
    "<!--" * 5_000,
    "[a]: b\n" * 2_500,
    "[x]: <" * 3_000,
    "[^a]" * 5_000 + "\n\n[^a]: b",
    "a|" * 900 + "\n" + "-|" * 900 + "\n" + "|x\n" * 70,
    "|\n" * 10_000,
    "a" + " " * 20_000 + "b",
    "## a" + " {#" * 7_000,
    "{{" * 10_000,
    "==a" * 7_000,
    ":a" * 10_000,
    "a@" * 10_000,
    "http://" * 3_000,
    "&amp;" * 4_000,
    "\\" * 20_000,
    "١" * 20_000 + ".",
]
MARKS = r"""** * _ __ ~~ ` [ ] ( ) ![ ]( < > <b> </b> <details> </details> & \ | : ::: :::tip !!! note # ## >
    - 1. 2) • [^1] {#a} [x] [!NOTE] https:// www. @ &amp; ~ = --- $$ ١. أ)""".split()
PIECES = st.sampled_from([*MARKS, " ", "\n", "\n\n", "    ", "  ", "\n- ", "\n> ", "\n1. ", "| a | b |\n|---|---|\n| "])


def took_s(body: str) -> tuple[float, RawPage]:
    start = time.process_time()
    page = READER.render(body)
    return time.process_time() - start, page


@pytest.mark.parametrize("body", ATTACKS, ids=lambda body: repr(body[:12]))
def test_an_attack_is_read_or_refused_in_seconds(body: str) -> None:
    seconds, page = took_s(f"Text.\n\n{body}")
    assert seconds < 5  # a fifth of that on an idle machine
    assert all(0 <= remark.line <= body.count("\n") + 2 for remark in page.remarks)


@pytest.mark.parametrize(
    ("body", "line", "rule"),
    [
        ("Text.\n\n" + "[" * 20_000, 2, Rule.TANGLED_MARKDOWN),
        ("Text.\n\n- item\n\n  " + "*a " * 7_000, 4, Rule.TANGLED_MARKDOWN),
        ("Text.\n\n" + "[a]: b\n" * 2_500, 2, Rule.TANGLED_MARKDOWN),
        ("x" * 100_001, 0, Rule.TANGLED_MARKDOWN),
        ("x\n" * 5_001, 5_000, Rule.TANGLED_MARKDOWN),
        ("Text.\n\n" + "a|" * 900 + "\n" + "-|" * 900 + "\n" + "|x\n" * 70, 2, Rule.TANGLED_MARKDOWN),
        ("Text.\n\n" + "> " * 40 + "deep", 2, Rule.DEEP_NESTING),
        ("".join("  " * depth + "- a\n" for depth in range(40)), 14, Rule.DEEP_NESTING),
    ],
)
def test_what_is_refused_is_named_at_its_line(body: str, line: int, rule: Rule) -> None:
    found = [(remark.line, remark.rule) for remark in READER.render(body).remarks]
    assert (line, rule) in found


WHOLE = [
    "## a" + " " * 50_000 + "b\n\nText.",
    "## a" + " #" * 20_000 + "b\n\nText.",
    "## " + "# " * 20_000 + "\n\nText.",
    "<div>\n" * 3_000,
    "a " + "<b>" * 2_000,
    "<bdi>\n\n" * 2_000,
    "نص +966 555 " * 2_000,  # text and a number
    "[^1] " * 1_000 + "\n\n[^1]: Text.",
    "!!! note\n" * 1_000,
]


@pytest.mark.parametrize("body", WHOLE, ids=lambda body: repr(body[:12]))
def test_the_whole_way_to_the_page_takes_seconds(tmp_path: Path, body: str) -> None:
    root = write_tree(tmp_path, {**valid_tree(), AR: article(f"نص.\n\n{body}\n", ARABIC_FRONT_MATTER)})  # text
    start = time.process_time()
    tree = load_tree(root)
    assert time.process_time() - start < 8
    assert all(fault.line <= body.count("\n") + 12 for fault in tree.faults)


def test_a_long_honest_article_is_read() -> None:
    row = "| [City](city.md) | **10** | `code` | https://a.example/x_y |\n"
    body = "| A | B | C | D |\n|---|---|---|---|\n" + row * 800 + "\n" + "- [ ] a [link](b.md) and *words*\n" * 1_000
    assert READER.render(body).remarks == ()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PIECES, st.integers(1, 60)), max_size=30))
def test_any_mixture_is_read_in_time_and_reported_inside_it(pieces: list[tuple[str, int]]) -> None:
    body = "".join(piece * times for piece, times in pieces)
    seconds, page = took_s(body)
    assert seconds < 2
    assert all(0 <= remark.line <= body.count("\n") for remark in page.remarks)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25))
def test_no_word_vanishes_in_silence(pieces: list[str]) -> None:
    words = [f"word{number}x" for number in range(len(pieces))]
    body = "".join(f"{piece} {word} " for piece, word in zip(pieces, words, strict=True))
    page = READER.render(body)
    missing = [word for word in words if word not in page.html]
    assert not missing or page.remarks
