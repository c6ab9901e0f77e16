"""Nothing that lies among the articles is lost without a word, whatever its name, its place or what it links to."""

from __future__ import annotations

import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest

from indexer.articles.loading import MOST_BYTES, LoadedTree, load_tree
from tests.article_trees import AR, ARABIC_BODY, ARABIC_FRONT_MATTER, EN, article, valid_tree, write_tree
from tests.unit.indexer.articles.test_images import PNG

CARD = "بطاقة-آخر"  # card-last; alef with madda is two code points in NFD
NOBODY = 65534

Form: TypeAlias = Literal["NFC", "NFD"]


def found(tree: LoadedTree) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in tree.faults]


def load(root: Path, **files: Any) -> LoadedTree:
    return load_tree(write_tree(write_tree(root, valid_tree()), files))


@pytest.mark.parametrize("disk", ["NFC", "NFD"])
@pytest.mark.parametrize("text", ["NFC", "NFD"])
@pytest.mark.parametrize("folder", ["images", "صور-إضافية"])  # more pictures
def test_images_are_found_however_names_are_composed(tmp_path: Path, disk: Form, text: Form, folder: str) -> None:
    written = unicodedata.normalize(text, f"![بطاقة](../../{folder}/{CARD}.png)")  # card
    body = article(f"{ARABIC_BODY}\n{written}\n", ARABIC_FRONT_MATTER)
    tree = load(tmp_path, **{AR: body, unicodedata.normalize(disk, f"{folder}/{CARD}.png"): PNG})
    assert tree.faults == ()
    assert list(tree.assets.values()) == [PNG]


def test_an_image_is_found_by_an_encoded_reference(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "Ré sumé.png")
    tree = load(tmp_path, **{EN: article("Text.\n\n![CV](R%C3%A9%20sume%CC%81.png)\n"), f"en/account/{name}": PNG})
    assert tree.faults == ()


def test_links_and_anchors_are_found_however_names_are_composed(tmp_path: Path) -> None:
    slug, heading = "آخر-الأسئلة", "أسئلة أخرى"  # last-of-the-questions, other questions
    anchor = "أسئلة-أخرى"
    target = article(
        f"{ARABIC_BODY}\n## {unicodedata.normalize('NFD', heading)}\n\nنص.\n",
        ARABIC_FRONT_MATTER,
        id="faq",
        aliases=unicodedata.normalize("NFD", "[إجابات]"),  # answers
    )
    link = f"[س](../orders/{slug}.md#{anchor})"
    links = [unicodedata.normalize("NFC", link), unicodedata.normalize("NFD", link)]
    source = article(f"{ARABIC_BODY}\n{' '.join(links)}\n", ARABIC_FRONT_MATTER)
    tree = load(tmp_path, **{AR: source, unicodedata.normalize("NFD", f"ar/orders/{slug}.md"): target})
    assert [fault.code for fault in tree.faults] == ["missing-translation"]
    assert {item.slug for item in tree.articles} >= {slug}
    assert next(item for item in tree.articles if item.slug == slug).aliases == ("إجابات",)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("en/account/move.markdown", "wrong-extension"),
        ("en/account/move.MD", "wrong-extension"),
        ("ar/orders/نقل.mdx", "wrong-extension"),  # move
        ("stray.mkd", "wrong-extension"),
        ("en/account/deeper/move.md", "misplaced-file"),
        ("en/move.md", "misplaced-file"),
        ("images/move.md", "misplaced-file"),
        ("EN/account/move.md", "unknown-language"),
        ("en/account/move.txt", "not-read"),
        ("en/account/move.docx", "not-read"),
        ("en/account/reset-password.md~", "not-read"),
        ("en/move.html", "not-read"),
        ("en/account/.move.md", "not-read"),
        ("en/.drafts/move.md", "not-read"),
        (".move.md", "not-read"),
        ("Categories.yaml", "not-read"),
        ("categories.yml", "not-read"),
    ],
)
def test_files_that_are_not_read_are_named(tmp_path: Path, name: str, code: str) -> None:
    tree = load(tmp_path, **{name: article(id="move")})
    path = "en/.drafts" if "drafts" in name else name
    assert (path, code) in found(tree)
    assert [item.path for item in tree.articles] == [AR, EN]


def test_what_tools_and_people_keep_beside_the_articles_is_left_alone(tmp_path: Path) -> None:
    names = (
        "README.md",
        ".git/a.md",
        ".github/workflows/a.yml",
        "LICENSE",
        "Makefile",
        ".editorconfig",
        "images/a.psd",
    )
    assert load(tmp_path, **dict.fromkeys((*names, "en/account/.DS_Store", "images/a.png"), "x")).faults == ()


