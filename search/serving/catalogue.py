"""What decides whether an article may be shown: a small card an article, held in memory for one generation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from indexer.parts.postings import RowMask
from kb.model import ArticleKey, Card
from kb.results import Filters

_FILTERS_KEPT: Final = 256


def passes(card: Card, filters: Filters) -> bool:
    """Tell whether every condition of the filters holds."""
    return (
        card.audience in filters.audiences
        and filters.category in (None, card.category)
        and (filters.tag is None or filters.tag in card.tags)
        and filters.owner in (None, card.owner)
        and filters.lang in (None, card.key.lang)
        and (filters.updated_from is None or card.updated >= filters.updated_from)
        and (filters.updated_to is None or card.updated <= filters.updated_to)
    )


class Catalogue:
    """The cards of one generation; row n is article n of the lexical indexes. Thread-safe.

    Args:
        cards: In the order of the lexical rows, as `ContentStore.cards()` gives them.
    """

    def __init__(self, cards: Sequence[Card]) -> None:
        self.cards = tuple(cards)
        self.rows = {card.key: row for row, card in enumerate(self.cards)}
        self._passing = lru_cache(_FILTERS_KEPT)(self._rows_that_pass)

    def card(self, key: ArticleKey) -> Card | None:
        """Return the card of an article, None where there is no such article."""
        row = self.rows.get(key)
        return None if row is None else self.cards[row]

    def passing(self, filters: Filters) -> RowMask:
        """Return one truth value a row: whether the article meets every condition; not to be written into."""
        return self._passing(filters)

    def passes(self, key: ArticleKey, filters: Filters) -> bool:
        """Tell whether an article exists and meets every condition."""
        card = self.card(key)
        return card is not None and passes(card, filters)

    def _rows_that_pass(self, filters: Filters) -> RowMask:
        mask = np.fromiter((passes(card, filters) for card in self.cards), np.bool_, len(self.cards))
        mask.flags.writeable = False
        return mask
