"""Quoted text: found word for word in original texts, hamza and marks counting only where the reader typed them.

A word typed with any hamza must be written with the same hamzas; a word typed with marks must carry them on the same
letters. All else (case, tatweel, forms of ya and ta marbuta) is as free as in a search without quotes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.language.written import has_marks, marks_agree, written_form
from kb.ports import Analyzer, Token


@dataclass(frozen=True, slots=True)
class QuotedWord:
    """One word of a quoted phrase.

    Attributes:
        typed: As the reader typed it.
        exact: Its normal form.
        hamza: Written form if it was typed with a hamza, else None.
        marked: It was typed with marks.
    """

    typed: str
    exact: str
    hamza: str | None
    marked: bool

    def matches(self, surface: str) -> bool:
        """Return whether a word of the same normal form is written as this one was typed."""
        if self.hamza is not None and written_form(surface) != self.hamza:
            return False
        return not self.marked or marks_agree(self.typed, surface)


class PhraseMatcher:
    """Finds one quoted phrase in texts.

    Args:
        phrase: Content of the quotes, as typed.
        analyzer: The one that indexes.
    """

    def __init__(self, phrase: str, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self.words: tuple[QuotedWord, ...] = tuple(
            _quoted_word(phrase[token.start : token.end], token) for token in analyzer.tokens(phrase)
        )

    @property
    def counts_marks(self) -> bool:
        """Return whether only the original text can tell if the phrase stands there."""
        return any(word.marked for word in self.words)

    def spans(self, text: str, tokens: Sequence[Token] | None = None) -> tuple[tuple[int, int], ...]:
        """Return where the phrase stands: offsets of the first code point and after the last, never overlapping.

        Args:
            text: Original text.
            tokens: Its tokens, if they are at hand.
        """
        if not self.words:
            return ()
        tokens = self._analyzer.tokens(text) if tokens is None else tokens
        found: list[tuple[int, int]] = []
        start = 0
        while start + len(self.words) <= len(tokens):
            window = tokens[start : start + len(self.words)]
            if self._stands(window, text):
                found.append((window[0].start, window[-1].end))
                start += len(window)
            else:
                start += 1
        return tuple(found)

    def _stands(self, window: Sequence[Token], text: str) -> bool:
        pairs = list(zip(self.words, window, strict=True))
        return all(word.exact == token.exact for word, token in pairs) and all(
            word.matches(text[token.start : token.end]) for word, token in pairs
        )


def _quoted_word(typed: str, token: Token) -> QuotedWord:
    written = written_form(typed)
    return QuotedWord(typed, token.exact, written if written != token.exact else None, has_marks(typed))
