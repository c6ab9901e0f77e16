"""Chooses the passage that shows best why an article was found, and cuts it without hurting what it cuts.

Works on text and marks only. A cut falls between sentences where it can, else between words, never inside a grapheme
cluster; bidirectional isolates and embeddings that a cut would leave open are closed.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from kb.language.isolation import balanced
from kb.results import TextPart
from search.serving.highlighting import Mark, text_parts

SNIPPET_CHARACTERS: Final = 240
ELLIPSIS: Final = "…"
# What a passage gains for being the one that the vectors found, against 1 for every different query word in it.
VECTOR_BONUS: Final = 0.5
# What each further occurrence of a word adds.
REPEAT_BONUS: Final = 0.05

_SENTENCE_END: Final = re.compile(r"[.!?؟؛…]+[\"'»”)\]]*\s+|\n\s*")
_SPACES: Final = re.compile(r"\s+")
_JOINER: Final = "\u200d"


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that may be shown.

    Attributes:
        anchor: Section that it stands in.
        text: Original text.
        marks: What the query meant in it, in order.
        near: Whether the vectors found this passage.
    """

    anchor: str
    text: str
    marks: Sequence[Mark]
    near: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """What is shown of an article.

    Attributes:
        anchor: Section that it stands in.
        parts: Its text, at most `SNIPPET_CHARACTERS` without the ellipses.
    """

    anchor: str
    parts: tuple[TextPart, ...]


@dataclass(frozen=True, slots=True)
class _Window:
    passage: Passage
    start: int
    value: float


def best_snippet(passages: Sequence[Passage]) -> Snippet:
    """Return the stretch of the passages that holds most of the query.

    Args:
        passages: Texts of one article in its order; an empty sequence gives an empty snippet.
    """
    windows = [_best_window(passage) for passage in passages if passage.text.strip()]
    if not windows:
        return Snippet("", ())
    best = max(windows, key=lambda window: window.value)  # the first of equals
    start, end = _bounds(best.passage.text, best.start)
    return Snippet(best.passage.anchor, _cut(best.passage.text, best.passage.marks, start, end))


def _best_window(passage: Passage) -> _Window:
    """Return where a snippet of this passage should start, and how much of the query it would show."""
    bonus = VECTOR_BONUS if passage.near else 0.0
    if not passage.marks:
        return _Window(passage, _first_character(passage.text), bonus)
    starts = _sentence_starts(passage.text)
    candidates = sorted({_start_for(mark, starts) for mark in passage.marks})
    value, negative_start = max((_value(passage.marks, start), -start) for start in candidates)
    return _Window(passage, -negative_start, value + bonus)


def _first_character(text: str) -> int:
    return len(text) - len(text.lstrip())


def _sentence_starts(text: str) -> list[int]:
    first = _first_character(text)
    return [first, *(match.end() for match in _SENTENCE_END.finditer(text) if first < match.end() < len(text))]


def _start_for(mark: Mark, sentence_starts: Sequence[int]) -> int:
    """Return the start of the mark's sentence, or the mark itself where its sentence is too long to show both."""
    sentence = sentence_starts[max(0, bisect_left(sentence_starts, mark.start + 1) - 1)]
    return sentence if mark.end - sentence <= SNIPPET_CHARACTERS * 2 // 3 else mark.start


def _value(marks: Sequence[Mark], start: int) -> float:
    inside: list[int] = []
    for mark in islice(marks, bisect_left(marks, start, key=_start_of), None):
        if mark.end > start + SNIPPET_CHARACTERS:
            break
        inside.append(mark.term)
    different = len(set(inside))
    return different + REPEAT_BONUS * (len(inside) - different)


def _start_of(mark: Mark) -> int:
    return mark.start


def _bounds(text: str, start: int) -> tuple[int, int]:
    """Return where a snippet that starts about here starts and ends: at words, whole sentences where they fit."""
    end = len(text.rstrip())
    if end - start <= SNIPPET_CHARACTERS:
        return _filled(text, start, end)
    limit = start + SNIPPET_CHARACTERS
    sentence_ends = [
        match.start() + len(match.group().rstrip()) for match in _SENTENCE_END.finditer(text, start, limit)
    ]
    if sentence_ends and sentence_ends[-1] - start >= SNIPPET_CHARACTERS * 2 // 3:
        return start, sentence_ends[-1]
    return start, _word_end(text, start, limit)


def _filled(text: str, start: int, end: int) -> tuple[int, int]:
    """Start earlier, at a sentence, where the end of the text leaves room."""
    earlier = [
        position for position in _sentence_starts(text) if position < start and end - position <= SNIPPET_CHARACTERS
    ]
    return (earlier[0] if earlier else start), end


def _word_end(text: str, start: int, limit: int) -> int:
    """Return the last place up to a limit where a word ends; inside a word longer than the limit, between graphemes."""
    if text[limit].isspace():
        return limit
    spaces = [match.start() for match in _SPACES.finditer(text, start, limit)]
    if spaces and spaces[-1] > start:
        return spaces[-1]
    while limit > start + 1 and _extends(text[limit - 1], text[limit]):
        limit -= 1
    return limit


def _extends(before: str, character: str) -> bool:
    """Tell whether a character belongs to the grapheme cluster of the one before it."""
    return before == _JOINER or character == _JOINER or unicodedata.category(character) in ("Mn", "Me", "Mc")


def _cut(text: str, marks: Sequence[Mark], start: int, end: int) -> tuple[TextPart, ...]:
    inside = [
        mark._replace(start=mark.start - start, end=mark.end - start)
        for mark in marks
        if start <= mark.start and mark.end <= end
    ]
    parts = [_flowing(part) for part in text_parts(text[start:end], inside)]
    if text[:start].strip():
        parts.insert(0, TextPart(ELLIPSIS, mark=False))
    if text[end:].strip():
        # After a whole sentence the dots stand apart, so that they do not read as four.
        ended = text[start:end].rstrip().endswith(tuple(".!?؟؛…"))
        parts.append(TextPart(f" {ELLIPSIS}" if ended else ELLIPSIS, mark=False))
    return _balanced(_joined(parts))


def _flowing(part: TextPart) -> TextPart:
    return TextPart(_SPACES.sub(" ", part.text), part.mark)


def _joined(parts: Sequence[TextPart]) -> list[TextPart]:
    """Join neighbours that are marked alike."""
    joined: list[TextPart] = []
    for part in parts:
        if joined and joined[-1].mark == part.mark and not part.mark:
            joined[-1] = TextPart(joined[-1].text + part.text, part.mark)
        elif part.text:
            joined.append(part)
    return joined


def _balanced(parts: Sequence[TextPart]) -> tuple[TextPart, ...]:
    """Drop closing controls whose opening one was cut off, and close what was left open."""
    *texts, closing = balanced(part.text for part in parts)
    kept = [TextPart(text, part.mark) for text, part in zip(texts, parts, strict=True)]
    return tuple(part for part in (*kept, TextPart(closing, mark=False)) if part.text)
