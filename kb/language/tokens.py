"""Cuts text into words with offsets: by spaces and punctuation, and where the script changes.

Knows characters and scripts, no language: `analysis` adds stems and lemmas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.language.normalise import ZERO_WIDTH_SPACE, fold_table
from kb.ports import Script, Token

CHUNK = re.compile(rf"[^\s{ZERO_WIDTH_SPACE}]+")
"""What stands between spaces: the unit that is cut, and worth caching."""

_INNER = {Script.LATIN: "'", Script.DIGITS: ".,"}
"""Punctuation that belongs to a word when the same script goes on behind it: an apostrophe, a decimal point."""

_COMPOUND_GAPS = frozenset({"", "-", ".", "_", "@", "\u2010", "\u2011"})
"""What may stand between the parts of a code, an address or a hyphenated word."""

_COMPOUND_SCRIPTS = frozenset({Script.LATIN, Script.DIGITS})
_MAX_COMPOUND_PARTS = 6


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text before it is analysed.

    Attributes:
        start: Offset of the first code point.
        end: Offset after the last one; marks that follow a letter belong to the word.
        exact: Orthographic normal form.
        script: What it is written in.
    """

    start: int
    end: int
    exact: str
    script: Script


def split_words(chunk: str) -> Iterator[Word]:
    """Cut a text into words; one pass, for any string."""
    table = fold_table()
    folded = [table[ord(character)] for character in chunk]
    start = end = -1
    parts: list[str] = []
    script = Script.OTHER
    for position, letters in enumerate(folded):
        if not letters:
            # Marks stay with the letter before them; format controls belong to it only if letters follow.
            if end == position and not _is_format_control(chunk[position]):
                end = position + 1
            continue
        here = script_of(letters) if letters.isalnum() else None
        if parts and (here is script or (here is None and _goes_on(folded, position, script))):
            parts.append(letters)
            end = position + 1
            continue
        if parts:
            yield Word(start, end, "".join(parts), script)
            parts = []
        if here is not None:
            start, end, parts, script = position, position + 1, [letters], here
    if parts:
        yield Word(start, end, "".join(parts), script)


def script_of(folded: str) -> Script:
    """Return the script of a folded letter or digit, by its first character."""
    first = folded[0]
    if "0" <= first <= "9":
        return Script.DIGITS
    if "a" <= first <= "z" or "\u00df" <= first < "\u0250":
        return Script.LATIN
    if "\u0600" <= first < "\u0780" or "\u08a0" <= first < "\u0900":
        return Script.ARABIC
    return Script.OTHER


def compounds(text: str, tokens: Sequence[Token]) -> tuple[tuple[Token, ...], ...]:
    """Return the runs of Latin and digit tokens that are written together: codes, addresses, hyphenated words.

    Args:
        text: The text that was analysed.
        tokens: Its tokens, in order.

    Returns:
        Runs of two to six tokens, such as those of ``ERR-4012``; longer runs are left out, they name nothing.
    """
    runs: list[tuple[Token, ...]] = []
    run: list[Token] = []
    for token in tokens:
        if token.script not in _COMPOUND_SCRIPTS:
            joined = False
        else:
            joined = bool(run) and text[run[-1].end : token.start] in _COMPOUND_GAPS
        if not joined:
            runs.append(tuple(run))
            run = []
        if token.script in _COMPOUND_SCRIPTS:
            run.append(token)
    runs.append(tuple(run))
    return tuple(run for run in runs if 2 <= len(run) <= _MAX_COMPOUND_PARTS)


def _goes_on(folded: Sequence[str], position: int, script: Script) -> bool:
    if folded[position] not in _INNER.get(script, ""):
        return False
    following = folded[position + 1] if position + 1 < len(folded) else ""
    return following.isalnum() and script_of(following) is script


def _is_format_control(character: str) -> bool:
    return character == "\u00ad" or "\u200c" <= character <= "\u206f" or character in "\u061c\ufeff"
