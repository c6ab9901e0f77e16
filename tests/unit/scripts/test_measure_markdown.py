"""The script that reads specifications tells alike, reported and silent apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.measure_markdown import Example, product_reading, read_examples, verdict

FENCE = "`" * 32
SPECIFICATION = f"""\
# Lists

{FENCE} example
- a→b
.
<ul>
<li>a\tb</li>
</ul>
{FENCE}

## Tables

{FENCE} example table
| a |
| - |
.
<table>
<thead>
<tr>
<th>a</th>
</tr>
</thead>
</table>
{FENCE}

<!-- END TESTS -->

{FENCE} example
left out
.
{FENCE}
"""


def test_examples_are_read_with_their_sections(tmp_path: Path) -> None:
    (tmp_path / "spec.txt").write_text(SPECIFICATION, "utf-8")
    examples = list(read_examples(tmp_path / "spec.txt"))
    assert [(example.number, example.section) for example in examples] == [(1, "Lists"), (2, "Tables")]
    assert examples[0].markdown == "- a\tb\n"
    assert [verdict(example, product_reading())[0] for example in examples] == ["alike", "alike"]


@pytest.mark.parametrize(
    ("markdown", "html", "kind"),
    [
        ("- [x] a\n", '<ul><li><input type="checkbox" checked="" disabled="" /> a</li></ul>', "alike"),
        ("<form>\n", "<form>\n", "reported"),
        ("a\n", "<p>b</p>\n", "silent"),
        ("[a](b)\n", '<p><a href="c">a</a></p>\n', "silent"),
        ("https://example.com\n", "<p>https://example.com</p>\n", "on purpose"),
    ],
)
def test_what_becomes_of_an_example(markdown: str, html: str, kind: str) -> None:
    assert verdict(Example(1, "", markdown, html), product_reading())[0] == kind
