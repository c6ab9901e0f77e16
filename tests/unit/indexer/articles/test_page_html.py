from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.articles.loading import load_tree
from kb.model import Language
from tests.article_trees import AR, ARABIC_FRONT_MATTER, EN, article, valid_tree, write_tree

NOTHING: dict[str, str] = {}


def html_of(tmp_path: Path, body: str, lang: Language = Language.EN, more: dict[str, str] = NOTHING) -> str:
    own = {EN: article(body)} if lang is Language.EN else {AR: article(body, ARABIC_FRONT_MATTER)}
    tree = load_tree(write_tree(tmp_path, {**valid_tree(), **own, **more}))
    assert tree.errors == ()
    return next(item.html for item in tree.articles if item.lang is lang)


def attributes_of(html: str) -> list[tuple[str, frozenset[tuple[str, str]]]]:
    tags = re.findall(r"<(span|div|sup|a)( [^>]*)>", html)
    return [(tag, frozenset(re.findall(r'([a-z-]+)="([^"]*)"', written))) for tag, written in tags]


@pytest.mark.parametrize(
    ("target", "href"),
    [
        ("reset-password.md", "#"),
        ("#the-end", "#the-end"),
        ("../orders/track.md", "/en/articles/track"),
        ("../orders/track.md#when-it-comes", "/en/articles/track#when-it-comes"),
        ("../../ar/account/reset-password.md", "/ar/articles/reset-password"),
        ("/en/contact", "/en/contact"),
        ("mailto:help@example.com", "mailto:help@example.com"),
        ("tel:+966800123", "tel:+966800123"),
    ],
)
def test_links_become_addresses_of_the_site(tmp_path: Path, target: str, href: str) -> None:
    track = article("Text.\n\n## When it comes\n\nSoon.\n", id="track")
    body = f"See [this]({target}).\n\n## The end\n\nText.\n"
    assert f'<a href="{href}">this</a>' in html_of(tmp_path, body, more={"en/orders/track.md": track})


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "ftp://example.com/a",
        "https:",
        "//example.com",
        "http://[",
        "/en/articles/reset-password",
        "/admin",
        "none.md",
        "reset-password",
        "../../../../etc/passwd",
        "../account/",
        "?q=1",
    ],
)
def test_links_to_nowhere_are_faults_and_get_no_address(tmp_path: Path, target: str) -> None:
    tree = load_tree(write_tree(tmp_path, {**valid_tree(), EN: article(f"See\n[this]({target}).\n")}))
    assert [(fault.line, fault.code) for fault in tree.errors] == [(10, "broken-link")]
    assert "<a>this</a>" in tree.articles[1].html


def test_links_to_arabic_slugs_and_anchors_stay_arabic(tmp_path: Path) -> None:
    arabic = article("نص.\n\n## متى يصل الطلب\n\nقريبًا.\n", ARABIC_FRONT_MATTER, id="track")  # when the order arrives
    body = "انظر [هنا](../orders/تتبع.md#متى-يصل-الطلب).\n"
    html = html_of(tmp_path, body, Language.AR, {"ar/orders/تتبع.md": arabic})
    assert '<a href="/ar/articles/تتبع#متى-يصل-الطلب">' in html


def test_links_to_the_web_cannot_reach_back(tmp_path: Path) -> None:
    html = html_of(tmp_path, "[Bank](https://bank.example/a?b=1&c=2)\n")
    assert '<a href="https://bank.example/a?b=1&amp;c=2" rel="noopener">Bank</a>' in html


def test_tables_scroll_and_name_their_columns(tmp_path: Path) -> None:
    html = html_of(tmp_path, "| Way | Fee |\n|:---|---:|\n| Fast | 10 |\n")
    assert '<div class="table-wrap" role="region" tabindex="0" aria-label="Table"><table>' in html
    assert '<th class="align-start" scope="col">Way</th>' in html
    assert '<td class="align-end">10</td>' in html
    assert "</table></div>" in html


