"""Makes what people typed safe to stand in one line, or in a message: no control characters, nothing unseen that acts.

Marks that a reader's eye cannot see end addresses in nowhere and turn the order of words round; letters and spaces are
never touched.
"""

from __future__ import annotations

import re

# Code points that are drawn by no font and act on what stands beside them: marks and overrides of direction, spaces of
# no width, fillers, variation selectors but that of emoji, tags. The joiners of Persian and of emoji are letters.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff"
)
_IN_LINES = re.compile(f"[{_UNSEEN}\ud800-\udfff]")
_IN_ADDRESSES = re.compile(f"[{_UNSEEN}\ufe0f\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")


def one_line(text: str) -> str:
    """Return a name or subject on one line: white space is one space, and nothing is in it that only machines see."""
    spaced = "".join(character if character.isprintable() else _space(character) for character in text)
    return " ".join(_IN_LINES.sub("", spaced).split())


def message_text(text: str) -> str:
    """Return a text of several lines with one kind of line end and without control characters."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def without_unseen(text: str) -> str:
    """Return the text without marks that cannot be seen; joiners stay."""
    return _IN_ADDRESSES.sub("", text)


def _space(character: str) -> str:
    # Controls separate words; other unprintable characters are either spaces or sorted out by the table above.
    return " " if character < "\xa0" else character
