"""Completes what a reader is typing: titles, questions and headings in which every typed word begins some word.

Arabic words are found with and without the article and under every spelling of hamza, ya and ta marbuta. Built in
memory from the articles of one generation; answers by array look-ups.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.language.normalise import fold
from kb.language.tokens import split_words
from kb.model import Article, ArticleId, ArticleKey, Audience, Language
from kb.results import Suggestion, TextPart
from search.serving.highlighting import Mark, text_parts

# Words of a typed text that count: nobody types more before choosing.
MOST_WORDS: Final = 12
MOST_CHARACTERS: Final = 200
# The article with the conjunctions and prepositions before it, longest first, in normal form.
_ARTICLES: Final = ("وبال", "وال", "فال", "بال", "كال", "ولل", "ال", "لل")
_SHORTEST_BARE_WORD: Final = 2
_WORD: Final = re.compile(r"[^\W_]+")
_SPACES: Final = re.compile(r"\s+")
_LAST: Final = "\U0010ffff"


class Kind(IntEnum):
    """Where a completion comes from; titles come first."""

    TITLE = 0
    QUESTION = 1
    HEADING = 2


@dataclass(frozen=True, slots=True)
class Completion:
    """A text that can be offered.

    Attributes:
        text: Original text.
        kind: Where it comes from.
        article: What it opens.
        slug: Slug of that article.
        audience: Who may see it.
    """

    text: str
    kind: Kind
    article: ArticleKey
    slug: str
    audience: Audience


def completions(article: Article) -> Iterator[Completion]:
    """Yield what an article can be suggested as."""
    texts = [(Kind.TITLE, article.title)]
    texts += [(Kind.QUESTION, question) for question in article.questions]
    texts += [(Kind.HEADING, section.heading_path[-1]) for section in article.sections if section.heading_path]
    for kind, text in texts:
        if text.strip():
            yield Completion(text, kind, article.key, article.slug, article.audience)


class SuggestionIndex:
    """Prefixes of all words of all completions, by language; immutable.

    Args:
        offered: All completions of one generation, in any order.
    """

    def __init__(self, offered: Iterable[Completion]) -> None:
        ordered = sorted(offered, key=lambda item: (item.kind, len(item.text), item.article, item.text))
        self._by_language = {
            lang: _Prefixes([item for item in ordered if item.article.lang is lang]) for lang in Language
        }

    def suggest(self, typed: str, lang: Language, limit: int, audiences: frozenset[Audience]) -> tuple[Suggestion, ...]:
        """Return completions, one an article.

        Args:
            typed: What stands in the search box so far.
            lang: The reader's language; the other one only fills up.
            limit: How many are wanted at most.
            audiences: Who they may be for.

        Returns:
            Those that begin like the typed text first, then titles before questions before headings, short before long.
        """
        words = _typed_words(typed)
        shown: dict[ArticleId, Suggestion] = {}
        texts: set[str] = set()
        for language in (lang, lang.other):
            for item in self._by_language[language].matching(words):
                if len(shown) >= limit:
                    break
                if item.audience in audiences and item.article.id not in shown and item.text not in texts:
                    texts.add(item.text)
                    shown[item.article.id] = Suggestion(_marked(item.text, words), item.article, item.slug)
        return tuple(shown.values())


class _Prefixes:
    """The completions of one language, best first, and which of them hold a word with a given beginning."""

    def __init__(self, items: Sequence[Completion]) -> None:
        self._items = items
        # Folding all texts at once is many times faster than one by one; fold never adds a line break.
        lines = fold("\n".join(_SPACES.sub(" ", item.text) for item in items)).split("\n") if items else []
        anywhere: dict[str, list[int]] = {}
        first: dict[str, list[int]] = {}
        for number, line in enumerate(lines):
            words = _WORD.findall(line)
            for word in words:
                anywhere.setdefault(word, []).append(number)
            if words:
                first.setdefault(words[0], []).append(number)
        self._anywhere = _Postings(anywhere)
        self._first = _Postings(first)

    def matching(self, words: Sequence[str]) -> Iterator[Completion]:
        """Yield the completions in which every typed word begins a word, those that begin with the first word first."""
        if not words or not self._items:
            return
        every = np.ones(len(self._items), np.bool_)
        for word in words:
            every &= self._anywhere.mask(_forms(word), len(self._items))
        leading = every & self._first.mask(_forms(words[0]), len(self._items))
        for number in np.flatnonzero(leading):
            yield self._items[int(number)]
        for number in np.flatnonzero(every & ~leading):
            yield self._items[int(number)]


class _Postings:
    """Sorted forms of words, each with the completions that hold it; those of one beginning lie side by side."""

    def __init__(self, by_word: dict[str, list[int]]) -> None:
        by_form: dict[str, list[int]] = {}
        for word, numbers in by_word.items():
            for form in _forms(word):
                by_form.setdefault(form, []).extend(numbers)
        self._forms = sorted(by_form)
        self._ends = np.cumsum([0, *(len(by_form[form]) for form in self._forms)])
        self._numbers = np.array([number for form in self._forms for number in by_form[form]], np.int32)

    def mask(self, beginnings: Iterable[str], size: int) -> NDArray[np.bool_]:
        """Return which completions hold a word that begins like one of these."""
        found = np.zeros(size, np.bool_)
        for beginning in beginnings:
            low = bisect_left(self._forms, beginning)
            high = bisect_left(self._forms, beginning + _LAST)
            found[self._numbers[self._ends[low] : self._ends[high]]] = True
        return found


def _typed_words(typed: str) -> list[str]:
    return _WORD.findall(fold(typed[:MOST_CHARACTERS]))[:MOST_WORDS]


def _forms(word: str) -> tuple[str, ...]:
    """Return a word as it is, and without the article where something is left."""
    bare = _bare(word)
    return (word,) if bare == word else (word, bare)


def _bare(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _SHORTEST_BARE_WORD:
            return word[len(article) :]
    return word


def _marked(text: str, words: Sequence[str]) -> tuple[TextPart, ...]:
    typed = {form for word in words for form in _forms(word)}
    marks: list[Mark] = []
    for word in split_words(text):
        bare = _bare(word.exact)
        skipped = len(word.exact) - len(bare)
        spans = [(0, len(form)) for form in typed if word.exact.startswith(form)]
        spans += [(skipped, skipped + len(form)) for form in typed if bare.startswith(form)]
        if spans:
            start, end = min(start for start, _ in spans), max(end for _, end in spans)
            marks.append(_original(text, word.start, word.end, start, end))
    return text_parts(text, marks)


def _original(text: str, word_start: int, word_end: int, start: int, end: int) -> Mark:
    """Return the span in the original word whose normal form is the span [start, end) of the word's normal form."""
    length = 0
    first = last = word_start
    for position in range(word_start, word_end):
        if length <= start:
            first = position
        if length >= end and fold(text[position]):
            break
        length += len(fold(text[position]))
        last = position + 1
    return Mark(first, last, 0)
