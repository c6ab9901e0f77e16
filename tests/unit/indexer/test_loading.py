"""Reading a tree never raises, whatever is in it."""

from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.loading import TreeMemory, load_tree
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


def test_hidden_files_and_the_readme_are_passed_over(tmp_path: Path) -> None:
    write_tree(tmp_path, {"README.md": "# Read me", ".git/a.md": "x", "en/account/.draft.md": "x"})
    assert load_tree(write_tree(tmp_path, valid_tree())).faults == ()


def test_links_in_a_circle_and_directories_are_reported(tmp_path: Path) -> None:
    body = article("Text.\n\n![A card](card.png)\n")
    root = write_tree(tmp_path, {**valid_tree(), EN: body, "en/orders/folder.md/inside.txt": "x"})
    (root / "en/orders/circle.md").symlink_to("circle.md")
    (root / "en/account/card.png").symlink_to("card.png")
    assert [(fault.path, fault.code) for fault in load_tree(root).errors] == [
        (EN, "missing-image"),
        ("en/orders/circle.md", "unreadable-file"),
        ("en/orders/folder.md", "unreadable-file"),
    ]
