"""Finds the words of a text that a query meant: spans of whole words on the original, vocalised text.

Knows tokens and their terms; knows nothing of articles, HTML or colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from indexer.parts.run_index import RunIndex, forms_of
from kb.ports import Analyzer, Token
from kb.results import TextPart
from search.serving.function_words import is_function_word


class Mark(NamedTuple):
    """A marked word or phrase of a text.

    Attributes:
        start: Offset of its first code point.
        end: Offset after its last code point.
        term: Number of the query word that it matched; -1 for a quoted phrase.
    """

    start: int
    end: int
    term: int


class Highlighter:
    """Finds the words of one query in texts.

    Args:
        tokens: Tokens of the query, exclusions left out. Function words are marked only where there is nothing else.
        analyzer: The analyser of the index.
        runs: Knows which runs of the texts hold the query's words; without it every run is analysed.
    """

    def __init__(self, tokens: Iterable[Token], analyzer: Analyzer, runs: RunIndex | None = None) -> None:
        self._numbers = _numbers_by_form(tokens)
        self._analyzer = analyzer
        self._runs = runs.holding(self._numbers) if runs else None
        self._spans: dict[str, tuple[Mark, ...]] = {}

    def marks(self, text: str) -> list[Mark]:
        """Return the words of a text that the query meant, in the order of the text."""
        runs = set(text.split())
        meant = runs if self._runs is None else runs & self._runs
        return sorted(mark for run in meant for mark in self._marks_of_run(text, run))

    def _marks_of_run(self, text: str, run: str) -> Iterator[Mark]:
        """Yield the marks of one run wherever it stands between spaces."""
        if (spans := self._spans.get(run)) is None:
            spans = self._spans[run] = self._spans_in(run)
        start = text.find(run) if spans else -1
        while start >= 0:
            end = start + len(run)
            if not (text[start - 1 : start].strip() or text[end : end + 1].strip()):
                for mark in spans:
                    yield Mark(start + mark.start, start + mark.end, mark.term)
            start = text.find(run, end)

    def _spans_in(self, run: str) -> tuple[Mark, ...]:
        """Return the words of a run that the query meant, by their places in the run."""
        numbered = ((token, self._number(token)) for token in self._analyzer.tokens(run))
        return tuple(Mark(token.start, token.end, number) for token, number in numbered if number is not None)

    def _number(self, token: Token) -> int | None:
        """Return which query word a token of a text stands for, None for none."""
        numbers = (self._numbers.get(form) for form in forms_of(token))
        return next((number for number in numbers if number is not None), None)


def _numbers_by_form(tokens: Iterable[Token]) -> Mapping[str, int]:
    """Return the number of each query word, by every form under which a text may hold it."""
    every = list(tokens)
    chosen = [token for token in every if not is_function_word(token)] or every
    forms: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for token in chosen:
        number = numbers.setdefault(token.lemma, len(numbers))
        for form in forms_of(token):
            forms.setdefault(form, number)
    return forms


def merge_marks(marks: Iterable[Mark], phrases: Iterable[tuple[int, int]]) -> list[Mark]:
    """Return word marks and phrase spans as one list without overlaps; a phrase swallows the words inside it.

    Args:
        marks: Marked words.
        phrases: Spans of quoted phrases.
    """
    spans = sorted({(start, end) for start, end in phrases if end > start})
    words = (mark for mark in marks if not any(start < mark.end and mark.start < end for start, end in spans))
    merged: list[Mark] = []
    for mark in sorted([*words, *(Mark(start, end, -1) for start, end in spans)]):
        if merged and mark.start < merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(merged[-1].end, mark.end))
        else:
            merged.append(mark)
    return merged


def text_parts(text: str, marks: Sequence[Mark]) -> tuple[TextPart, ...]:
    """Return a text as runs, marked and unmarked in turn; together they are the text.

    Args:
        text: Any text.
        marks: Spans in it, in order, never overlapping.
    """
    parts: list[TextPart] = []
    position = 0
    for mark in marks:
        if mark.start > position:
            parts.append(TextPart(text[position : mark.start], mark=False))
        parts.append(TextPart(text[mark.start : mark.end], mark=True))
        position = mark.end
    if position < len(text):
        parts.append(TextPart(text[position:], mark=False))
    return tuple(parts)
