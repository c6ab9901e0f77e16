"""Grouping, diagnosis and proposed fixes on labelled failed queries over the sample articles, with the bundled model.

`tests/data/failed_queries.jsonl` was written for this test: queries by hand in both languages, among those of the label
`other_words` only such as the search really fails; what readers did after them was made up to fit the label, with
readers who leave no trace and readers who looked for something else.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from indexer.loading import load_tree
from indexer.pipeline import build_generation
from kb.clock import SystemClock
from kb.curation.model import Rules
from kb.embedding.opening import open_embedder
from kb.language.analysis import open_analyzer
from kb.language.detect import detect_language
from kb.model import ArticleId, Language
from kb.storage.generations import GenerationStore
from search.clustering import content_words, group_queries
from search.diagnosis import ClusterFinding, Diagnosis, Failure, diagnose
from search.proposals import proposals
from search.rewriting import QueryRewriter
from search.service import SearchService
from search.snapshot import SnapshotHolder
from tests.conftest import ROOT

FIXABLE = {Diagnosis.OTHER_WORDS, Diagnosis.NOT_OPENED}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A failed query, its cluster, why it fails, and the article that answers it."""

    failure: Failure
    diagnosis: Diagnosis
    cluster: str
    article: ArticleId | None

    @property
    def is_unanswered(self) -> bool:
        """Return which of the two queues of queries it stands in."""
        return self.failure.zero > self.failure.no_click + self.failure.contacted


@dataclass(frozen=True, slots=True)
class Group:
    """A cluster that was found, and what is said about it."""

    members: tuple[Labelled, ...]
    finding: ClusterFinding


def labelled(row: Mapping[str, object]) -> Labelled:
    rescued = row["rescued"]
    assert isinstance(rescued, dict)
    ordered = sorted(rescued.items(), key=lambda each: (-each[1], each[0]))
    counts = (int(str(row[name])) for name in ("searches", "zero", "no_click", "contacted"))
    searches, zero, no_click, contacted = counts
    failure = Failure(str(row["text"]), Language(str(row["lang"])), searches, zero, no_click, contacted, tuple(ordered))
    article = ArticleId(str(row["article"])) if row["article"] else None
    return Labelled(failure, Diagnosis(str(row["diagnosis"])), str(row["cluster"]), article)


@pytest.fixture(scope="module")
def queries() -> tuple[Labelled, ...]:
    lines = Path(ROOT / "tests" / "data" / "failed_queries.jsonl").read_text("utf-8").splitlines()
    return tuple(labelled(json.loads(line)) for line in lines)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    store = GenerationStore(tmp_path_factory.mktemp("index"), SystemClock())
    analyzer, embedder = open_analyzer(None), open_embedder("bundled")
    build_generation(store, load_tree(ROOT / "articles"), analyzer, embedder)
    return SearchService(SnapshotHolder(store, analyzer), embedder, rewriter=QueryRewriter())


@pytest.fixture(scope="module")
def groups(search: SearchService, queries: tuple[Labelled, ...]) -> tuple[Group, ...]:
    """What the two queues of queries would show."""
    return tuple(group for part in (True, False) for group in found_groups(search, queries, unanswered=part))


def found_groups(search: SearchService, queries: tuple[Labelled, ...], *, unanswered: bool) -> Iterator[Group]:
    queue = [query for query in queries if query.is_unanswered is unanswered]
    assert search.embedder is not None
    vectors = search.embedder.encode_queries([query.failure.text for query in queue])
    words = [content_words(search.snapshot.analyzer, query.failure.text) for query in queue]
    langs = [detect_language(query.failure.text) or query.failure.lang for query in queue]
    for group in group_queries(words, langs, vectors, [query.failure.rescued for query in queue]):
        members = tuple(queue[place] for place in group)
        yield Group(members, diagnose(search, [member.failure for member in members]))


def test_the_set_is_large_and_holds_both_languages_and_all_diagnoses(queries: tuple[Labelled, ...]) -> None:
    assert len(queries) >= 200
    assert {query.failure.lang for query in queries} == set(Language)
    assert min(Counter(query.diagnosis for query in queries).values()) >= 20


def test_clusters_are_right(queries: tuple[Labelled, ...], groups: tuple[Group, ...]) -> None:
    """Pairs of queries of one queue: together as labelled, or apart."""
    found = {query.failure: number for number, group in enumerate(groups) for query in group.members}
    together, labels = 0, 0
    right = 0
    for one, two in combinations(queries, 2):
        if one.is_unanswered is two.is_unanswered:
            same, wanted = found[one.failure] == found[two.failure], one.cluster == two.cluster
            together, labels, right = together + same, labels + wanted, right + (same and wanted)
    assert 2 * right / (together + labels) >= 0.85


def test_diagnoses_are_right(groups: tuple[Group, ...]) -> None:
    pairs = Counter(
        (query.diagnosis, found.diagnosis)
        for group in groups
        for query, found in zip(group.members, group.finding.queries, strict=True)
    )
    scores = []
    for label in Diagnosis:
        given = sum(count for (_, said), count in pairs.items() if said is label)
        wanted = sum(count for (meant, _), count in pairs.items() if meant is label)
        scores.append(2 * pairs[label, label] / (given + wanted))
    assert sum(scores) / len(scores) >= 0.8


def test_proposed_fixes_make_queries_succeed(search: SearchService, groups: tuple[Group, ...]) -> None:
    """Of the queries whose cluster is offered a synonym or a pin, those that the first proposal makes succeed."""
    tried = succeeded = 0
    for group in groups:
        wanted = [query for query in group.members if query.diagnosis in FIXABLE and query.article]
        if not wanted or group.finding.diagnosis not in FIXABLE:
            continue
        first = proposals(search, Rules(0), [query.failure for query in wanted], group.finding.candidates[:1])[0]
        right = [query for query in wanted if query.article == first.article]
        tried += len(wanted)
        succeeded += min(first.gained, len(right))
    assert tried >= 80
    assert succeeded / tried >= 0.9
