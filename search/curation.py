"""What editors decided about queries: synonyms, pinned and hidden results. In force at once, without a rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from kb.language.normalise import fold
from kb.model import ArticleId, Language

# Wordings of one query that are searched besides the literal one: each costs a full lexical search.
MOST_VARIANTS: Final = 3


@dataclass(frozen=True, slots=True)
class Directions:
    """What editors want for one query.

    Attributes:
        variants: Other wordings to search too; an article counts by the wording that suits it best.
        pinned: Articles to show first, in this order, where the reader may see them.
        hidden: Articles not to show.
    """

    variants: tuple[str, ...] = ()
    pinned: tuple[ArticleId, ...] = ()
    hidden: frozenset[ArticleId] = frozenset()


class Curation(Protocol):
    """Knows what editors decided; asked for every query, so an answer may not take longer than a look-up."""

    def directions(self, text: str, lang: Language) -> Directions:
        """Return what editors want for a query.

        Args:
            text: As typed.
            lang: The reader's language.
        """
        ...


class NoCuration:
    """Editors decided nothing."""

    def directions(self, text: str, lang: Language) -> Directions:
        """Return no directions."""
        return Directions()


def with_synonyms(text: str, groups: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return other wordings of a query: each with one term replaced by a synonym.

    Args:
        text: A query as typed.
        groups: Terms of one or more words that mean the same, in any spelling.

    Returns:
        At most `MOST_VARIANTS`, in the order of the groups, in orthographic normal form.
    """
    words = fold(text).split()
    variants: dict[str, None] = {}
    for group in groups:
        terms = [tuple(fold(term).split()) for term in group]
        for term in terms:
            place = _place(words, term)
            if place is not None:
                for other in terms:
                    if other != term:
                        variants[" ".join([*words[:place], *other, *words[place + len(term) :]])] = None
    return tuple(variants)[:MOST_VARIANTS]


def _place(words: Sequence[str], term: Sequence[str]) -> int | None:
    """Return where a term stands in a text, None where it does not."""
    if not term:
        return None
    places = range(len(words) - len(term) + 1)
    return next((place for place in places if tuple(words[place : place + len(term)]) == tuple(term)), None)
