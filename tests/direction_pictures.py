"""Texts of both scripts and the pictures that readers must see, and the pictures that a browser gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.language.direction import Direction, direction_of, direction_of_unknown
from kb.model import Language

_FILE: Final = Path(__file__).parent / "data" / "direction.tsv"
_CONTROLS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")
_ARABIC_WORD: Final = re.compile("[\u0620-\u065f\u066e-\u06d3\u06fa-\u06ff\ufe70-\ufefc]+")
_BRACKETS: Final = str.maketrans("()[]«»<>", '||||""^^')  # a program mirrors them, another does not

# What stands in each line of an element, from left to right, by the places of its characters on the screen.
SEEN_JS: Final = """element => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), seen = [];
  for (let node; (node = walker.nextNode()); )
    for (let i = 0; i < node.length; i++) {
      const range = document.createRange();
      range.setStart(node, i);
      range.setEnd(node, i + 1);
      const box = range.getBoundingClientRect();
      if (box.width > 0) seen.push([Math.round((box.top + box.bottom) / 2 / 12), box.left, node.data[i]]);
    }
  return seen.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((each) => each[2]).join("");
}"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A text and what a reader must see of it.

    Attributes:
        lang: Its language; None if somebody typed it.
        picture: From left to right; each Arabic word is one dot, brackets as they look.
    """

    lang: Language | None
    text: str
    picture: str
    name: str

    @property
    def direction(self) -> Direction:
        """Return the direction in which it is laid out by itself."""
        if self.lang is None:
            return direction_of_unknown(self.text, Direction.RTL)
        return direction_of(self.text, self.lang)


def pictures() -> list[Picture]:
    """Return all texts of the fixture."""
    rows = [line.split("\t") for line in _FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [Picture(None if lang == "?" else Language(lang), *rest) for lang, *rest in rows]


def as_seen(characters: str) -> str:
    """Return characters from left to right in the form of a picture."""
    return _ARABIC_WORD.sub("·", _CONTROLS.sub("", " ".join(characters.split()))).translate(_BRACKETS)
