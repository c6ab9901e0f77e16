"""Markdown as people and other tools write it, read as GitHub reads it."""

from __future__ import annotations

import re

import pytest

from indexer.articles.markdown_reader import MarkdownReader

READER = MarkdownReader()


def html_of(body: str) -> str:
    page = READER.render(body)
    assert page.remarks == ()
    return re.sub(r"\n+", "", page.html)


def remarks_of(body: str) -> list[tuple[int, str]]:
    return [(remark.line, remark.rule.code) for remark in READER.render(body).remarks]


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("You need:\n* a card\n* a phone", "<p>You need:</p><ul><li>a card</li><li>a phone</li></ul>"),
        ("Do this:\n1. Open\n2. Close", "<p>Do this:</p><ol><li>Open</li><li>Close</li></ol>"),
        ("## Steps\n1) Open\n2) Close", '<h2 id="steps">Steps</h2><ol><li>Open</li><li>Close</li></ol>'),
        (
            "- Cards\n  - debit\n    - blue\n- Cash",
            "<ul><li>Cards<ul><li>debit<ul><li>blue</li></ul></li></ul></li><li>Cash</li></ul>",
        ),
        (
            "1. Pay\n   - by card\n\n   Wait.\n2. Go",
            "<ol><li><p>Pay</p><ul><li>by card</li></ul><p>Wait.</p></li><li><p>Go</p></li></ol>",
        ),
        ("10. Ten\n    - inner", '<ol start="10"><li>Ten<ul><li>inner</li></ul></li></ol>'),
        ("• milk\n• bread\n  ◦ brown", "<ul><li>milk</li><li>bread<ul><li>brown</li></ul></li></ul>"),
        ("▪\tmilk\n▪\tbread", "<ul><li>milk</li><li>bread</li></ul>"),
        ("•milk\n\n•bread", "<ul><li><p>milk</p></li><li><p>bread</p></li></ul>"),
        ("• milk\n\n    ◦ fresh", "<ul><li><p>milk</p><ul><li>fresh</li></ul></li></ul>"),
        ("\u200f## عنوان\n\u200f1. خطوة", '<h2 id="عنوان">عنوان</h2><ol><li>خطوة</li></ol>'),  # heading, step
        ("\u202b* بند\u202c", "<ul><li>بند\u202c</li></ul>"),  # an item
        ("> \u200f- بند", "<blockquote><ul><li>بند</li></ul></blockquote>"),
    ],
)
def test_lists_are_read_wherever_they_stand(body: str, html: str) -> None:
    assert html_of(body) == html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("5. Five\n6. Six", '<ol start="5"><li>Five</li><li>Six</li></ol>'),
        ("٤. أربعة\n٥. خمسة", '<ol class="arabic-indic" start="4"><li>أربعة</li><li>خمسة</li></ol>'),
        ("۱) یک\n۲) دو", '<ol class="persian"><li>یک</li><li>دو</li></ol>'),
        ("- بند\n  ١. أول\n  ٢. ثان", '<ul><li>بند<ol class="arabic-indic"><li>أول</li><li>ثان</li></ol></li></ul>'),
        ("1. One\n1. Two\n1. Three", "<ol><li>One</li><li>Two</li><li>Three</li></ol>"),
    ],
)
def test_steps_keep_their_numbers(body: str, html: str) -> None:
    assert html_of(body) == html


@pytest.mark.parametrize("body", ["1. a\n2. b\n4. c", "Text.\n\n3. a\n3. b\n4. c", "١. أ\n٣. ب"])
def test_numbers_that_would_be_shown_otherwise_are_reported(body: str) -> None:
    [(line, code)] = remarks_of(body)
    assert code == "step-number"
    assert line == body.count("\n", 0, body.rindex("\n")) + 1 or body.split("\n")[line] == "3. b"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("1. Type\n\n   ```sh\n   # all\n   kb check\n   ```\n\n2. Wait", "# all\nkb check\n"),
        ("- Type\n  ~~~\n  a  b\n  ~~~", "a  b\n"),
        ("> ```\n> **x** • y\n> ```", "**x** • y\n"),
        ("• Type\n  ```\n  • kept\n  ١. kept\n  ```", "• kept\n١. kept\n"),
        ("1. Type\n\n       kb check\n", "kb check\n"),
    ],
)
def test_code_inside_steps_stays_code(body: str, code: str) -> None:
    page = READER.render(body)
    assert f"<pre><code>{code}</code></pre>" in page.html
    assert page.remarks == ()


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        ("> [!TIP]\n> Text.", "tip", "Tip"),
        ("> [!caution]\n> Text.", "danger", "Caution"),
        ("> [!NOTE] Before you call\n> Text.", "note", "Before you call"),
        (">[!Important]-\n>Text.", "important", "Important"),
        (":::info\nText.\n:::", "note", "Info"),
        ("::: warning Mind the gap\n\nText.\n\n:::", "warning", "Mind the gap"),
        (":::danger[**Stop**]\nText.\n:::", "danger", "<strong>Stop</strong>"),
        ("1. Step\n\n   :::tip\n   Text.\n   :::", "tip", "Tip"),
        ("!!! hint\n    Text.", "tip", "Hint"),
        ('!!! example "So *this*"\n    Text.', "example", "So <em>this</em>"),
    ],
)
def test_note_boxes_of_all_tools_are_boxes(body: str, kind: str, title: str) -> None:
    html = html_of(body)
    assert f'<div class="admonition {kind}"><p class="admonition-title">{title}</p><p>Text.</p></div>' in html


def test_a_box_in_a_box_ends_where_it_is_closed() -> None:
    html = html_of("::::note\n\nOuter.\n\n:::tip\nInner.\n:::\n\nOuter again.\n\n::::\n\nAfter.")
    assert html.endswith("<p>Inner.</p></div><p>Outer again.</p></div><p>After.</p>")


