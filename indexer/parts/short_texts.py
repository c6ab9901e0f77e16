"""The short texts of an article, each embedded by itself: they are what questions are like, and passages are not.

Title, summary, the questions and the headings; and what stands in lists of questions in the text. Written beside their
vectors: which article each is of, and of which kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from indexer.parts.chunking import chunk_id
from kb.errors import OperatorError
from kb.model import Article, Chunk

ROWS_FILE: Final = "short_texts.json"
FORMAT: Final = 1
# A longer item of a list is a passage of its own.
MOST_WORDS: Final = 30
_QUESTION_MARKS: Final = ("?", "؟")
_LISTS: Final = frozenset({"ul", "ol"})


class ShortTextKind(StrEnum):
    """What a short text is of its article; of a text that is several, the first counts."""

    TITLE = "title"
    QUESTION = "question"
    SUMMARY = "summary"
    HEADING = "heading"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class ShortText:
    """A text and what it is of its article."""

    kind: ShortTextKind
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class ShortTextRow:
    """Which article, by its row, a vector's text is of, and what it is of it."""

    article: int
    kind: ShortTextKind


def short_texts_of(article: Article) -> tuple[ShortText, ...]:
    """Return the short texts of an article; the same article always gives the same ones, none twice."""
    kinds: dict[str, ShortTextKind] = {}
    for kind, text in _texts(article):
        if text:
            kinds.setdefault(text, kind)
    return tuple(ShortText(kind, _chunk(article, kind, text)) for text, kind in kinds.items())


def write_rows(directory: Path, rows: Sequence[ShortTextRow]) -> None:
    """Write what the vectors of short texts stand for, in their order."""
    columns = {"format": FORMAT, "articles": [row.article for row in rows], "kinds": [row.kind for row in rows]}
    (directory / ROWS_FILE).write_text(json.dumps(columns), "utf-8")


def read_rows(directory: Path) -> tuple[ShortTextRow, ...]:
    """Return what the vectors of short texts stand for, in their order.

    Raises:
        OperatorError: The file is missing, damaged or of another format; names it.
    """
    path = directory / ROWS_FILE
    try:
        columns = json.loads(path.read_text("utf-8"))
        if columns["format"] != FORMAT:
            raise ValueError(f"it has format {columns['format']} instead of {FORMAT}")
        pairs = zip(columns["articles"], columns["kinds"], strict=True)
        return tuple(ShortTextRow(int(article), ShortTextKind(kind)) for article, kind in pairs)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(f"The short texts {path} cannot be read: {error}.", "run `kb index`.") from error


def _texts(article: Article) -> Iterator[tuple[ShortTextKind, str]]:
    yield ShortTextKind.TITLE, article.title
    for question in article.questions:
        yield ShortTextKind.QUESTION, question
    yield ShortTextKind.SUMMARY, article.summary
    for section in article.sections:
        yield from ((ShortTextKind.HEADING, heading) for heading in section.heading_path[-1:])
    reader = _ListReader()
    reader.feed(article.html)
    reader.close()
    for items in reader.lists:
        if any(item.endswith(_QUESTION_MARKS) for item in items):
            yield from ((ShortTextKind.ITEM, item) for item in items if len(item.split()) <= MOST_WORDS)


def _chunk(article: Article, kind: ShortTextKind, text: str) -> Chunk:
    return Chunk(chunk_id(article, {}, kind, text), article.key, "", (), text, "")


class _ListReader(HTMLParser):
    """Collects the items of each list, without what stands in lists inside them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []

    @property
    def lists(self) -> list[list[str]]:
        """Return the items of each list."""
        return [[" ".join("".join(item).split()) for item in items] for items in self._found]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a list or an item starts."""
        if tag in _LISTS:
            self._open.append([])
            self._found.append(self._open[-1])
        elif tag == "li" and self._open:
            self._open[-1].append([])

    def handle_endtag(self, tag: str) -> None:
        """Note where a list ends."""
        if tag in _LISTS and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Keep the text of the item that is open."""
        if self._open and self._open[-1]:
            self._open[-1][-1].append(data)
