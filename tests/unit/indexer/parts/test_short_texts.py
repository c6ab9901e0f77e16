"""Which short texts an article has, and what is kept of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.parts.short_texts import (
    ROWS_FILE,
    ShortTextKind,
    ShortTextRow,
    read_rows,
    short_texts_of,
    write_rows,
)
from kb.errors import OperatorError
from kb.model import Section
from tests.factories import make_article

Kind = ShortTextKind


def test_every_short_text_of_an_article_stands_alone_and_once() -> None:
    article = make_article(
        title="Reset your password",
        summary="When you cannot sign in.",
        questions=("forgot it", "Reset your password", "forgot it"),
        sections=(Section("a", ("Before you start",), 2, "text"), Section("b", ("Steps", "On a phone"), 3, "text")),
        html="<p>text</p>",
    )
    assert [(text.kind, text.chunk.embedding_text) for text in short_texts_of(article)] == [
        (Kind.TITLE, "Reset your password"),
        (Kind.QUESTION, "forgot it"),
        (Kind.SUMMARY, "When you cannot sign in."),
        (Kind.HEADING, "Before you start"),
        (Kind.HEADING, "On a phone"),
    ]
    assert len({text.chunk.id for text in short_texts_of(article)}) == 5


def test_lists_of_questions_count_item_by_item_and_other_lists_do_not() -> None:
    html = (
        "<ol><li>Open the app</li><li>Choose Orders</li></ol>"
        "<ul><li>Where is my <b>parcel</b>?</li><li>It never came<ul><li>أين الطلب؟</li></ul></li>"
        f"<li>{'word ' * 31}?</li></ul>"
    )
    article = make_article(title="", summary="", questions=(), sections=(), html=html)
    texts = [(text.kind, text.chunk.text) for text in short_texts_of(article)]
    assert texts == [(Kind.ITEM, "Where is my parcel?"), (Kind.ITEM, "It never came"), (Kind.ITEM, "أين الطلب؟")]


def test_rows_read_back_as_written(tmp_path: Path) -> None:
    rows = (ShortTextRow(0, Kind.TITLE), ShortTextRow(3, Kind.ITEM))
    write_rows(tmp_path, rows)
    assert read_rows(tmp_path) == rows


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"format": 9, "articles": [], "kinds": []}',
        '{"format": 1, "articles": [1], "kinds": []}',
        '{"format": 1, "articles": [1], "kinds": ["poem"]}',
    ],
)
def test_damaged_rows_are_named_with_the_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / ROWS_FILE).write_text(content)
    with pytest.raises(OperatorError, match=f"{ROWS_FILE}.*kb index"):
        read_rows(tmp_path)


def test_missing_rows_are_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=f"{ROWS_FILE}.*kb index"):
        read_rows(tmp_path)