@pytest.mark.parametrize("body", ['??? note "More"\n    Text.', ":::details More\nText.\n:::"])
def test_boxes_that_fold_are_details(body: str) -> None:
    assert html_of(body) == "<details><summary>More</summary><p>Text.</p></details>"


@pytest.mark.parametrize(
    ("body", "line", "code"),
    [
        ("> [!SPOILER]\n> Text.", 0, "unknown-note"),
        ("Text.\n\n:::tabs\nText.\n:::", 2, "unknown-note"),
        ("Text.\n\n!!! seealso\n    Text.", 2, "unknown-note"),
        ("Text.\n\n:::tip\nText.", 2, "open-note"),
        ("- item\n\n  :::tip\n  Text.\n\nText.", 2, "open-note"),
        ("!!! note\nText.", 0, "empty-note"),
        ("Text.\n\n> [!NOTE]\n\nText.", 2, "empty-note"),
        ("- item\n\n  :::tip\n  :::", 2, "empty-note"),
    ],
)
def test_boxes_that_are_none_are_reported(body: str, line: int, code: str) -> None:
    assert remarks_of(body) == [(line, code)]


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("It cost ~~90~~ 70.", "<p>It cost <del>90</del> 70.</p>"),
        ("a ~b~ c", "<p>a <del>b</del> c</p>"),
        ("## Fees {#fees-2026}\n\nText.", '<h2 id="fees-2026">Fees</h2><p>Text.</p>'),
        ("## الرسوم {#fees}\n\nنص.", '<h2 id="fees">الرسوم</h2><p>نص.</p>'),  # the fees
        ("## C#\n\nText.", '<h2 id="c">C#</h2><p>Text.</p>'),
        ("one\\\ntwo", "<p>one<br>two</p>"),
        ("Prices:\n| A | B |\n|---|--:|\n| 1 | 2 |", "<p>Prices:</p><table><thead><tr><th>A</th>"),
        ("Term\n:   Meaning", "<dl><dt>Term</dt><dd>Meaning</dd></dl>"),
        ("Walk\n~ five minutes", "<p>Walk~ five minutes</p>"),
        ("`&copy;` &copy; \\&copy;", "<p><code>&amp;copy;</code> © &amp;copy;</p>"),
        ("<details>\n<summary>More</summary>\n\n- a **b**\n\n</details>", "<ul><li>a <strong>b</strong></li></ul>"),
        ("a <!-- hidden --> b\n\n<!--\nhidden\n-->\n\nc <!--> d -->", "<p>a  b</p><p>c  d --&gt;</p>"),
    ],
)
def test_what_github_reads_is_read(body: str, html: str) -> None:
    assert html in html_of(body)


def test_tasks_say_whether_they_are_done() -> None:
    html = html_of("- [x] sealed\n- [ ] sent\n- plain")
    assert html == (
        '<ul><li class="task"><span aria-label="done" class="task-box" role="img">☑</span> sealed</li>'
        '<li class="task"><span aria-label="open" class="task-box" role="img">☐</span> sent</li><li>plain</li></ul>'
    )


def test_footnotes_stand_at_the_end_and_lead_back() -> None:
    html = html_of("One[^b] two[^a] again[^b].\n\n[^a]: First.\n[^b]: Second, *long*.\n\n    Its end.")
    assert html.startswith('<p>One<sup class="footnote" id="fnref-1-1"><a href="#fn-1">1</a></sup> two')
    assert '<sup class="footnote" id="fnref-1-2"><a href="#fn-1">1</a></sup>.</p>' in html
    assert '<li id="fn-1"><p>Second, <em>long</em>.</p><p>Its end. <a class="footnote-back" href="#fnref-1-1">' in html
    assert html.index("Its end.") < html.index("First.")


@pytest.mark.parametrize(
    ("body", "line"),
    [("Text.\n\n[^1]: Never used.", 2), ("Text[^1].\n\n[^1]: One.\n\n[^1]: Two.", 4)],
)
def test_footnotes_that_nobody_would_see_are_reported(body: str, line: int) -> None:
    assert remarks_of(body) == [(line, "unused-footnote")]


@pytest.mark.parametrize(
    "body",
    ["A|B\n-|-\n1|2|3", "Text.\n\n> | A |\n> |---|\n> | 1 | 2 |", "- x\n\n  | A | B |\n  |---|---|\n  | 1 | 2 | `3` |"],
)
def test_cells_that_nobody_would_see_are_reported(body: str) -> None:
    assert remarks_of(body) == [(body.count("\n"), "lost-cell")]


def test_headings_know_their_lines() -> None:
    body = "Text.\n\n## One\n\n```\n## no heading\n```\n\nTwo\n---\n\n- ## Three\n"
    assert READER.render(body).heading_lines == (2, 8, 11)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("1. One\n  - inner\n2. Two", 1),
        ("10. Ten\n   - inner\n   - more", 1),
        ("> 1. One\n>   * inner", 1),
        ("- x\n\n  1. One\n    - inner", 3),
        ("١. أول\n  • بند", 1),  # first; an item
    ],
)
def test_lists_that_stand_too_far_out_to_belong_to_a_step_are_reported(body: str, line: int) -> None:
    assert remarks_of(body) == [(line, "shallow-list")]


@pytest.mark.parametrize("body", ["- a\n- b\n\n1. c\n2. d", "1. a\n\n- b", "- a\n  - b\n    - c\n- d", "* a\n- b"])
def test_lists_one_after_the_other_are_left_alone(body: str) -> None:
    assert remarks_of(body) == []
