"""Every rule of indexer.articles.faults has a tree that breaks it, and docs/ARTICLES.md explains it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from indexer.articles.faults import Rule
from indexer.articles.front_matter import KEYS
from indexer.articles.loading import TreeMemory, load_tree
from tests.article_trees import (
    AR,
    ARABIC_BODY,
    ARABIC_FRONT_MATTER,
    BODY,
    CATEGORIES,
    EN,
    article,
    valid_tree,
    write_tree,
)

DOCUMENT = Path(__file__).parent.parent.parent.parent.parent / "docs" / "ARTICLES.md"
TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Case:
    """Files that differ from the valid tree, and where the fault must be."""

    files: dict[str, str | bytes | None]
    line: int
    path: str = EN


def body(text: str) -> dict[str, str | bytes | None]:
    return {EN: article(text)}


def front(**changes: str | None) -> dict[str, str | bytes | None]:
    return {EN: article(**changes)}


CASES = {
    Rule.NOT_UTF8: Case({EN: article().encode() + b"\n\xff\xfe"}, 15),
    Rule.CONTROL_CHARACTER: Case(body("One.\n\nTwo\x00 three."), 11),
    Rule.WRONG_EXTENSION: Case({"en/account/a.markdown": article(id="a")}, 1, "en/account/a.markdown"),
    Rule.MISPLACED_FILE: Case({"en/stray.md": article(id="stray")}, 1, "en/stray.md"),
    Rule.UNKNOWN_LANGUAGE: Case({"fr/account/a.md": article()}, 1, "fr/account/a.md"),
    Rule.UNKNOWN_CATEGORY: Case({"en/acount/a.md": article(id="a")}, 1, "en/acount/a.md"),
    Rule.MISSING_CATEGORIES: Case({"categories.yaml": None}, 1, "categories.yaml"),
    Rule.BAD_SLUG: Case({"en/account/Bad_Name.md": article(id="a")}, 1, "en/account/Bad_Name.md"),
    Rule.SLUG_CLASH: Case(front(aliases="[old-name, reset-password]"), 8),
    Rule.NO_FRONT_MATTER: Case({EN: "# Title\n"}, 1),
    Rule.INVALID_YAML: Case(front(title="[never closed"), 4),
    Rule.COMMENT_IN_VALUE: Case(front(tags="[one, two] # three"), 8),
    Rule.UNKNOWN_KEY: Case(front(reviewby="2027-01-01"), 8),
    Rule.MISSING_KEY: Case(front(owner=None), 2),
    Rule.DUPLICATE_KEY: Case(front(summary="one\nowner: two"), 6),
    Rule.WRONG_TYPE: Case(front(title="2026"), 3),
    Rule.BLANK_VALUE: Case(front(questions="[one, '', two, three]"), 7),
    Rule.TOO_LONG: Case(front(title="long " * 50), 3),
    Rule.BAD_CHOICE: Case(front(audience="everybody"), 8),
    Rule.BAD_DATE: Case(front(updated="2026-02-30"), 6),
    Rule.BAD_ID: Case(front(id="Reset_Password"), 2),
    Rule.BAD_DIGEST: Case(front(translation_of="{lang: ar, digest: xyz}"), 8),
    Rule.REPEATED_VALUE: Case(front(tags="[one, two, one]"), 8),
    Rule.TOO_MANY_QUESTIONS: Case(front(questions=str([f"question {n}" for n in range(21)])), 7),
    Rule.DUPLICATE_ID: Case({"en/orders/second.md": article()}, 2, "en/orders/second.md"),
    Rule.H1_IN_BODY: Case(body("Text.\n\n# Title\n\nText.\n"), 11),
    Rule.HEADING_JUMP: Case(body("Text.\n\n## One\n\nText.\n\n#### Three\n\nText.\n"), 15),
    Rule.RAW_HEADING: Case(body("Text.\n\n<h2>Raw</h2>\n\nText.\n"), 11),
    Rule.LOST_NUMBER_SIGN: Case(body("Text.\n\n## Where is order #\n\nText.\n"), 11),
    Rule.EMPTY_HEADING: Case(body("Text.\n\n##\n\nText.\n"), 11),
    Rule.EMPTY_SECTION: Case(body("Text.\n\n## One\n\n## Two\n\nText.\n"), 11),
    Rule.EMPTY_BODY: Case(body("\n"), 9),
    Rule.FORBIDDEN_HTML: Case(body("Text.\n\nWrite <your name> here.\n"), 11),
    Rule.UNKNOWN_NOTE: Case(body("Text.\n\n> [!SPOILER]\n> Text.\n"), 11),
    Rule.TANGLED_MARKDOWN: Case(body(f"Text.\n\n{'[' * 20_000}\n"), 11),
    Rule.DEEP_NESTING: Case(body(f"Text.\n\n{'> ' * 40}Text.\n"), 11),
    Rule.VISIBLE_MARKUP: Case(body("Text.\n\nA **bold word.\n"), 11),
    Rule.EATEN_STARS: Case(body("Text.\n\nDial *101*5# now.\n"), 11),
    Rule.STEP_NUMBER: Case(body("1. One\n2. Two\n4. Four\n"), 11),
    Rule.SHALLOW_LIST: Case(body("1. One\n  - inner\n2. Two\n"), 10),
    Rule.LOST_CELL: Case(body("| A | B |\n|---|---|\n| 1 | 2 | 3 |\n"), 11),
    Rule.EMPTY_NOTE: Case(body("Text.\n\n!!! note\nText.\n"), 11),
    Rule.OPEN_NOTE: Case(body("Text.\n\n:::tip\nText.\n"), 11),
    Rule.UNUSED_FOOTNOTE: Case(body("Text.\n\n[^1]: Text.\n"), 11),
    Rule.BROKEN_LINK: Case(body("Text.\n\nSee [this](../orders/none.md).\n"), 11),
    Rule.BROKEN_ANCHOR: Case(body("Text.\n\nSee [this](reset-password.md#none).\n"), 11),
    Rule.HIDDEN_TARGET: Case(
        {**body("See [this](agents.md).\n"), "en/account/agents.md": article(id="agents", audience="internal")}, 9
    ),
    Rule.MISSING_IMAGE: Case(body("Text.\n\n![A picture](picture.png)\n"), 11),
    Rule.BAD_IMAGE: Case({**body("![A picture](picture.png)\n"), "en/account/picture.png": b"GIF89a"}, 9),
    Rule.NOT_READ: Case({"en/account/.a.md": article(id="a")}, 1, "en/account/.a.md"),
    Rule.DUPLICATE_HEADING: Case(body("Text.\n\n## One\n\nText.\n\n## One\n\nText.\n"), 15),
    Rule.MISSING_ALT: Case(body("Text.\n\n![](picture.png)\n"), 11),
    Rule.WRONG_LANGUAGE: Case({EN: article(ARABIC_BODY)}, 1),
    Rule.MISSING_TRANSLATION: Case({AR: None}, 2),
    Rule.UNEQUAL_TRANSLATION: Case(front(audience="internal"), 8),
    Rule.STALE_TRANSLATION: Case(front(translation_of="{lang: ar, digest: 0123abcd}"), 8),
    Rule.REVIEW_OVERDUE: Case(front(review_by="2026-11-20"), 8),
    Rule.UPDATED_IN_FUTURE: Case(front(updated="2026-11-22"), 6),
    Rule.FEW_QUESTIONS: Case(front(questions="[one, two]"), 7),
}


def test_a_valid_tree_has_no_fault(tmp_path: Path) -> None:
    tree = load_tree(write_tree(tmp_path, valid_tree()), TODAY)
    assert tree.faults == ()
    assert [article.path for article in tree.articles] == [AR, EN]


@pytest.mark.parametrize("rule", CASES, ids=lambda rule: rule.code)
def test_breaking_a_rule_is_reported_with_file_and_line(tmp_path: Path, rule: Rule) -> None:
    case = CASES[rule]
    tree = load_tree(write_tree(tmp_path, {**valid_tree(), **case.files}), TODAY)
    assert (case.path, case.line, rule.code, rule.severity) in [
        (fault.path, fault.line, fault.code, fault.severity) for fault in tree.faults
    ]


def test_a_link_out_of_the_articles_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(article(id="secret"))
    root = write_tree(tmp_path / "articles", valid_tree())
    (root / "en/account/secret.md").symlink_to(tmp_path / "secret.md")
    faults = load_tree(root).faults
    assert [(fault.path, fault.code) for fault in faults] == [("en/account/secret.md", Rule.UNREADABLE_FILE.code)]


def test_every_rule_has_a_case() -> None:
    assert {*CASES, Rule.UNREADABLE_FILE} == set(Rule)


def test_all_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    files = {
        **valid_tree(),
        EN: article("See [a](a.md) and [b](b.md).\n\n### Deep\n", owner=None, updated="yesterday"),
        AR: article(ARABIC_BODY, ARABIC_FRONT_MATTER, colour="red"),
    }
    found = [(fault.path, fault.line, fault.code) for fault in load_tree(write_tree(tmp_path, files), TODAY).errors]
    assert found == [
        (AR, 8, "unknown-key"),
        (EN, 2, "missing-key"),
        (EN, 5, "bad-date"),
        (EN, 8, "broken-link"),
        (EN, 8, "broken-link"),
        (EN, 10, "empty-section"),
        (EN, 10, "heading-jump"),
    ]


def test_an_unknown_key_comes_with_a_suggestion(tmp_path: Path) -> None:
    tree = load_tree(write_tree(tmp_path, {**valid_tree(), EN: article(sumary="x")}), TODAY)
    assert "did you mean `summary`?" in tree.faults[0].message


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_line_ends_and_byte_order_marks_change_nothing(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    plain = load_tree(write_tree(tmp_path / "plain", valid_tree())).articles
    changed = {name: change(text) if name.endswith(".md") else text for name, text in valid_tree().items()}
    assert load_tree(write_tree(tmp_path / "changed", changed)).articles == plain


def test_the_digest_that_a_stale_translation_asks_for_satisfies_it(tmp_path: Path) -> None:
    stale = {**valid_tree(), EN: article(translation_of="{lang: ar, digest: 0123abcd}")}
    message = load_tree(write_tree(tmp_path / "a", stale), TODAY).faults[0].message
    digest = re.findall(r"digest: ([0-9a-f]+)", message)[0]
    fresh = {**valid_tree(), EN: article(translation_of=f"{{lang: ar, digest: {digest}}}")}
    assert load_tree(write_tree(tmp_path / "b", fresh), TODAY).faults == ()


@pytest.mark.parametrize(
    ("files", "path", "line"),
    [
        (front(title="How order #7 is paid"), EN, 3),
        (front(summary="One\n  #2 of many"), EN, 5),
        (front(questions="[where is #1, b, c]"), EN, 7),
        (front(owner="team  # accounts"), EN, 5),
        (front(audience="public # all"), EN, 8),
        ({"categories.yaml": CATEGORIES.replace("icon: package", "icon: package # box")}, "categories.yaml", 8),
    ],
)
def test_words_behind_a_number_sign_are_never_lost_silently(
    tmp_path: Path, files: dict[str, str | bytes | None], path: str, line: int
) -> None:
    faults = load_tree(write_tree(tmp_path, {**valid_tree(), **files}), TODAY).errors
    assert (path, line, "comment-in-value") in [(fault.path, fault.line, fault.code) for fault in faults]


@pytest.mark.parametrize(
    ("heading", "shown"),
    [("## What is C#", "What is C#"), ("## Both ##", "Both"), ("## A \\#", "A #"), ("## رقم#", "رقم#")],  # number#
)
def test_signs_that_are_shown_or_meant_as_the_end_of_a_heading_are_none(
    tmp_path: Path, heading: str, shown: str
) -> None:
    tree = load_tree(write_tree(tmp_path, {**valid_tree(), EN: article(f"Text.\n\n{heading}\n\nText.\n")}), TODAY)
    assert tree.faults == ()
    assert next(item for item in tree.articles if item.path == EN).sections[1].heading_path == (shown,)


@pytest.mark.parametrize("heading", ["## Order #", "### Order # ##", "## رقم #", "## Press # #"])  # number #
def test_signs_that_a_heading_would_lose_are_faults_with_the_line_mended(tmp_path: Path, heading: str) -> None:
    lead = "Text.\n\n" + ("## Above\n\nText.\n\n" if heading.startswith("###") else "")
    write_tree(tmp_path, {**valid_tree(), EN: article(f"{lead}{heading}\n\nText.\n")})
    (fault,) = load_tree(tmp_path, TODAY).faults
    assert fault.code == "lost-number-sign"
    mended = fault.message.split("`")[-2]
    write_tree(tmp_path, {EN: article(f"{lead}{mended}\n\nText.\n")})
    assert load_tree(tmp_path, TODAY).faults == ()


def test_a_category_needs_texts_in_both_languages(tmp_path: Path) -> None:
    files = {
        **valid_tree(),
        "categories.yaml": CATEGORIES.replace("  en: {title: Orders, summary: What you bought}\n", ""),
    }
    faults = load_tree(write_tree(tmp_path, files), TODAY).faults
    assert [(fault.path, fault.line, fault.code) for fault in faults] == [("categories.yaml", 7, "missing-key")]


def test_every_rule_and_key_is_explained_to_writers() -> None:
    text = DOCUMENT.read_text("utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| (\w+) \| (.+) \|$", text, re.MULTILINE)
    assert [row for row in rows if row[1] in ("error", "warning")] == [
        (rule.code, str(rule.severity), rule.demand) for rule in Rule
    ]
    assert [row for row in rows if row[1] in ("yes", "no")] == [
        (key.name, "yes" if key.required else "no", key.meaning) for key in KEYS.values()
    ]


def test_code_and_quoted_headings_are_no_headings(tmp_path: Path) -> None:
    text = f"{BODY}\n```text\n# not a heading\n```\n\n## Another\n\nText.\n\n## Another\n\nText.\n"
    faults = load_tree(write_tree(tmp_path, {**valid_tree(), EN: article(text)}), TODAY).faults
    assert [(fault.line, fault.code) for fault in faults] == [(23, "duplicate-heading")]


def test_what_is_remembered_gives_the_same_tree(tmp_path: Path) -> None:
    memory = TreeMemory()
    root = write_tree(tmp_path, {**valid_tree(), EN: article("See [this](none.md).\n", colour="red")})
    first = load_tree(root, TODAY, memory)
    assert load_tree(root, TODAY, memory) == first == load_tree(root, TODAY)
    write_tree(root, valid_tree())
    assert load_tree(root, TODAY, memory) == load_tree(root, TODAY) != first
