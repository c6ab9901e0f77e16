"""What phones, Word and Arabic keyboards put at the start of a line, written as Markdown knows it.

Invisible direction marks before a heading or an item, `•` before an item, and steps numbered with Arabic-Indic digits.
Nothing is changed inside code, and no line becomes another line, so that faults keep their places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

_INVISIBLE: Final = "\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_START: Final = r"^([ \t>]*)"
# What may open a block; direction marks before anything else are the writer's and harmless.
_OPENING: Final = r"(?=[ \t]*(?:#{1,6}(?:\s|$)|[-*+•▪◦‣●○■]|[0-9٠-٩۰-۹]{1,9}[.)]|>|`{3}|~{3}|\||:{3}|!{3}|\[\^))"
_MARKS: Final = re.compile(f"{_START}[{_INVISIBLE}]+{_OPENING}")
# The last two are Word's: letters of its Symbol and Wingdings fonts.
_BULLET: Final = re.compile(rf"{_START}[•▪◦‣●○■\uf0b7\uf0a7](?:[ \u00a0\u200b\u200e\u200f]+|(\t)|(?=\S))")
_NUMBER: Final = re.compile(rf"{_START}([٠-٩]{{1,9}}|[۰-۹]{{1,9}})(?=[.)](?:\s|$))")
_ANY: Final = re.compile(f"[{_INVISIBLE}•▪◦‣●○■\uf0b7\uf0a7٠-٩۰-۹]")
# A nested list comes into sight only when the one around it is known.
_MOST_ROUNDS: Final = 4

ARABIC_INDIC: Final = "arabic-indic"
PERSIAN: Final = "persian"


@dataclass(frozen=True, slots=True)
class PlainText:
    """A Markdown text in the dialect that the grammar knows.

    Attributes:
        body: The text, with as many lines as before.
        numerals: Which digits the step on a line was numbered with, where they are not `1`, `2`, `3`.
    """

    body: str
    numerals: Mapping[int, str]


def plain_text(body: str, code_lines: Callable[[str], frozenset[int]]) -> PlainText:
    """Return a text with every line start as the grammar knows it.

    Args:
        body: Markdown.
        code_lines: Finds the lines of a text that are code or HTML, and stay as they are.
    """
    numerals: dict[int, str] = {}
    if not _ANY.search(body):
        return PlainText(body, numerals)
    for _ in range(_MOST_ROUNDS):
        lines = body.split("\n")
        code = code_lines(body)
        changed = [line if number in code else _plain_line(line, number, numerals) for number, line in enumerate(lines)]
        if changed == lines:
            break
        body = "\n".join(changed)
    return PlainText(body, numerals)


def _plain_line(line: str, number: int, numerals: dict[int, str]) -> str:
    line = _MARKS.sub(r"\1", line)
    line = _BULLET.sub(lambda found: f"{found[1]}-{found[2] or ' '}", line)
    if found := _NUMBER.match(line):
        numerals[number] = ARABIC_INDIC if found[2][0] <= "٩" else PERSIAN
        line = f"{found[1]}{int(found[2]):0{len(found[2])}}{line[found.end() :]}"
    return line
