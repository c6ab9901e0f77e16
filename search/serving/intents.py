"""What a query may want besides an article: a person, the state of an order, to complain. Declared in `intents.tsv`.

Knows words only: the query's and those of its reading in Arabic letters. What serves an intent is for the pages to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from kb.language.normalise import fold
from kb.language.tokens import split_words
from kb.results import Intent

# A longer query tells a story; what it asks for is then for the search to find.
MOST_WORDS: Final = 14
# Words within which who is wanted follows the wish to talk.
_SOON: Final = 4
_ANY: Final = "any"
# What Arabic writes together with the next word.
_BEFORE: Final = ("وال", "بال", "ال", "و", "ب", "ل")
_SHORTEST_BARE: Final = 3


class _Part(StrEnum):
    WHOLE = "whole"
    ALONE = "alone"
    WISH = "wish"
    TARGET = "target"
    NEVER = "never"
    COURTESY = "courtesy"


def recognise_intent(texts: Sequence[str]) -> Intent | None:
    """Return what the writer of a query wants besides an article; None where it is an article.

    Args:
        texts: The query, and its reading in other letters if there is one.
    """
    wordings = [_words(text) for text in texts]
    return next((intent for intent in Intent for words in wordings if words and _wants(intent, words)), None)


def _wants(intent: Intent, words: tuple[str, ...]) -> bool:
    if len(words) > MOST_WORDS:
        return False
    parts = _table()[intent.value]
    if _without_courtesies(words) in parts[_Part.WHOLE]:
        return True
    if _holds(words, parts[_Part.NEVER]):
        return False
    if _holds(words, parts[_Part.ALONE]):
        return True
    wishes = (at for at in range(len(words)) if _stands_at(words, at, parts[_Part.WISH]))
    return any(_holds(words[at + 1 : at + 1 + _SOON], parts[_Part.TARGET]) for at in wishes)


def _holds(words: tuple[str, ...], phrases: frozenset[tuple[str, ...]]) -> bool:
    """Return whether one of the phrases stands in the query, clitics of its first word not counted."""
    return any(_stands_at(words, at, phrases) for at in range(len(words)))


def _stands_at(words: tuple[str, ...], at: int, phrases: frozenset[tuple[str, ...]]) -> bool:
    longest = max(map(len, phrases), default=0)
    return any(
        form in phrases
        for length in range(1, min(longest, len(words) - at) + 1)
        for form in _forms(words[at : at + length])
    )


def _forms(phrase: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    first, rest = phrase[0], phrase[1:]
    bare = (first.removeprefix(before) for before in _BEFORE if first.startswith(before))
    return (phrase, *((word, *rest) for word in bare if len(word) >= _SHORTEST_BARE))


def _without_courtesies(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the query without what is only said to be polite, or that something is wanted."""
    courtesies = _table()[_ANY][_Part.COURTESY]
    longest = max(map(len, courtesies))
    kept: list[str] = []
    at = 0
    while at < len(words):
        length = next((size for size in range(longest, 0, -1) if words[at : at + size] in courtesies), 0)
        if not length:
            kept.append(words[at])
        at += length or 1
    return tuple(kept)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.exact for word in split_words(text.replace("'", "").replace("’", "")))


@cache
def _table() -> Mapping[str, Mapping[_Part, frozenset[tuple[str, ...]]]]:
    table: dict[str, dict[_Part, frozenset[tuple[str, ...]]]] = defaultdict(lambda: dict.fromkeys(_Part, frozenset()))
    for line in resources.files(__package__).joinpath("intents.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            intent, part, phrases = line.split("\t")
            table[intent][_Part(part)] = frozenset(_words(fold(phrase)) for phrase in phrases.split(" / "))
    return table
