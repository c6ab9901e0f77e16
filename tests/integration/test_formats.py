"""What is stored, byte for byte where that can be: who changes it is told to raise the version of the format."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from indexer.parts.layout import FORMATS
from kb.model import Language, Section
from tests.factories import HashingEmbedder, make_article
from tests.generations import publish

ARTICLES = [
    make_article(
        "reset",
        title="Reset your password",
        tags=("account",),
        questions=("I forgot it",),
        asked_as=("cannot log on",),
        sections=(Section("", (), 1, "Open the page. Error ERR-4012."), Section("mail", ("By mail",), 2, "Click it.")),
        updated=date(2026, 1, 10),
    ),
    make_article("book", Language.AR, title="كتاب أحمد", text="كَتَبَ احمد الرسالة", updated=date(2026, 3, 10)),
]

STORED = {
    "content": (3, "3318c2d2fb2efd55"),
    "keyword": (4, "794254d92b51b61b"),
    "phrases": (4, "22729987bd95eebf"),
    "grams": (2, "44986a33d4620a42"),
    "vectors": (1, "d7c3d1363b3c3d94"),
    "short_texts": (1, "383fdc8576387c04"),
}
"""The version of each part, and the beginning of the SHA-256 of what it stores; phrases are a part of `keyword`."""


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = publish(tmp_path_factory.mktemp("formats"), ARTICLES, HashingEmbedder()).generations()
    return path


@pytest.mark.parametrize("part", STORED)
def test_what_is_stored_changes_only_with_its_version(generation: Path, part: str) -> None:
    version = FORMATS["keyword" if part == "phrases" else part]
    assert STORED[part] == (version, digest(generation, part)), "raise FORMAT where it is defined, and note it here"


def test_every_part_is_held_to_this() -> None:
    assert STORED.keys() - {"phrases"} == FORMATS.keys()


def digest(generation: Path, part: str) -> str:
    """Return what stands for the bytes of a part, without what its library adds at random."""
    if part == "content":
        stored = content(generation)
    elif part == "phrases":
        stored = phrases(generation)
    else:
        files = sorted(
            path for path in (generation / part).rglob("*") if path.is_file() and "phrases" not in path.parts
        )
        stored = b"".join(path.relative_to(generation).as_posix().encode() + path.read_bytes() for path in files)
    return sha256(stored).hexdigest()[:16]


def content(generation: Path) -> bytes:
    with closing(sqlite3.connect(generation / "content.sqlite")) as connection:
        return "\n".join(connection.iterdump()).encode()


def phrases(generation: Path) -> bytes:
    from whoosh.index import open_dir

    with open_dir(generation / "keyword" / "phrases").reader() as reader:
        places = [
            (field, term, row, list(positions))
            for field, term in reader.all_terms()
            for row, positions in reader.postings(field, term).items_as("positions")
        ]
    return repr(places).encode()
