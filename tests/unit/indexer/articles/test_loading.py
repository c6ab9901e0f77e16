"""Reading a tree never raises, whatever is in it."""

from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.articles.loading import TreeMemory, load_tree
from kb.errors import Severity
from kb.model import Language, Status
from tests.article_trees import AR, EN, article, valid_tree, write_tree

MEMORY = TreeMemory()
FRAGMENTS = [
    "---\n",
    "id: a\n",
    "title: [\n",
    "tags: {a: b}\n",
    "questions: [1, yes, ~]\n",
    "&a [*a]\n",
    "!!python/x y\n",
]
FRAGMENTS += ["## ", "[a](", "b.md#c)", "![", "<p", ">", "`", "\r", "\t", "\ufeff", "\u202e", "\x85", "!!! note\n    "]
FRAGMENTS += [
    "[x](http://[)",
    "[x](//a)",
    "[x](\x01)",
    "|a|\n|-|\n",
    "```",
    "نص",
    ": ",
    "- ",
    "? ",
    "aliases: [a]\n",
]  # text
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), max_size=25).map("".join)
CONTENTS = st.binary(max_size=60) | TEXTS.map(lambda text: text.encode("utf-8", "replace"))


@settings(deadline=None)
@given(CONTENTS, CONTENTS, TEXTS)
def test_no_content_makes_reading_fail(page: bytes, categories: bytes, body: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        text = article(body.encode("utf-8", "replace").decode())
        files: dict[str, str | bytes] = {EN: page, AR: text, "categories.yaml": categories}
        tree = load_tree(write_tree(Path(directory), files), memory=MEMORY)
    assert all(fault.line >= 1 for fault in tree.faults)
    assert tree.faults == tuple(sorted(tree.faults))


def test_an_articles_place_and_front_matter_make_its_values(tmp_path: Path) -> None:
    write_tree(tmp_path, valid_tree())
    write_tree(
        tmp_path, {"en/orders/track.md": article(id="track", tags="[parcel]", status="draft", aliases="[where]")}
    )
    draft = next(item for item in load_tree(tmp_path).articles if item.id == "track")
    assert (draft.lang, draft.category, draft.slug, draft.path) == (
        Language.EN,
        "orders",
        "track",
        "en/orders/track.md",
    )
    assert (draft.tags, draft.status, draft.aliases) == (("parcel",), Status.DRAFT, ("where",))
    assert draft.source.startswith("Open the sign-in page")
    assert draft.html.startswith("<p>Open the sign-in page and choose <strong>Forgot password</strong>.</p>")
    assert [section.anchor for section in draft.sections] == ["", "the-message-does-not-arrive"]


def test_a_name_in_two_compositions_is_one_name(tmp_path: Path) -> None:
    name = "أسئلة"  # questions
    files = {
        f"ar/orders/{unicodedata.normalize(form, name)}.md": article(id=f"faq-{form.lower()}")
        for form in ("NFC", "NFD")
    }
    tree = load_tree(write_tree(write_tree(tmp_path, valid_tree()), files))
    assert [fault.code for fault in tree.errors] == ["slug-clash"]


BROKEN = {
    "blank": {"summary": "''"},
    "missing": {"owner": None},
    "yaml": {"title": "[never closed"},
    "comment": {"title": "Order #1"},
    "choice": {"audience": "all"},
    "date": {"updated": "soon"},
}


@pytest.mark.parametrize("status", ["draft", "archived", "'draft'"])
@pytest.mark.parametrize("changes", BROKEN.values(), ids=BROKEN)
def test_what_is_not_published_holds_back_only_itself(
    tmp_path: Path, status: str, changes: dict[str, str | None]
) -> None:
    files = {"en/orders/idea.md": article("# Body\n\n[x](none.md)\n", id="idea", status=status, **changes)}
    tree = load_tree(write_tree(write_tree(tmp_path, valid_tree()), files))
    assert tree.errors == ()
    assert {fault.path for fault in tree.held_back} == {"en/orders/idea.md"}
    assert len(tree.held_back) >= 2
    assert [item.path for item in tree.articles if item.status is Status.PUBLISHED] == [AR, EN]


@pytest.mark.parametrize("status", ["published", "dratf", "draft\nstatus: published", None])
def test_what_is_published_or_says_nothing_clear_holds_back_the_tree(tmp_path: Path, status: str | None) -> None:
    files = {"en/orders/idea.md": article(id="idea", summary="''", status=status)}
    assert load_tree(write_tree(write_tree(tmp_path, valid_tree()), files)).errors


@pytest.mark.parametrize("name", ["en/account/a-first.md", "en/orders/z-last.md"])
def test_a_draft_that_takes_a_published_name_is_the_one_in_the_wrong(tmp_path: Path, name: str) -> None:
    draft = article(id="reset-password", status="draft", aliases="[reset-password, old]")
    published = article(aliases="[old]")
    tree = load_tree(write_tree(write_tree(tmp_path, valid_tree()), {EN: published, name: draft}))
    assert tree.errors == ()
    assert {(fault.path, fault.code) for fault in tree.held_back} == {(name, "duplicate-id"), (name, "slug-clash")}


def test_a_link_to_a_faulty_draft_is_a_link_that_readers_cannot_follow(tmp_path: Path) -> None:
    files = {EN: article("See [it](idea.md).\n"), "en/account/idea.md": article(id="x", status="draft", summary="''")}
    tree = load_tree(write_tree(write_tree(tmp_path, valid_tree()), files))
    assert [(fault.path, fault.code) for fault in tree.errors] == [(EN, "hidden-target")]


def test_a_misplaced_draft_holds_back_only_itself(tmp_path: Path) -> None:
    files = {"en/idea.md": article(id="idea", status="draft")}
    tree = load_tree(write_tree(write_tree(tmp_path, valid_tree()), files))
    assert [(fault.path, fault.code, fault.severity) for fault in tree.faults] == [
        ("en/idea.md", "misplaced-file", Severity.WARNING)
    ]
