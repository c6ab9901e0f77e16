"""Articles like a given one: the nearest by meaning; by words, tags and category where there are no vectors."""

from __future__ import annotations

from typing import Final

import numpy as np

from kb.model import Article, ArticleKey, Audience, Card
from kb.results import Filters
from search.serving.snapshot import Snapshot

# What sharing a tag or the category adds to likeness where there are no vectors.
TAG_LIKENESS: Final = 1.0
CATEGORY_LIKENESS: Final = 0.5


def related_articles(
    snapshot: Snapshot, key: ArticleKey, limit: int, audiences: frozenset[Audience]
) -> tuple[Article, ...]:
    """Return articles of the same language that are like a given one.

    Args:
        snapshot: Where to look.
        key: The article; one that does not exist is like nothing.
        limit: How many are wanted at most.
        audiences: Who they may be for.

    Returns:
        The most alike first.
    """
    card = snapshot.catalogue.card(key)
    if card is None:
        return ()
    filters = Filters(lang=key.lang, audiences=audiences)
    keys = _by_meaning(snapshot, key, filters, limit) or _by_labels(snapshot, card, filters, limit)
    found = (snapshot.content.article(other) for other in keys)
    return tuple(article for article in found if article is not None)


def _by_meaning(snapshot: Snapshot, key: ArticleKey, filters: Filters, limit: int) -> list[ArticleKey]:
    """Return the articles with passages nearest to the mean of this one's; nothing without vectors."""
    if snapshot.vectors is None or not len(rows := snapshot.vectors.passages(key)):
        return []
    centre = snapshot.vectors.index.vectors(rows.tolist()).mean(axis=0)
    length = float(np.linalg.norm(centre))
    if not length:
        return []
    near = snapshot.vectors.nearest(centre / length, snapshot.catalogue.passing(filters), limit + 1, {key.lang: 0.0})
    return [item.article for item in near if item.article != key][:limit]


def _by_labels(snapshot: Snapshot, card: Card, filters: Filters, limit: int) -> list[ArticleKey]:
    passing = snapshot.catalogue.passing(filters)
    others = [snapshot.catalogue.cards[row] for row in np.flatnonzero(passing)]
    ranked = sorted(
        (-_likeness(card, other), other.key) for other in others if other.key != card.key and _likeness(card, other)
    )
    return [key for _, key in ranked[:limit]]


def _likeness(one: Card, other: Card) -> float:
    return TAG_LIKENESS * len(one.tags & other.tags) + CATEGORY_LIKENESS * (one.category == other.category)
