"""YAML is read so that nothing written is lost and nothing small becomes large."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kb.yaml_text import DEEPEST, LONGEST, YamlFaultKind, plain_value, quote, read_yaml

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs", "Cn", "Co"]), min_size=1)


def faults(text: str) -> list[tuple[int, YamlFaultKind]]:
    return [(fault.line, fault.kind) for fault in read_yaml(text).faults]


def lost(*lines: int) -> list[tuple[int, YamlFaultKind]]:
    return [(line, YamlFaultKind.LOST_COMMENT) for line in lines]


@pytest.mark.parametrize(
    ("text", "line", "mended"),
    [
        ("title: Refund for invoice #77\n", 1, 'title: "Refund for invoice #77"'),
        ("id: a\nowner: team # 4\n", 2, 'owner: "team # 4"'),
        ("questions:\n  - رقم الفاتورة # وين\n", 2, '- "رقم الفاتورة # وين"'),  # the invoice's number, where
        ('title: say "hi" #1\n', 1, "title: 'say \"hi\" #1'"),
        ("title: C:\\temp #1\n", 1, "title: 'C:\\temp #1'"),
        ("title: it's #1\n", 1, 'title: "it\'s #1"'),
        ("title: first\n  second # third\n", 2, 'title: "first second # third"'),
        ("summary: We are\n  #1 of the town\nowner: x\n", 2, 'summary: "We are #1 of the town"'),
        ("title: #1 of the town\n", 1, 'title: "#1 of the town"'),
        ("tags:\n  - #sale\n", 2, '- "#sale"'),
        ("tags: [parcel, box #2, bag]\n", 1, 'tags: [parcel, "box #2", bag]'),
        ("tags: [#sale,\n  bag]\n", 1, 'tags: ["#sale",'),
        ("orders:\n  ar: {title: الطلبات #1, summary: x}\n", 2, '"الطلبات #1", summary: x}'),  # orders
    ],
)
def test_a_comment_behind_a_value_is_a_fault_with_the_line_mended(text: str, line: int, mended: str) -> None:
    fault = read_yaml(text).faults[0]
    assert (fault.line, fault.kind) == (line, YamlFaultKind.LOST_COMMENT)
    assert f"`{mended}`" in fault.message or mended in fault.message


@pytest.mark.parametrize("text", ["title: Refund #77\n", "tags:\n- box #2\n", "a:\n  b: c # d\n"])
def test_the_mended_line_says_all_that_was_written(text: str) -> None:
    fault = read_yaml(text).faults[0]
    mended = fault.message.split("`")[-2]
    lines = text.split("\n")
    indent = len(lines[fault.line - 1]) - len(lines[fault.line - 1].lstrip())
    lines[fault.line - 1] = " " * indent + mended
    assert faults("\n".join(lines)) == []
    assert "#" in str(plain_value(read_yaml("\n".join(lines)).node, []))


@pytest.mark.parametrize(
    "text", ["a: | # x\n  b\n", "a: >- #1 of all\n  b\n", 'a: "b" # c\n', "a: [b] # c\n", "a: # c\n  - b\n"]
)
def test_comments_behind_other_things_are_faults_too(text: str) -> None:
    assert faults(text) == lost(1)


@pytest.mark.parametrize(
    "text",
    [
        "# first\na: b\n# last\n",
        "a:\n  - one\n  # two\n  - three\n",
        "a:\n# nothing\n  b: c\n",
        "- a: b\n  # between\n  c: d\n",
        "a: b#c\n",
        "a: 'b # c'\n",
        "a: |\n  b # c\n  # d\ne: f\n",
        "a: https://x.example/#y\n",
    ],
)
def test_comments_on_lines_of_their_own_and_signs_inside_texts_are_none(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a: &b c\nd: *b\n", "&b"),
        ("title: &Co and sons\n", "&Co"),
        ("a: *b\n", r"\*b"),
        ("a: !important c\n", "!important"),
        ("a: !!python/object:os.system c\n", "python"),
        ("a: &x {k: v}\nb:\n  <<: *x\n", "&x"),
        ("a: " + "[" * 4000, "deep"),
        ("- " * 3000 + "x", "deep"),
        ("a: " + "{b: " * 50 + "}" * 50, "deep"),
        ("a: x\n" * (LONGEST // 4), "characters"),
        ("a: b\n---\nc: d\n", "document"),
        ("a: b\x07", r"U\+0007"),
        ("a: Fees: all of them\n", 'a: "Fees: all of them"'),
        ("- what now: reset: it\n", '- "what now: reset: it"'),
    ],
)
def test_what_is_refused_is_named(text: str, named: str) -> None:
    read = read_yaml(text)
    assert read.node is None
    assert read.faults[0].kind is YamlFaultKind.INVALID
    assert re.search(named, read.faults[0].message)


def test_a_text_that_grows_is_refused_before_it_grows() -> None:
    levels = ["a0: &a0 {k: v}"] + [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 40)]
    assert faults("\n".join(levels)) == [(1, YamlFaultKind.INVALID)]


def test_as_deep_as_allowed_is_read() -> None:
    text = "[" * (DEEPEST - 1) + "x" + "]" * (DEEPEST - 1)
    assert faults(text) == []


def test_plain_values_are_what_was_written() -> None:
    written: list[object] = []
    text = "a: [yes, 0x1F, 2026-13-45, 1_000, '', ~, null, 'null']\na: b\n"
    found = plain_value(read_yaml(text).node, written)  # type: ignore[arg-type]
    assert found == {"a": ["yes", "0x1F", "2026-13-45", "1_000", "", None, None, "null"]}
    assert len(written) == 1


@given(st.lists(WORDS, min_size=1, max_size=4).map(" ".join))
def test_what_is_quoted_reads_as_it_was(text: str) -> None:
    read = read_yaml(f"a: {quote(text)}\n")
    assert read.faults == ()
    assert plain_value(read.node, []) == {"a": text}


@given(st.text(max_size=60))
def test_no_text_makes_reading_fail(text: str) -> None:
    read = read_yaml(text)
    assert all(fault.line >= 1 for fault in read.faults)
    if read.node is not None and not read.faults:
        assert isinstance(read.node, yaml.Node)
