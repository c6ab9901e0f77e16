"""Which way text runs: its direction as a whole, and the runs inside it that read from left to right in any company.

Every page, mail and feed that shows user text asks here and writes the answer down through `kb.language.isolation`.
`web/static/js/direction.js` does the same for what scripts show; `tests/browser/test_direction.py` holds both together.

The rules of display are those of the Unicode Bidirectional Algorithm (https://www.unicode.org/reports/tr9/). After an
Arabic letter it swaps the parts of whatever is not one plain number: ``+966 11 234`` is shown as ``234 11 966+``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from kb.model import Language


class Direction(StrEnum):
    """A direction, as HTML's ``dir`` names it."""

    LTR = "ltr"
    RTL = "rtl"


class RunKind(StrEnum):
    """What a stretch of text needs, to be read in its order."""

    TEXT = "text"
    ISOLATED = "isolated"
    """It reads from left to right, apart from what stands around it."""
    FORCED = "forced"
    """Likewise, character by character: groups of Arabic-Indic digits trade places even where all else stays."""


class Run(NamedTuple):
    """A stretch of text."""

    text: str
    kind: RunKind


ISOLATES: Final = "\u2066\u2067\u2068"  # LRI, RLI, FSI
PDI: Final = "\u2069"

# The patterns stand word for word in direction.js as well.
ARABIC: Final = r"\u0590-\u065f\u066d-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"  # and Hebrew; without digits
LETTER: Final = r"A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u03ff\u0400-\u052f"
DIGIT: Final = r"0-9\u0660-\u0669\u06f0-\u06f9"
_CONTROL: Final = r"\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c"
_BARRED: Final = r'\s<>«»"“”،؛؟' + _CONTROL  # ends an address
_LEAD: Final = rf"(?:[-+−–±~≈≤≥#*$€£¥@/\\°]|[<>](?=[-{DIGIT}])|[(\[](?![A-Za-z]+://)|\.(?=[A-Za-z]))"
_INNER: Final = r"[-.,:/\\+−–*#@_%&=~^'’?|°×$€£()\[\]{}<>\u066b\u066c]"
_TRAIL: Final = r"(?:[+#*%°$€£¥)\]]{1,3}| [%$€£¥](?![^ ]))"
_ATOM: Final = f"{_LEAD}{{0,3}}[{LETTER}{DIGIT}]+(?:{_INNER}{{1,3}}[{LETTER}{DIGIT}]+)*{_TRAIL}?"
ADDRESS: Final = (
    rf"[A-Za-z][A-Za-z0-9+.-]{{1,20}}://[^{_BARRED}]*[^{_BARRED}.,:;!?()'’]"
    rf"|[^{_BARRED}@(),:;'’]{{1,64}}@[^{_BARRED}@(),:;'’.]{{1,64}}(?:\.[^{_BARRED}@(),:;'’.!?]{{1,64}})+"
)
RUN: Final = rf"{ADDRESS}|{_ATOM}(?:[ \u00a0](?:[-−–+×*=<>≤≥±][ \u00a0](?!\+))?{_ATOM})*"
# What keeps its order anyway: words that begin with a letter and end with a letter or a digit; one number.
PLAIN: Final = (
    rf"[{LETTER}](?:[^\u0660-\u0669\u06f0-\u06f9{ARABIC}]*[{LETTER}0-9])?"
    rf"|[{DIGIT}]+(?:[.,:/\u066b\u066c][{DIGIT}]+)*"
)
CODE: Final = r"[{};$\\]|\w[=(]|</?\w|:/|--\w"  # text that follows the rules of a program, not of a language
_HAS_ARABIC: Final = re.compile(f"[{ARABIC}]")
_HAS_LETTER: Final = re.compile(f"[{LETTER}]")
_HAS_DIGIT: Final = re.compile(f"[{DIGIT}]")
_STRONG: Final = re.compile(f"[{ARABIC}{LETTER}]")
_ARABIC_INDIC: Final = re.compile("[\u0660-\u0669]")
_ADDRESS: Final = re.compile(ADDRESS)
_RUN: Final = re.compile(RUN)
_PLAIN: Final = re.compile(PLAIN)
_CODE: Final = re.compile(CODE)


def direction_of_language(lang: Language) -> Direction:
    """Return the direction that a language is written in."""
    return Direction.RTL if lang is Language.AR else Direction.LTR