def test_a_link_to_a_directory_inside_is_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {".shared/move.md": article(id="move", title="Move"), ".shared/a.png": PNG})
    load(tmp_path)
    (tmp_path / "en/orders").symlink_to("../.shared")
    tree = load_tree(tmp_path)
    assert found(tree) == [("en/orders/move.md", "missing-translation")]
    assert "en/orders/move.md" in [item.path for item in tree.articles]


def test_a_link_to_a_file_inside_is_followed_and_copies_clash(tmp_path: Path) -> None:
    load(tmp_path)
    (tmp_path / "en/orders").mkdir()
    (tmp_path / "en/orders/again.md").symlink_to("../account/reset-password.md")
    assert ("en/orders/again.md", "duplicate-id") in found(load_tree(tmp_path))


@pytest.mark.parametrize(
    ("place", "target"),
    [
        ("en/orders", "../../lent"),
        ("en/account/lent.md", "../../../lent/lent.md"),
        ("images", "../lent"),
        ("images/card.png", "../../lent/card.png"),
        ("en/account/absolute.md", "{root}/lent/lent.md"),
    ],
)
def test_a_link_out_of_the_tree_is_a_fault_and_not_followed(tmp_path: Path, place: str, target: str) -> None:
    write_tree(tmp_path / "lent", {"lent.md": article(id="lent"), "card.png": PNG})
    root = write_tree(tmp_path / "articles", valid_tree())
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).symlink_to(target.format(root=tmp_path))
    tree = load_tree(root)
    assert found(tree) == [(place, "unreadable-file")]
    assert "leads out of" in tree.faults[0].message
    assert tree.assets == {}


@pytest.mark.parametrize(
    ("place", "target"), [("en/again", ".."), ("en/account/up", "../.."), ("loop", "loop"), ("en/orders/gone.md", "no")]
)
def test_circles_and_dead_links_are_faults(tmp_path: Path, place: str, target: str) -> None:
    load(tmp_path, **{"en/orders/a.txt": "x"})
    (tmp_path / place).symlink_to(target)
    assert (place, "unreadable-file") in found(load_tree(tmp_path))


def test_many_links_to_each_other_end(tmp_path: Path) -> None:
    load(tmp_path)
    for number in range(12):
        (tmp_path / f"d{number}").mkdir()
        for other in range(12):
            (tmp_path / f"d{number}/l{other}").symlink_to(f"../d{other}")
    assert 0 < len(load_tree(tmp_path).faults) < 12 * 12 * 12


def test_the_root_may_be_a_link(tmp_path: Path) -> None:
    write_tree(tmp_path / "real", valid_tree())
    (tmp_path / "articles").symlink_to("real")
    assert load_tree(tmp_path / "articles").faults == ()


def test_pipes_directories_and_huge_files_are_faults(tmp_path: Path) -> None:
    load(tmp_path, **{"en/orders/folder.md/a.png": PNG, "en/orders/huge.md": article("x" * MOST_BYTES, id="huge")})
    os.mkfifo(tmp_path / "en/account/pipe.md")
    assert found(load_tree(tmp_path)) == [
        ("en/account/pipe.md", "unreadable-file"),
        ("en/orders/folder.md", "unreadable-file"),
        ("en/orders/huge.md", "too-long"),
    ]


def test_a_name_that_is_no_text_is_a_fault(tmp_path: Path) -> None:
    load(tmp_path)
    Path(os.fsdecode(os.fsencode(tmp_path / "en/account") + b"/\xff\xfe.md")).write_text(article(id="a"))
    (fault,) = load_tree(tmp_path).faults
    assert (fault.code, fault.path.encode()) == ("bad-slug", "en/account/\ufffd\ufffd.md".encode())


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be somebody whom permissions stop."""
    before = os.geteuid()
    if before:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.mark.parametrize("place", ["en/orders", "en/orders/a.md", "images", "images/card.png"])
def test_what_may_not_be_read_is_a_fault(place: str) -> None:
    root = Path(tempfile.mkdtemp())
    try:
        root.chmod(0o755)
        body = article("Text.\n\n![A card](../../images/card.png)\n")
        load(root, **{EN: body, "en/orders/a.md": article(id="a"), "images/card.png": PNG})
        (root / place).chmod(0)
        with without_privileges():
            faults = found(load_tree(root))
        (root / place).chmod(0o755)
        expected = {"images/card.png": (EN, "bad-image")}.get(place, (place, "unreadable-file"))
        assert expected in faults
    finally:
        shutil.rmtree(root)


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("Text.\n\n![A card](../../images/Card.PNG)\n", "there is images/card.png, with other capitals"),
        ("See [this](Reset-Password.md).\n", "there is en/account/reset-password.md, with other capitals"),
    ],
)
def test_capitals_that_only_some_disks_tell_apart_are_named(tmp_path: Path, body: str, hint: str) -> None:
    tree = load(tmp_path, **{EN: article(body), "images/card.png": PNG})
    assert hint in tree.errors[0].message