@pytest.mark.parametrize(("lang", "title"), [(Language.AR, "تنبيه"), (Language.EN, "Warning")])  # a warning
def test_note_boxes_are_titled_in_the_language_of_the_article(tmp_path: Path, lang: Language, title: str) -> None:
    html = html_of(tmp_path, "!!! warning\n    نص Text.\n", lang)
    assert f'<div class="admonition warning">\n<p class="admonition-title">{title}</p>' in html


def test_a_note_box_keeps_a_title_of_its_own(tmp_path: Path) -> None:
    html = html_of(tmp_path, '!!! tip "Before you call"\n    Note this.\n')
    assert '<p class="admonition-title">Before you call</p>' in html


@pytest.mark.parametrize(
    ("code", "direction"),
    [("kb index", "ltr"), ("C:/مجلد", "ltr"), ("الإعدادات > الأمان", "rtl")],  # a folder; settings > security
)
def test_code_has_its_own_direction(tmp_path: Path, code: str, direction: str) -> None:
    html = html_of(tmp_path, f"اكتب `{code}` هنا.\n", Language.AR)
    assert f'<code dir="{direction}"' in html


def test_blocks_of_code_keep_their_lines(tmp_path: Path) -> None:
    html = html_of(tmp_path, "Do this:\n\n```sh\nkb check\nkb index\n```\n")
    assert '<pre dir="ltr"><code>kb check\nkb index\n</code></pre>' in html


@pytest.mark.parametrize("run", ["+966 800 123 4567", "help@souq.example", "https://souq.example/a", "2026-11-20"])
def test_left_to_right_runs_are_isolated_in_arabic_text(tmp_path: Path, run: str) -> None:
    html = html_of(tmp_path, f"اتصل على {run} الآن.\n", Language.AR)
    assert f'<bdi dir="ltr">{run}</bdi>' in html.replace('<span class="whole">', "").replace("</span>", "")
    assert "<bdi" not in html_of(tmp_path, f"Call {run} now.\n")


