"""What decides whether an article may be shown: a small card an article, held in memory for one generation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.model import Article, ArticleKey, Audience
from kb.results import Filters

_FILTERS_KEPT: Final = 256

RowMask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Card:
    """The part of an article that filters and result lists need."""

    key: ArticleKey
    slug: str
    category: str
    tags: frozenset[str]
    owner: str
    updated: date
    audience: Audience

    def passes(self, filters: Filters) -> bool:
        """Tell whether every condition of the filters holds."""
        return (
            self.audience in filters.audiences
            and filters.category in (None, self.category)
            and (filters.tag is None or filters.tag in self.tags)
            and filters.owner in (None, self.owner)
            and filters.lang in (None, self.key.lang)
            and (filters.updated_from is None or self.updated >= filters.updated_from)
            and (filters.updated_to is None or self.updated <= filters.updated_to)
        )


def card_of(article: Article) -> Card:
    """Return the card of an article."""
    return Card(
        article.key,
        article.slug,
        article.category,
        frozenset(article.tags),
        article.owner,
        article.updated,
        article.audience,
    )


class Catalogue:
    """The cards of one generation; row n is article n of the lexical indexes. Thread-safe.

    Args:
        cards: In the order of `ContentStore.article_keys()`.
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
        return card is not None and card.passes(filters)

    def _rows_that_pass(self, filters: Filters) -> RowMask:
        mask = np.fromiter((card.passes(filters) for card in self.cards), np.bool_, len(self.cards))
        mask.flags.writeable = False
        return mask
