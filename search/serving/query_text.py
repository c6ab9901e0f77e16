"""What a reader typed, taken apart: words, quoted phrases, excluded words. Never a syntax error.

Knows the signs of the query language; the words themselves are left to the analyser.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from kb.errors import UserError
from kb.language.normalise import fold

MAX_QUERY_LENGTH = 1_000
"""Code points of a query, surrounding space not counted."""

MOST_PHRASES = 8
"""Different phrases that must stand in an article; what else is quoted counts as words. Each is looked up by itself."""

MOST_EXCLUSIONS = 8
"""Different words or phrases that must not stand in an article; the rest is left out."""

_QUOTES = {'"': '"', "“": "”", "”": "“", "„": "“", "«": "»", "»": "«", "＂": "＂"}
"""Closing sign of each opening one; guillemets and curly quotes are met in both orders in right-to-left text."""

_MINUS = frozenset("-\u2212")


class QueryFault(StrEnum):
    """Why a query cannot be searched."""

    EMPTY = "empty"
    TOO_LONG = "too-long"


class QueryError(UserError):
    """A query that cannot be searched.

    Args:
        fault: What is wrong, for pages that say it in the reader's language.
        message: The same in English.
    """

    def __init__(self, fault: QueryFault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query taken apart.

    Attributes:
        words: Unquoted words, as typed.
        phrases: Contents of the quotes, as typed: each must stand in an article word for word.
        exclusions: What must not stand in an article: words, or phrases of several words.
    """

    words: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return what is asked for, without signs and exclusions, for retrievers that take plain text."""
        return " ".join((*self.words, *self.phrases))

    @property
    def is_plain(self) -> bool:
        """Return whether the query uses no sign of the query language."""
        return not self.phrases and not self.exclusions


def parse_query(text: str) -> ParsedQuery:
    """Take a query apart.

    Quotes that are not closed, and signs that stand alone, count as spaces; so do control characters and lone
    surrogates. A minus excludes only directly before a word or quote, and after a space or the beginning. Of phrases
    and exclusions the first `MOST_PHRASES` and `MOST_EXCLUSIONS` count: 240 phrases took seconds.

    Args:
        text: As typed.

    Returns:
        Its parts; at least one word or phrase that holds a letter or digit.

    Raises:
        QueryError: Nothing to search for, or more than 1,000 code points.
    """
    clean = text.strip()
    if len(clean) > MAX_QUERY_LENGTH:
        raise QueryError(
            QueryFault.TOO_LONG,
            f"The query has {len(clean):,} characters; shorten it to at most {MAX_QUERY_LENGTH:,}.",
        )
    clean = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in clean)
    words: list[str] = []
    phrases: list[str] = []
    exclusions: list[str] = []
    position = 0
    while position < len(clean):
        excluded = _excludes(clean, position)
        content, quoted, position = _next_part(clean, position + excluded)
        if not _has_word(content):
            continue
        if excluded:
            exclusions.append(content)
        elif quoted:
            phrases.append(content)
        else:
            words.append(content)
    if not words and not phrases:
        raise QueryError(QueryFault.EMPTY, "Type at least one word to search for.")
    required = _different(phrases)
    words.extend(required[MOST_PHRASES:])
    return ParsedQuery(tuple(words), tuple(required[:MOST_PHRASES]), tuple(_different(exclusions)[:MOST_EXCLUSIONS]))


def _different(parts: list[str]) -> list[str]:
    """Return what is not the same as something before it, however it is written."""
    first: dict[str, str] = {}
    for part in parts:
        first.setdefault(fold(part), part)
    return list(first.values())


def _excludes(text: str, position: int) -> bool:
    if text[position] not in _MINUS or (position > 0 and not text[position - 1].isspace()):
        return False
    following = text[position + 1 : position + 2]
    return following.isalnum() or (following in _QUOTES and _closing(text, position + 1) is not None)


def _next_part(text: str, position: int) -> tuple[str, bool, int]:
    """Return the word or the quoted text at a position, whether it is quoted, and where to go on."""
    if text[position] in _QUOTES:
        closing = _closing(text, position)
        if closing is None:
            return "", False, position + 1
        return " ".join(text[position + 1 : closing].split()), True, closing + 1
    end = position
    while end < len(text) and not text[end].isspace() and text[end] not in _QUOTES:
        end += 1
    return text[position:end], False, max(end, position + 1)


def _closing(text: str, position: int) -> int | None:
    closing = text.find(_QUOTES[text[position]], position + 1)
    return closing if closing > position else None


def _has_word(content: str) -> bool:
    return any(sign.isalnum() for sign in fold(content))
