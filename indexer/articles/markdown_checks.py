"""Finds what the structure of a Markdown text would show otherwise than it is written, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.articles.faults import Remark, Rule

if TYPE_CHECKING:
    from markdown_it.token import Token


def check_blocks(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Remark]:
    """Yield what is wrong with lists, tables and fences of colons.

    Args:
        tokens: As the grammar gave them.
        lines: Of the text that it read.
    """
    yield from _step_numbers(tokens)
    yield from _shallow_lists(tokens, lines)
    yield from _lost_cells(tokens, lines)
    yield from _open_notes(tokens, lines)


def check_note_boxes(tokens: Sequence[Token]) -> Iterator[Remark]:
    """Yield the note boxes that hold nothing."""
    for opening, following in pairwise(tokens):
        if "word" in opening.meta and following.nesting < 0:
            message = (
                "This note box has no text; after `!!!` the text stands four spaces in, after `>` it has a `>`, too."
            )
            yield Remark((opening.map or [0])[0], Rule.EMPTY_NOTE, message)


def check_footnotes(tokens: Sequence[Token], used: set[str]) -> Iterator[Remark]:
    """Yield the footnotes that nobody would see; `used` names those that the text refers to."""
    seen: set[str] = set()
    for token in tokens:
        if token.type != "footnote_reference_open":
            continue
        label, line = token.meta["label"], (token.map or [0])[0]
        if label in seen:
            message = f"There is a footnote [^{label}] already, and this one is not shown; give it another name."
            yield Remark(line, Rule.UNUSED_FOOTNOTE, message)
        elif label not in used:
            message = f"Nothing refers to this footnote, so it is not shown; write [^{label}] where it belongs."
            yield Remark(line, Rule.UNUSED_FOOTNOTE, message)
        seen.add(label)


def _step_numbers(tokens: Sequence[Token]) -> Iterator[Remark]:
    for index, token in enumerate(tokens):
        if token.type != "ordered_list_open":
            continue
        items = _items(tokens, index)
        written = [int(item.info) for item in items]
        if len(set(written)) == 1:
            continue
        for shown, (number, item) in enumerate(zip(written, items, strict=True), start=written[0]):
            if number != shown:
                message = f"This step is written {number} and shown as {shown}; number the steps one after the other."
                yield Remark((item.map or [0])[0], Rule.STEP_NUMBER, message)
                break


def _items(tokens: Sequence[Token], index: int) -> list[Token]:
    items: list[Token] = []
    for token in tokens[index + 1 :]:
        if token.level == tokens[index].level:
            break
        if token.type == "list_item_open" and token.level == tokens[index].level + 1:
            items.append(token)
    return items


def _shallow_lists(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Remark]:
    """Yield lists that stand a little further in than the one they follow, as if they belonged to its last item."""
    latest: dict[int, int] = {}
    for before, token in pairwise([*tokens[:1], *tokens]):
        if token.nesting != 1 or not token.type.endswith("_list_open") or not token.map:
            continue
        indent = _indent(lines[token.map[0]])
        if before.nesting < 0 and before.type.endswith("_list_close") and indent > latest.get(token.level, indent):
            message = "This list is not part of the item above it; put it under the first letter of that item's text."
            yield Remark(token.map[0], Rule.SHALLOW_LIST, message)
            continue
        latest[token.level] = indent


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t>"))


def _lost_cells(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Remark]:
    from markdown_it.rules_block.table import escapedSplit

    columns = 0
    for token in tokens:
        if token.type == "thead_open":
            columns = 0
        columns += token.type == "th_open"
        if token.type == "tr_open" and columns and token.map:
            row = escapedSplit(lines[token.map[0]].strip(" \t>|"))
            if len(row) > columns and "".join(row[columns:]).strip():
                message = f"This row has {len(row)} cells, the table {columns}; what stands in the others is not shown."
                yield Remark(token.map[0], Rule.LOST_CELL, message)


def _open_notes(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Remark]:
    for token in tokens:
        if token.type == "container_note_open" and token.map:
            start, end = token.map
            last = lines[end].strip(" \t>") if end < len(lines) else ""
            if not last.startswith(token.markup) or last.strip(":"):
                message = f"This note box is never closed; write a line `{token.markup}` where it ends."
                yield Remark(start, Rule.OPEN_NOTE, message)
