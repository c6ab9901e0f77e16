"""What editors decided about queries: synonyms, pinned and hidden results. In force at once, without a rebuild."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

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
        stale: The rules cannot be asked for; these follow the last known ones.
    """

    variants: tuple[str, ...] = ()
    pinned: tuple[ArticleId, ...] = ()
    hidden: frozenset[ArticleId] = frozenset()
    stale: bool = False


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
