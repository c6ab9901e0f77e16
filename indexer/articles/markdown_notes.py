"""What other tools write into headings, quotations and fences of colons, as the tokens that the page is built from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from markdown_it.token import Token

_HEADING_ID: Final = re.compile(r"#([^\s{}#]+)\}")
_CALLOUT: Final = re.compile(r"\[!([\w-]+)\][+-]?[ \t]*([^\n]*)(?:\n|$)")
# `tip Title`, `tip[Title]`, `warning {.class}`, `{warning}` after the colons.
_CONTAINER: Final = re.compile(r"\s*\{?\.?([\w-]+)\}?\s*(?:\[([^\]]*)\]|\{[^}]*\}|(.*))")


def name_headings(tokens: Sequence[Token]) -> None:
    """Take `{#name}` from the end of headings and make it their anchor, as Docusaurus, kramdown and pandoc do."""
    for heading, inline in pairwise(tokens):
        if heading.type != "heading_open":
            continue
        text, _, name = inline.content.rstrip().rpartition(" {")
        if found := _HEADING_ID.fullmatch(name):
            heading.attrs["id"] = found[1]
            inline.content = text.rstrip()


def note_boxes(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens of a text; those that open a note box carry its word, its title and how it folds.

    Args:
        tokens: Blocks whose texts are not parsed yet. The paragraph that holds nothing but the mark of a callout is
            left out, and so are the titles that stand between an admonition and its text.
    """
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.type == "admonition_open":
            title = tokens[position + 1] if tokens[position].type == "admonition_title_open" else None
            position += 3 if title else 0
            token.meta = _admonition(token, title)
        elif token.type == "container_note_open":
            token.meta = _container(token)
        elif token.type == "blockquote_open" and tokens[position].type == "paragraph_open":
            inline = tokens[position + 1]
            if found := _CALLOUT.match(inline.content):
                token.meta = {"word": found[1].lower(), "title": _title(token, found[2]), "fold": False, "shown": False}
                inline.content = inline.content[found.end() :]
                inline.map = [inline.map[0] + 1, inline.map[1]] if inline.map else None
                position += 0 if inline.content else 3
        yield token


def _admonition(token: Token, title: Token | None) -> dict[str, Any]:
    # Without a title the plugin writes the word itself; `""` asks for a box without one.
    word = token.meta["tag"]
    if title is None:
        title = _title(token, "")
        title = title or _empty(token)
    elif title.content == word.title() and word.title() not in token.info:
        title = None
    fold = token.markup.startswith("?")
    return {"word": word, "title": title, "fold": fold, "shown": token.markup == "???+"}


def _container(token: Token) -> dict[str, Any]:
    found = _CONTAINER.match(token.info)
    word = found[1].lower() if found else token.info.strip()
    title = _title(token, (found[2] or found[3] or "") if found else "")
    return {"word": word, "title": title, "fold": word == "details", "shown": False}


def _title(token: Token, text: str) -> Token | None:
    if not text.strip():
        return None
    title = _empty(token)
    title.content = text.strip()
    return title


def _empty(token: Token) -> Token:
    return token.copy(type="inline", tag="", nesting=0, attrs={}, content="", children=[], meta={})
