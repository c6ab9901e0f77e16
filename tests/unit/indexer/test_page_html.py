from __future__ import annotations

from pathlib import Path

import pytest

from indexer.loading import load_tree
from kb.model import Language
from tests.article_trees import AR, ARABIC_FRONT_MATTER, EN, article, valid_tree, write_tree

NOTHING: dict[str, str] = {}


def html_of(tmp_path: Path, body: str, lang: Language = Language.EN, more: dict[str, str] = NOTHING) -> str:
    own = {EN: article(body)} if lang is Language.EN else {AR: article(body, ARABIC_FRONT_MATTER)}
    tree = load_tree(write_tree(tmp_path, {**valid_tree(), **own, **more}))
    assert tree.errors == ()
    return next(item.html for item in tree.articles if item.lang is lang)


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
    assert f'<code dir="{direction}">' in html


def test_blocks_of_code_keep_their_lines(tmp_path: Path) -> None:
    html = html_of(tmp_path, "Do this:\n\n```sh\nkb check\nkb index\n```\n")
    assert '<pre dir="ltr"><code>kb check\nkb index\n</code></pre>' in html


@pytest.mark.parametrize("run", ["+966 800 123 4567", "help@souq.example", "https://souq.example/a", "2026-11-20"])
def test_left_to_right_runs_are_isolated_in_arabic_text(tmp_path: Path, run: str) -> None:
    assert f'<bdi dir="ltr">{run}</bdi>' in html_of(tmp_path, f"اتصل على {run} الآن.\n", Language.AR)
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