def test_images_are_served_by_their_content(tmp_path: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 220"><rect width="9" height="9"/></svg>'
    files = {**valid_tree(), EN: article("![A card](../../images/card.svg)\n"), "images/card.svg": svg}
    tree = load_tree(write_tree(tmp_path, files))
    [(name, data)] = tree.assets.items()
    assert data == svg
    assert (
        f'<img src="/assets/{name}" alt="A card" width="360" height="220" loading="lazy" decoding="async">'
        in tree.articles[1].html
    )


def test_harmless_html_is_kept(tmp_path: Path) -> None:
    body = "Press <kbd>Ctrl</kbd>.<br>Next.\n\n<details><summary>More</summary>\nText.\n</details>\n"
    html = html_of(tmp_path, body)
    assert "<kbd>Ctrl</kbd>" in html
    assert "<details><summary>More</summary>" in html


def test_what_was_never_closed_is_reported(tmp_path: Path) -> None:
    files = {**valid_tree(), EN: article("Text <code>kb.\n\n## Next\n\nText.\n")}
    assert [fault.code for fault in load_tree(write_tree(tmp_path, files)).errors] == ["forbidden-html"]


@pytest.mark.parametrize(
    ("lang", "done", "undone", "notes", "back"),
    [
        (Language.EN, "Done", "Not done", "Footnotes", "Back to the text"),
        (Language.AR, "تم", "لم يتم", "هوامش", "العودة إلى موضع الهامش"),
    ],
)
def test_what_is_shown_as_a_picture_is_named_in_the_language_of_the_article(
    tmp_path: Path, lang: Language, done: str, undone: str, notes: str, back: str
) -> None:
    html = html_of(tmp_path, "- [x] نص Text\n- [ ] نص Text\n\nنص Text[^1].\n\n[^1]: نص Text.\n", lang)  # text
    assert set(attributes_of(html)) == {
        ("span", frozenset({("class", "task-box"), ("role", "img"), ("aria-label", done)})),
        ("span", frozenset({("class", "task-box"), ("role", "img"), ("aria-label", undone)})),
        ("div", frozenset({("class", "footnotes"), ("role", "doc-endnotes"), ("aria-label", notes)})),
        ("sup", frozenset({("class", "footnote"), ("id", "fnref-1-1"), ("dir", "ltr")})),
        ("a", frozenset({("href", "#fn-1")})),
        ("a", frozenset({("class", "footnote-back"), ("href", "#fnref-1-1"), ("aria-label", back)})),
    }


@pytest.mark.parametrize(("lang", "title"), [(Language.AR, "احذر"), (Language.EN, "Caution")])  # be careful
def test_callouts_are_titled_in_the_language_of_the_article(tmp_path: Path, lang: Language, title: str) -> None:
    html = html_of(tmp_path, "> [!CAUTION]\n> نص Text.\n", lang)
    assert f'<p class="admonition-title">{title}</p>' in html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<ol start="٣"><li>a</li></ol>', "a number such as 3"),
        ('<ol start="x"><li>a</li></ol>', "a number such as 3"),
        ('<ol><li value="٤">a</li></ol>', "a number such as 3"),
        ('<table><tr><td colspan="2%">a</td></tr></table>', "a number such as 2"),
        ('<p dir="right">a</p>', "ltr, rtl or auto"),
        ('<p lang="ar_SA">a</p>', "a language such as ar"),
        ('<ul><li id="search">a</li></ul>', "written by footnotes only"),
    ],
)
def test_values_of_attributes_are_checked(tmp_path: Path, html: str, expected: str) -> None:
    tree = load_tree(write_tree(tmp_path, {**valid_tree(), EN: article(f"Text.\n\n{html}\n")}))
    [fault] = tree.errors
    assert (fault.line, fault.code) == (11, "forbidden-html")
    assert expected in fault.message


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ("<details>\n<summary>More</summary>\n\nText.\n", 11),
        ("Some <b>bold text.\n", 11),
        ("Text.</div>\n", 11),
        ("</details>\n", 11),
        ("<div>" * 150 + "\n\n" + "</div>" * 150 + "\n", 11),
    ],
)
def test_tags_that_do_not_match_are_reported(tmp_path: Path, html: str, line: int) -> None:
    tree = load_tree(write_tree(tmp_path, {**valid_tree(), EN: article(f"Text.\n\n{html}")}))
    assert {(fault.line, fault.code) for fault in tree.errors} == {(line, "forbidden-html")}


@pytest.mark.parametrize("end", ["</p>", ""])
def test_ends_that_html_leaves_open_may_be_left_open(tmp_path: Path, end: str) -> None:
    items = "<li>a" * 150
    assert "<li>a" in html_of(tmp_path, f"<ul>{items}</ul>\n\n<p>Text.{end}\n")


@pytest.mark.parametrize(
    "inside",
    [
        "- see [this](none.md)",
        "1. press **twice**, [see](none.md)",
        "```\ncode\n```\n\n[this](none.md)",
        "> [a](none.md)",
    ],
)
def test_links_inside_html_are_checked(tmp_path: Path, inside: str) -> None:
    body = f"Text.\n\n<details>\n<summary>More</summary>\n\n{inside}\n\n</details>\n"
    tree = load_tree(write_tree(tmp_path, {**valid_tree(), EN: article(body)}))
    line = 14 + inside.count("\n")
    assert [(fault.line, fault.code) for fault in tree.errors] == [(line, "broken-link")]


def test_anchors_of_a_writers_own_can_be_linked_to(tmp_path: Path) -> None:
    html = html_of(tmp_path, "See [fees](#fees-2026).\n\n## What it costs {#fees-2026}\n\nText.\n")
    assert '<a href="#fees-2026">' in html
    assert '<h2 id="fees-2026">What it costs</h2>' in html
