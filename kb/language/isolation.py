"""Writes text down so that it is shown in the right order: as HTML, or with invisible marks where there is no markup.

Only elements and marks that nobody sees are added; the visible characters stay as they are, and to do it twice changes
nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from kb.language.direction import (
    ARABIC,
    ISOLATES,
    PDI,
    Direction,
    RunKind,
    depths,
    direction_of,
    first_direction,
    is_bare_address,
    needs_isolation,
    runs,
)
from kb.model import Language
from kb.results import TextPart

_LRI: Final = "\u2066"
_RLI: Final = "\u2067"
_LRM: Final = "\u200e"
_RLM: Final = "\u200f"
_LRO: Final = "\u202d"
_PDF: Final = "\u202c"
_CLOSING: Final = {**dict.fromkeys(ISOLATES, PDI), **dict.fromkeys("\u202a\u202b\u202d\u202e", _PDF)}
_ELEMENTS: Final = {RunKind.ISOLATED: "bdi", RunKind.FORCED: "bdo"}
_ISOLATED: Final = re.compile(f"[{ISOLATES}][^{ISOLATES}{PDI}]*{PDI}")
_ARABIC_PIECE: Final = re.compile(f"[{ARABIC}]+(?:[-_]?[{ARABIC}]+)*")


def isolated_html(parts: Sequence[TextPart], around: Direction) -> str:
    """Return text as HTML with its left-to-right runs isolated and its marked parts marked.

    Args:
        parts: The text; a mark may cut through a run.
        around: Direction of the element that the text is put into.
    """
    text = "".join(part.text for part in parts)
    if not needs_isolation(text, around):
        return "".join(_html_of(part, RunKind.TEXT) for part in parts)
    pieces = []
    for kind, inside in _runs_of_parts(text, parts):
        shown = "".join(_html_of(part, kind) for part in inside)
        element = _ELEMENTS.get(kind)
        pieces.append(f'<{element} dir="ltr">{shown}</{element}>' if element else shown)
    return "".join(pieces)


def plain_text(text: str, lang: Language, around: Direction | None = None) -> str:
    """Return a text for places without markup, such as a page's title, a feed or a mail's subject.

    Args:
        text: The text.
        lang: What it is written in.
        around: Direction of the place; a text of the other direction is kept apart as a whole. None: the text stands
            alone.

    Returns:
        The text with runs between isolates, addresses left bare so that programs still recognise them, and a mark in
        front if its first letter would lay it out the wrong way.
    """
    text = "".join(balanced([text]))
    own = direction_of(text, lang)
    shown = "".join(_marked_run(run.text, run.kind) for run in runs(text)) if needs_isolation(text, own) else text
    if around is None or around is own:
        return _begun(shown, own)
    return _begun(_enclosed(shown, own), around)


def plain_lines(text: str, lang: Language) -> str:
    """Return a text of several lines, such as a message to be pasted; each line stands alone."""
    return "\n".join(plain_text(line, lang) for line in text.split("\n"))


def balanced(pieces: Iterable[str]) -> list[str]:
    """Return the pieces of a text without controls that close nothing; a last piece closes those left open."""
    waiting: list[str] = []
    kept = []
    for piece in pieces:
        characters = []
        for character in piece:
            if character in _CLOSING:
                waiting.append(_CLOSING[character])
            elif character in _CLOSING.values():
                if not waiting or waiting[-1] != character:
                    continue
                waiting.pop()
            characters.append(character)
        kept.append("".join(characters))
    return [*kept, "".join(reversed(waiting))]


def _html_of(part: TextPart, kind: RunKind) -> str:
    shown = escape(part.text)
    if kind is RunKind.ISOLATED:  # the Arabic pieces of an address keep their places
        shown = _ARABIC_PIECE.sub(lambda piece: f'<bdi dir="rtl">{piece[0]}</bdi>', shown)
    return f"<mark>{shown}</mark>" if part.mark else shown


def _runs_of_parts(text: str, parts: Sequence[TextPart]) -> Iterator[tuple[RunKind, list[TextPart]]]:
    """Yield runs, each with the parts or slices of parts that it consists of."""
    waiting = [part for part in reversed(parts) if part.text]
    for run in runs(text):
        inside: list[TextPart] = []
        missing = len(run.text)
        while missing:
            part = waiting.pop()
            inside.append(TextPart(part.text[:missing], part.mark))
            if len(part.text) > missing:
                waiting.append(TextPart(part.text[missing:], part.mark))
            missing -= len(inside[-1].text)
        yield run.kind, inside


def _marked_run(text: str, kind: RunKind) -> str:
    if kind is RunKind.TEXT or is_bare_address(text):
        return text
    if kind is RunKind.FORCED:
        return f"{_LRI}{_LRO}{text}{_PDF}{PDI}"
    return f"{_LRI}{_ARABIC_PIECE.sub(lambda piece: f'{_RLI}{piece[0]}{PDI}', text)}{PDI}"


def _enclosed(text: str, own: Direction) -> str:
    opening = _RLI if own is Direction.RTL else _LRI
    bare = text.lstrip(f"{_LRM}{_RLM}")
    if bare.startswith(opening) and bare.endswith(PDI) and all(depths(bare)[:-1]):
        return text
    return f"{opening}{text}{PDI}"


def _begun(text: str, own: Direction) -> str:
    """Put a mark in front where a program that goes by the first letter, with or without isolates, would be misled."""
    if text.startswith((_LRM, _RLM)):
        return text
    outside = text
    while outside != (further := _ISOLATED.sub("", outside)):
        outside = further
    found = {first_direction(outside) or Direction.LTR, first_direction(text) or own}
    if found == {own}:
        return text
    return (_RLM if own is Direction.RTL else _LRM) + text
