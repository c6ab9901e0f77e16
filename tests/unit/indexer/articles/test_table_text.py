"""A row of a table reads as a sentence, and no word of the table is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles.markdown_reader import MarkdownReader
from indexer.articles.sections import read_sections
from kb.model import Section

READER = MarkdownReader()
WORD = st.from_regex("[a-zA-Zء-ي0-9]{1,8}", fullmatch=True)
CELL = st.lists(WORD, max_size=3).map(" ".join)


def section_of(*rows: str) -> Section:
    """Return the section of a Markdown table; the first row is its head."""
    columns = rows[0].count("|") + 1
    lines = [f"| {rows[0]} |", "|---" * columns + "|", *(f"| {row} |" for row in rows[1:])]
    (section,) = read_sections(READER.render("\n".join(lines)).html)
    return section


@pytest.mark.parametrize(
    ("rows", "prose"),
    [
        (["Sign | Meaning", "Red light | The battery is low"], "Red light: The battery is low."),
        (["Sign | Meaning", "Red light. | Low."], "Red light: Low."),
        (["Question | Answer", "Can I pay later? | Yes, for 30 days"], "Can I pay later? Yes, for 30 days."),
        (["Colon | Meaning", "Before: | After"], "Before: After."),
        (["الرسالة | معناها", "الرمز غير صحيح | انتهت مدته"], "الرمز غير صحيح: انتهت مدته."),  # message, meaning
        (["City | Fee | Days", "Riyadh | 20 | 2", "Jeddah | 20 | 20"],
         "Riyadh – Fee: 20, Days: 2.\nJeddah – Fee: 20, Days: 20."),
        (["المدينة | الرسوم | المدة", "جدة | مجانًا | يومان"], "جدة – الرسوم: مجانًا، المدة: يومان."),  # city, fee, time
        (["City | Fee | Days | Note", "Abha |  | 3 | "], "Abha – Days: 3."),
        ([" | Refundable", "Gift card | ✓", "Food | No", "Books | 50 %"],
         "Gift card – Refundable: ✓.\nFood – Refundable: No.\nBooks – Refundable: 50 %."),
        (["Card", "Visa", "Mada"], "Visa.\nMada."),
        (["Way | Steps", "App | Open it<br>Choose Orders."], "App: Open it, Choose Orders."),
        (["Way | Steps", "<b>App</b> | Press [Pay](https://x.example) or `F1`"], "App: Press Pay or F1."),
    ],
)  # fmt: skip
def test_rows_read_as_sentences(rows: list[str], prose: str) -> None:
    assert section_of(*rows).prose == prose


def test_titles_of_columns_are_found_but_not_read() -> None:
    section = section_of("Message | What it means", "Code not found | The code is too old")
    assert section.text == "Message, What it means.\nCode not found: The code is too old."
    assert section.prose == "Code not found: The code is too old."


def test_titles_are_searched_once_however_many_rows_repeat_them() -> None:
    section = section_of("City | Fee | Days", "Abha | 20 | 2", "Taif | 25 | 3")
    assert section.text == "City, Fee, Days.\nAbha: 20, 2.\nTaif: 25, 3."


def test_a_table_of_titles_only_is_read() -> None:
    assert section_of("One | Two").prose == "One, Two."


@pytest.mark.parametrize(
    ("html", "prose"),
    [
        ("<table><tr><td>A</td><td>b</td></tr></table>", "A: b."),
        ("<table><tr><th>A</th><td>b</td></tr><tr><th>C</th><td>d</td></tr></table>", "A: b.\nC: d."),
        (
            "<table><tr><th>City</th><th colspan=2>Time</th></tr><tr><td rowspan=2>Abha</td><td>2</td><td>3</td></tr>"
            "<tr><td>4</td><td>5</td></tr></table>",
            "Abha – Time: 2, Time: 3.\nAbha – Time: 4, Time: 5.",
        ),
        ("<table><caption>Fees</caption><tr><td>A</td><td>b</td></tr></table>", "Fees.\nA: b."),
        ("<table><tr><td>A</td><td><ul><li>b.</li><li>c</li></ul></td></tr></table>", "A: b, c."),
        ("<p>Before</p><table><tr><td>A</td><td>b</td></tr></table><p>After</p>", "Before\n\nA: b.\n\nAfter"),
        ("<table><tr><td colspan=999999>A</td></tr></table>", "A."),
        ("<table></table><p>x</p>", "x"),
        ("<table><tr><td><table><tr><td>in</td></tr></table></td></tr></table><p>x</p>", "in.\n\nx"),
        ("<dl><dt>Hold</dt><dd>We keep it</dd><dt>Ready?</dt><dd>Yes</dd></dl>", "Hold: We keep it\nReady? Yes"),
    ],
)
def test_tables_and_definitions_of_any_shape(html: str, prose: str) -> None:
    (section,) = read_sections(html)
    assert section.prose == prose


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=4))
def test_no_word_is_lost(rows: list[list[str]]) -> None:
    head, *body = ("".join(f"<{tag}>{cell}</{tag}>" for cell in row) for tag, row in _tagged(rows))
    html = f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in body)}</table>"
    text = " ".join(section.text for section in read_sections(html))
    assert set(re.findall(r"\w+", " ".join(cell for row in rows for cell in row))) <= set(re.findall(r"\w+", text))


def _tagged(rows: list[list[str]]) -> list[tuple[str, list[str]]]:
    return [("th" if number == 0 else "td", row) for number, row in enumerate(rows)]
