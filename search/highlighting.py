"""Finds the words of a text that a query meant: spans of whole words on the original, vocalised text.

Knows tokens and their terms; knows nothing of articles, HTML or colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from kb.ports import Analyzer, Token
from kb.results import TextPart
from search.function_words import function_words

# Different runs of characters kept analysed, at about 0.7 KB each.
RUNS_KEPT: Final = 20_000


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


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """The words of a query, by every form under which a text may hold them.

    Attributes:
        forms: Query word's number by form; a form is a term with the name of its field before it.
    """

    forms: Mapping[str, int]

    def number(self, token: Token) -> int | None:
        """Return which query word a token of a text stands for, None for none."""
        for form in _forms(token):
            if (number := self.forms.get(form)) is not None:
                return number
        return None


def query_terms(tokens: Iterable[Token]) -> QueryTerms:
    """Return what to mark for a query's words; function words only where there is nothing else.

    Args:
        tokens: Tokens of the query, exclusions left out.
    """
    every = list(tokens)
    chosen = [token for token in every if token.exact not in function_words()] or every
    forms: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for token in chosen:
        number = numbers.setdefault(token.lemma, len(numbers))
        for form in _forms(token):
            forms.setdefault(form, number)
    return QueryTerms(forms)


def _forms(token: Token) -> tuple[str, str, str]:
    return f"exact {token.exact}", f"lemma {token.lemma}", f"stem {token.stem}"


class Highlighter:
    """Finds a query's words in texts; thread-safe.

    One query reads thousands of words, few of which it means. So each different run of characters between spaces is
    analysed once, and then costs one comparison of sets.

    Args:
        analyzer: The analyser of the index.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        self.analyzer = analyzer
        self._forms = lru_cache(RUNS_KEPT)(self._forms_of)

    def marks(self, text: str, terms: QueryTerms) -> list[Mark]:
        """Return the words of a text that a query meant, in the order of the text."""
        marks: list[Mark] = []
        for run in set(text.split()):
            if not self._forms(run).isdisjoint(terms.forms):
                marks.extend(self._marks_of_run(text, run, terms))
        return sorted(marks)

    def _forms_of(self, run: str) -> frozenset[str]:
        return frozenset(form for token in self.analyzer.tokens(run) for form in _forms(token))

    def _marks_of_run(self, text: str, run: str, terms: QueryTerms) -> Iterator[Mark]:
        """Yield the marks of one run wherever it stands between spaces."""
        numbered = [(token, terms.number(token)) for token in self.analyzer.tokens(run)]
        spans = [(token.start, token.end, number) for token, number in numbered if number is not None]
        start = text.find(run)
        while start >= 0:
            end = start + len(run)
            if not (text[start - 1 : start].strip() or text[end : end + 1].strip()):
                for first, last, number in spans:
                    yield Mark(start + first, start + last, number)
            start = text.find(run, end)


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
