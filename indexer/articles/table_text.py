"""Reads the rows of a table as sentences, which is how snippets, answers of agents and passages show them.

"Code not found: The code has expired." for two columns, "Riyadh – Standard: 2 days, Express: 1 day." for more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_SPACES: Final = re.compile(r"\s+")
_ARABIC_LETTER: Final = re.compile("[\u0620-\u064a\u066e-\u06d3]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_SENTENCE_END: Final = re.compile(r"[.!?؟؛;:…][\"'»”’)\]]*$")
_QUESTION_END: Final = re.compile(r"[!?؟:][\"'»”’)\]]*$")
_TRAILING_STOPS: Final = re.compile(r"[.,،;؛]+$")
# Answers that say nothing without their column's title.
_BARE_ANSWERS: Final = frozenset({"yes", "no", "none", "نعم", "لا", "لا يوجد"})
_SPAN: Final = re.compile("[1-9][0-9]?")


@dataclass(slots=True)
class _Cell:
    is_head: bool
    columns: int
    rows: int
    text: list[str] = field(default_factory=list)

    def said(self) -> str:
        """Return the text in one line; its own lines are the members of an enumeration."""
        lines = (_SPACES.sub(" ", line).strip() for line in "".join(self.text).split("\n"))
        return _enumerated([line for line in lines if line])


@dataclass(frozen=True, slots=True)
class TableText:
    """What a table says.

    Attributes:
        searched: One line a row, the titles of the columns among them: every word once.
        sentences: One line a row, with the titles where they help.
    """

    searched: tuple[str, ...]
    sentences: tuple[str, ...]


class TableReader:
    """Collects the cells of one table in the order of the page."""

    def __init__(self) -> None:
        self._rows: list[list[_Cell]] = []
        self._cell: _Cell | None = None
        self._caption: list[str] = []
        self._in_caption = False

    def start(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """Note what starts inside the table."""
        if tag == "tr" or (tag in ("td", "th") and not self._rows):
            self._rows.append([])
        if tag in ("td", "th"):
            self._cell = _Cell(tag == "th", _span(attributes.get("colspan")), _span(attributes.get("rowspan")))
            self._rows[-1].append(self._cell)
        elif tag == "caption":
            self._in_caption = True
        elif self._cell is not None and tag in ("br", "li", "p", "div"):
            self._cell.text.append("\n")

    def end(self, tag: str) -> None:
        """Note what ends inside the table."""
        if tag in ("td", "th", "tr"):
            self._cell = None
        elif tag == "caption":
            self._in_caption = False

    def data(self, text: str) -> None:
        """Keep text."""
        if self._in_caption:
            self._caption.append(text)
        elif self._cell is not None:
            self._cell.text.append(text)

    def read(self) -> TableText:
        """Return the table as text."""
        caption = _SPACES.sub(" ", "".join(self._caption)).strip()
        searched = [_ended(caption)] if caption else []
        sentences = list(searched)
        titles: list[str] = []
        in_head = True
        grid = _spread(self._rows)
        width = max(map(len, grid), default=0)
        for row, cells in zip(grid, self._rows, strict=True):
            if not any(row):
                continue
            in_head = in_head and all(cell.is_head for cell in cells)
            if in_head:
                titles = row
                searched.append(_ended(_enumerated([*dict.fromkeys(text for text in row if text)])))
            else:
                searched.append(_sentence((), row, width))
                sentences.append(_sentence(titles, row, width))
        return TableText(tuple(searched), tuple(searched if in_head else sentences))


def _spread(rows: Iterable[Sequence[_Cell]]) -> list[list[str]]:
    """Return the texts of each row by column; what spans rows is repeated, titles also across columns."""
    grid: list[list[str]] = []
    held: dict[int, tuple[int, str]] = {}
    for cells in rows:
        row: list[str] = []
        for cell in cells:
            _take_held(row, held)
            text = cell.said()
            for number in range(cell.columns):
                said = text if number == 0 or cell.is_head else ""
                if cell.rows > 1:
                    held[len(row)] = (cell.rows - 1, said)
                row.append(said)
        _take_held(row, held)
        grid.append(row)
    return grid


def _take_held(row: list[str], held: dict[int, tuple[int, str]]) -> None:
    while len(row) in held:
        column = len(row)
        left, text = held.pop(column)
        if left > 1:
            held[column] = (left - 1, text)
        row.append(text)


def _sentence(titles: Sequence[str], row: Sequence[str], width: int) -> str:
    first = row[0]
    rest = [
        (titles[column] if column < len(titles) else "", text) for column, text in enumerate(row) if column and text
    ]
    if not rest:
        return _ended(first)
    with_titles = any(title for title, _ in rest) and (width > 2 or not _speaks_for_itself(rest[0][1]))
    parts = [f"{_bare(title)}: {text}" if with_titles and title else text for title, text in rest]
    said = _enumerated(parts)
    if not first:
        return _ended(said)
    if _QUESTION_END.search(first):
        return _ended(f"{first} {said}")
    return _ended(f"{_bare(first)} – {said}" if with_titles else f"{_bare(first)}: {said}")


def _speaks_for_itself(text: str) -> bool:
    return _LETTER.search(text) is not None and text.lower().strip(".") not in _BARE_ANSWERS


def _enumerated(parts: Sequence[str]) -> str:
    comma = "، " if _ARABIC_LETTER.search(" ".join(parts)) else ", "
    return comma.join([*(_TRAILING_STOPS.sub("", part) for part in parts[:-1]), *parts[-1:]])


def _bare(text: str) -> str:
    return text.rstrip(" .:،,")


def _ended(text: str) -> str:
    return text if not text or _SENTENCE_END.search(text) else f"{text}."


def _span(written: str | None) -> int:
    return int(written) if written and _SPAN.fullmatch(written) else 1
