from __future__ import annotations

from indexer.articles.sections import read_sections
from kb.model import Section


def test_text_is_read_under_its_headings() -> None:
    html = '<p>Lead.</p><h2 id="a">A</h2><p>One.</p><h3 id="b">B</h3><p>Two.</p><h2 id="c">C</h2><p>Three.</p>'
    assert read_sections(html) == (
        Section("", (), 1, "Lead."),
        Section("a", ("A",), 2, "One."),
        Section("b", ("A", "B"), 3, "Two."),
        Section("c", ("C",), 2, "Three."),
    )


def test_there_is_no_lead_without_text() -> None:
    assert read_sections('<h2 id="a">A</h2><p>One.</p>') == (Section("a", ("A",), 2, "One."),)


def test_paragraphs_lines_and_rows_are_kept_apart() -> None:
    html = (
        "<p>One\n  two<br>three.</p><ul>\n<li>First</li>\n<li>Second</li>\n</ul>"
        "<table><thead><tr>\n<th>A</th>\n<th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )
    [section] = read_sections(html)
    assert section.text == "One two\nthree.\n\nFirst\nSecond\n\nA, B.\n1: 2."


def test_code_keeps_its_lines_and_inline_marks_vanish() -> None:
    [section] = read_sections("<pre><code>kb check\nkb index\n</code></pre><p>a<strong>b</strong> &lt;c&gt;</p>")
    assert section.text == "kb check\nkb index\n\nab <c>"


def test_the_text_of_an_image_counts() -> None:
    [section] = read_sections('<p>See <img src="/assets/a.png" alt="the card\'s back">.</p>')
    assert section.text == "See the card's back."


def test_a_heading_with_marks_is_plain_in_the_path() -> None:
    [section] = read_sections('<h2 id="a">Press <code dir="ltr">F1</code>  now</h2><p>x</p>')
    assert section.heading_path == ("Press F1 now",)


def test_marks_of_tasks_and_footnotes_and_what_is_struck_out_are_passed_over() -> None:
    html = (
        '<p>It costs <del>90</del> 70<sup class="footnote" id="fnref-1-1"><a href="#fn-1">1</a></sup>.</p>'
        '<ul><li class="task"><span class="task-box" role="img" aria-label="Done">☑</span> sealed</li></ul>'
        '<div class="footnotes"><ol><li id="fn-1"><p>Without postage. <a class="footnote-back" href="#fnref-1-1">↑</a>'
        "</p></li></ol></div>"
    )
    [section] = read_sections(html)
    assert section.text == "It costs 70.\n\nsealed\n\nWithout postage."