def direction_of(text: str, lang: Language) -> Direction:
    """Return the direction of a text whose language is known, such as an article's title.

    Args:
        text: The text.
        lang: What it is written in; it decides unless every letter is of the other script.
    """
    own = direction_of_language(lang)
    arabic, latin = _HAS_ARABIC.search(text), _HAS_LETTER.search(text)
    if own is Direction.RTL:
        return Direction.LTR if latin and not arabic else own
    return Direction.RTL if arabic and not latin else own


def direction_of_unknown(text: str, otherwise: Direction) -> Direction:
    """Return the direction of what somebody typed: that of most of its words.

    As many Arabic words as others make it Arabic: Arabic writers put Latin names into their sentences, others hardly
    ever put Arabic into theirs.

    Args:
        text: The text.
        otherwise: Where there are neither letters nor digits; digits alone are a number, which runs from left to right.
    """
    arabic = latin = 0
    for word in text.split():
        if _HAS_ARABIC.search(word) and not _ADDRESS.fullmatch(word):
            arabic += 1
        elif _HAS_LETTER.search(word):
            latin += 1
    if not arabic and not latin:
        return Direction.LTR if _HAS_DIGIT.search(text) else otherwise
    return Direction.RTL if arabic >= latin else Direction.LTR


def direction_of_code(text: str) -> Direction:
    """Return the direction of what is shown as code: from left to right unless it is an Arabic message."""
    if _CODE.search(text) or not _HAS_ARABIC.search(text):
        return Direction.LTR
    return direction_of_unknown(text, Direction.LTR)


def first_direction(text: str) -> Direction | None:
    """Return the direction of the first letter, by which programs without better knowledge lay out a line."""
    first = _STRONG.search(text)
    if first is None:
        return None
    return Direction.RTL if _HAS_ARABIC.match(first[0]) else Direction.LTR


def needs_isolation(text: str, around: Direction) -> bool:
    """Tell whether runs of a text may be torn apart: it, or what stands around it, does not run from left to right."""
    return around is Direction.RTL or bool(_HAS_ARABIC.search(text) or _ARABIC_INDIC.search(text))


def is_bare_address(text: str) -> bool:
    """Tell whether a run is an address that marks may not touch: programs would take them as part of it."""
    return _ADDRESS.fullmatch(text) is not None and not _HAS_ARABIC.search(text)


def runs(text: str) -> Iterator[Run]:
    """Yield a text as runs; together they are the text.

    Apart stand telephone numbers, codes, ranges, dates, signed numbers, amounts, addresses and the like, in digits of
    either script. What stands between isolates already is left alone.
    """
    shown = 0
    for start, end in _spans(text):
        if text[shown:start]:
            yield Run(text[shown:start], RunKind.TEXT)
        run = text[start:end]
        forced = _ARABIC_INDIC.search(run) and not _HAS_ARABIC.search(run)
        yield Run(run, RunKind.FORCED if forced else RunKind.ISOLATED)
        shown = end
    if text[shown:]:
        yield Run(text[shown:], RunKind.TEXT)


def depths(text: str) -> list[int]:
    """Return how many isolates stand open after each character; nothing if there are none."""
    if not any(control in text for control in ISOLATES):
        return []
    found, depth = [], 0
    for character in text:
        depth += (character in ISOLATES) - (character == PDI and depth > 0)
        found.append(depth)
    return found


def _spans(text: str) -> Iterator[tuple[int, int]]:
    open_isolates = depths(text)
    for match in _RUN.finditer(text):
        if open_isolates and open_isolates[match.start()]:
            continue
        start, end = _trimmed(text, match.start(), match.end())
        run = text[start:end]
        if not _PLAIN.fullmatch(run) or _ADDRESS.fullmatch(run):
            yield start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out what belongs to the sentence: the hyphen after an Arabic word, brackets around the whole."""
    if start and _HAS_ARABIC.match(text[start - 1]):
        while text[start] in "-−–/.<>~@\\":
            start += 1
    while True:
        run = text[start:end]
        if run[0] in "([" and (closing := run.find(")" if run[0] == "(" else "]")) in (-1, len(run) - 1):
            start, end = start + 1, end - (closing >= 0)
        elif run[-1] in ")]" and run.count(run[-1]) > run.count("(" if run[-1] == ")" else "["):
            end -= 1
        else:
            return start, end
