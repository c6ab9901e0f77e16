"""Turns what the event log remembers of queries into what a replay asks."""

from __future__ import annotations

from collections.abc import Sequence

from kb.editing.past_queries import AskedQuery
from search.improving.replay import Opened, PastQuery


def past_of(asked: Sequence[AskedQuery], k: int) -> tuple[PastQuery, ...]:
    """Return the queries to replay.

    Args:
        k: `Settings.k_anonymity`: different visitors who must have typed a query before staff may see it.
    """
    return tuple(
        PastQuery(
            query.text,
            query.lang,
            query.visitors >= k,
            query.searches,
            tuple(Opened(article, times) for article, times in query.opened),
        )
        for query in asked
    )
