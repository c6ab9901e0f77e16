"""Text for a log: on one line, and with nothing that a terminal or a reader of logs would obey."""

from __future__ import annotations

import unicodedata

_OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls (line feeds, escapes), format controls (directions), lone surrogates, separators of lines and paragraphs."""

_HARMLESS = frozenset("\u200c\u200d")  # joiners: part of words in Arabic script
_INDENT = "  "


def one_line(text: str) -> str:
    """Return a message with each sign that would be obeyed written as its escape."""
    if text.isprintable():
        return text
    return "".join(_escaped(sign) for sign in text)


def indented(text: str) -> str:
    """Return a traceback with each line set in, so that no line of it can pass for one of the log."""
    return "\n".join(_INDENT + one_line(line) for line in text.split("\n"))


def _escaped(sign: str) -> str:
    if sign in _HARMLESS or unicodedata.category(sign) not in _OBEYED:
        return sign
    return sign.encode("unicode_escape").decode("ascii")
