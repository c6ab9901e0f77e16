"""The queues of failed queries: grouped by meaning, joined with what editors did about them, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from sqlalchemy import Engine

from kb.editing.evidence import failed_queries
from kb.editing.model import FailedQuery, Item, ItemId, QueryId, Queue, Subject
from kb.editing.store import EditingStore
from kb.editing.vectors import Vector, store_vectors, stored_vectors
from kb.language.detect import detect_language
from kb.ports import Embedder, FloatMatrix
from kb.statistics.periods import Period
from search.improving.anchors import anchors_of
from search.improving.clustering import Group, content_words, group_queries
from search.serving.service import SearchService

# Queries whose vectors are computed while a queue opens; the others follow when it is opened next.
NEW_VECTORS: Final = 25


@dataclass(frozen=True, slots=True)
class Cluster:
    """Queries that mean the same.

    Attributes:
        item: What editors did about it.
        queries: Most failures first.
        cases: Failed searches of the period.
        days: Failed searches by day.
    """

    item: Item
    queries: tuple[FailedQuery, ...]
    cases: int
    days: Mapping[int, int]

    @property
    def members(self) -> tuple[QueryId, ...]:
        """Return the ids of the queries."""
        return tuple(query.id for query in self.queries)

    def disclosed(self, k: int) -> tuple[FailedQuery, ...]:
        """Return the queries that at least `k` different visitors typed within one week: what staff may see."""
        return tuple(query for query in self.queries if query.visitors >= k)


class QueryClusters:
    """Groups the failed queries of a period.

    Args:
        engine: The database.
        store: What editors did.
        search: Gives language analysis and vectors.
    """

    def __init__(self, engine: Engine, store: EditingStore, search: SearchService) -> None:
        self._engine = engine
        self._store = store
        self._search = search

    def clusters(self, queue: Queue, period: Period) -> tuple[Cluster, ...]:
        """Return the clusters of a queue, most failed searches first."""
        failed = failed_queries(self._engine, period, queue)
        analyzer = self._search.snapshot.analyzer
        words = [content_words(analyzer, query.text) for query in failed]
        langs = [detect_language(query.text) or query.lang for query in failed]
        vectors = self._vectors(failed)
        anchors = anchors_of(self._search.snapshot, self._search.embedder, vectors)
        groups = group_queries(words, langs, vectors, anchors, [query.rescued for query in failed])
        items = _matched(groups, failed, self._store.items(queue), queue)
        found = [_cluster(item, [failed[place] for place in group]) for item, group in zip(items, groups, strict=True)]
        return tuple(sorted(found, key=lambda each: (-each.cases, each.item.subject)))

    def cluster(self, queue: Queue, subject: Subject, period: Period) -> Cluster | None:
        """Return the cluster of a subject, also after it was joined to another; None if none of it failed."""
        found = self.clusters(queue, period)
        same = (each for each in found if each.item.subject == subject)
        joined = (each for each in found if subject.isdecimal() and int(subject) in each.members)
        return next(same, None) or next(joined, None)

    def _vectors(self, failed: Sequence[FailedQuery]) -> FloatMatrix | None:
        """Return the vectors; those that are not known yet are zero, so that words alone group their queries."""
        embedder = self._search.embedder
        if embedder is None or not failed:
            return None
        known = stored_vectors(self._engine, embedder.fingerprint, [query.id for query in failed])
        new = [query for query in failed if query.id not in known][:NEW_VECTORS]
        known |= self._new_vectors(embedder, new)
        nothing = np.zeros(embedder.dimension, np.float32)
        return np.stack([known.get(query.id, nothing) for query in failed])

    def _new_vectors(self, embedder: Embedder, queries: Sequence[FailedQuery]) -> dict[QueryId, Vector]:
        if not queries:
            return {}
        encoded = embedder.encode_queries([query.text for query in queries])
        found = {query.id: np.asarray(row) for query, row in zip(queries, encoded, strict=True)}
        store_vectors(self._engine, embedder.fingerprint, found)
        return found


def _matched(groups: Sequence[Group], failed: Sequence[FailedQuery], items: Sequence[Item], queue: Queue) -> list[Item]:
    """Return the item of each group: the one that shares most queries with it, else a new one."""
    members = [{failed[place].id for place in group} for group in groups]
    shared = sorted(
        (-len(ids & item.members), item.subject, number)
        for number, ids in enumerate(members)
        for item in items
        if ids & item.members
    )
    by_subject = {item.subject: item for item in items}
    matched: dict[int, Item] = {}
    taken: set[Subject] = set()
    for _, subject, number in shared:
        if number not in matched and subject not in taken:
            matched[number] = by_subject[subject]
            taken.add(subject)
    return [matched.get(number) or _new(queue, ids, taken) for number, ids in enumerate(members)]


def _new(queue: Queue, ids: set[QueryId], taken: set[Subject]) -> Item:
    """Return an item for a group that nobody touched, named after its oldest query."""
    free = (name for each in sorted(ids) if (name := Subject(str(each))) not in taken)
    subject = next(free, Subject(f"{min(ids)}-split"))
    return Item(ItemId(""), queue, subject)


def _cluster(item: Item, queries: Sequence[FailedQuery]) -> Cluster:
    days: Counter[int] = Counter()
    for query in queries:
        days.update(query.days)
    ordered = sorted(queries, key=lambda query: (-sum(query.days.values()), query.id))
    return Cluster(item, tuple(ordered), days.total(), dict(days))
