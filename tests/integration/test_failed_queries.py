"""Grouping, diagnosis and proposed fixes on labelled failed queries over the sample articles, with the bundled model.

docs/EDITORS.md says how the three sets were written. Thresholds were chosen on two of them; on the third, whose needs
neither has in its words, they are only measured. Floors lie 0.02 under what was reached, since models round differently
on other processors; where the figure reaches what the product has to reach, that is the floor.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import combinations

import pytest

from indexer.articles.loading import load_tree
from indexer.build.pipeline import build_generation
from kb.clock import SystemClock
from kb.curation.model import Rules
from kb.editing.model import FailedQuery, QueryId
from kb.embedding.opening import open_embedder
from kb.language.analysis import open_analyzer
from kb.language.detect import detect_language
from kb.model import ArticleId, Language
from kb.storage.generations import GenerationStore
from search.improving.anchors import anchors_of
from search.improving.clustering import content_words, group_queries
from search.improving.diagnosis import ClusterFinding, Diagnosis, ask, diagnose, succeeds
from search.improving.proposals import proposals, with_proposal
from search.serving.ranking import Ranker
from search.serving.rewriting import QueryRewriter
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder
from tests.conftest import ROOT

FIXABLE = {Diagnosis.OTHER_WORDS, Diagnosis.NOT_OPENED}


class Known(Enum):
    """What is known of the readers of a query besides its wording."""

    SECOND_TRIES = "second tries"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A failed query, its need, why it fails, and the article that answers it."""

    failure: FailedQuery
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
    text, lang = str(row["text"]), Language(str(row["lang"]))
    failure = FailedQuery(
        QueryId(0), text, lang, 0, searches, zero, no_click, contacted=contacted, rescued=tuple(ordered)
    )
    article = ArticleId(str(row["article"])) if row["article"] else None
    return Labelled(failure, Diagnosis(str(row["diagnosis"])), str(row["cluster"]), article)


def read_set(name: str) -> tuple[Labelled, ...]:
    lines = (ROOT / "tests" / "data" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return tuple(labelled(json.loads(line)) for line in lines)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    store = GenerationStore(tmp_path_factory.mktemp("index"), SystemClock())
    analyzer, embedder = open_analyzer(None), open_embedder("bundled")
    build_generation(store, load_tree(ROOT / "articles"), analyzer, embedder)
    return SearchService(SnapshotHolder(store, analyzer), Ranker(embedder), rewriter=QueryRewriter())


@pytest.fixture(scope="module")
def chosen(search: SearchService) -> tuple[Group, ...]:
    """Clusters of a set on which thresholds were chosen."""
    return found_groups(search, read_set("failed_queries"), Known.SECOND_TRIES)


@pytest.fixture(scope="module")
def held_out(search: SearchService) -> tuple[Group, ...]:
    """Clusters of the set on which nothing was chosen."""
    return found_groups(search, read_set("failed_queries_held_out"), Known.SECOND_TRIES)


@pytest.fixture(scope="module")
def worded(search: SearchService) -> tuple[Group, ...]:
    """The same if nothing is known of the readers."""
    return found_groups(search, read_set("failed_queries_held_out"), Known.NOTHING)


def found_groups(search: SearchService, queries: Sequence[Labelled], known: Known) -> tuple[Group, ...]:
    """Return what the two queues of queries would show."""
    if known is Known.NOTHING:
        queries = [replace(query, failure=replace(query.failure, rescued=())) for query in queries]
    return tuple(
        Group(members, diagnose(search, [member.failure for member in members]))
        for part in (True, False)
        for members in clustered(search, [query for query in queries if query.is_unanswered is part])
    )


def clustered(search: SearchService, queue: Sequence[Labelled]) -> Iterator[tuple[Labelled, ...]]:
    assert search.embedder is not None
    vectors = search.embedder.encode_queries([query.failure.text for query in queue])
    words = [content_words(search.snapshot.analyzer, query.failure.text) for query in queue]
    langs = [detect_language(query.failure.text) or query.failure.lang for query in queue]
    anchors = anchors_of(search.snapshot, search.embedder, vectors)
    for group in group_queries(words, langs, vectors, anchors, [query.failure.rescued for query in queue]):
        yield tuple(queue[place] for place in group)


def cluster_score(groups: Sequence[Group]) -> float:
    """Return F1 over the pairs of queries of one queue: together as labelled, or apart.

    Pairs of two needs that the same article answers count neither way: an editor may want them together or apart.
    """
    members = [(number, query) for number, group in enumerate(groups) for query in group.members]
    together = labels = right = 0
    for (one_group, one), (two_group, two) in combinations(members, 2):
        same, wanted = one_group == two_group, one.cluster == two.cluster
        either = not wanted and one.article is not None and one.article == two.article
        if one.is_unanswered is two.is_unanswered and not either:
            together, labels, right = together + same, labels + wanted, right + (same and wanted)
    return 2 * right / (together + labels)


def diagnosis_score(groups: Sequence[Group]) -> float:
    """Return F1, averaged over the five diagnoses."""
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
    return sum(scores) / len(scores)


def fixed_share(search: SearchService, groups: Sequence[Group]) -> tuple[int, float]:
    """Return of how many queries the cluster is offered a rule, and the share that finds its article by the first."""
    tried = succeeded = 0
    for group in groups:
        wanted = [query for query in group.members if query.diagnosis in FIXABLE and query.article]
        if not wanted or group.finding.diagnosis not in FIXABLE:
            continue
        failures = [query.failure for query in group.members]
        first = proposals(search, Rules(0), failures, group.finding.candidates[:1])[0]
        directed = search.directed_by(with_proposal(Rules(0), first, search.snapshot.analyzer))
        tried += len(wanted)
        for query in wanted:
            assert query.article is not None
            succeeded += succeeds(ask(directed, query.failure.text, query.failure.lang), query.article)
    return tried, succeeded / tried


@pytest.mark.parametrize(
    ("name", "least", "of_each"),
    [("failed_queries", 370, 30), ("failed_queries_free", 150, 5), ("failed_queries_held_out", 150, 5)],
)
def test_the_sets_are_large_and_hold_both_languages_and_all_diagnoses(name: str, least: int, of_each: int) -> None:
    queries = read_set(name)
    assert len(queries) >= least
    assert {query.failure.lang for query in queries} == set(Language)
    assert set(Diagnosis) == {query.diagnosis for query in queries}
    assert min(Counter(query.diagnosis for query in queries).values()) >= of_each


def test_no_query_stands_in_two_sets() -> None:
    names = ("failed_queries", "failed_queries_free", "failed_queries_held_out")
    seen = Counter((query.failure.text, query.failure.lang) for name in names for query in read_set(name))
    assert max(seen.values()) == 1


def test_what_was_chosen_fits_the_set_it_was_chosen_on(search: SearchService, chosen: tuple[Group, ...]) -> None:
    assert cluster_score(chosen) >= 0.85
    assert diagnosis_score(chosen) >= 0.9
    tried, share = fixed_share(search, chosen)
    assert tried >= 120
    assert share >= 0.95


def test_diagnoses_of_held_out_queries_are_right(held_out: tuple[Group, ...], worded: tuple[Group, ...]) -> None:
    assert diagnosis_score(held_out) >= 0.82
    assert diagnosis_score(worded) >= 0.62


def test_held_out_queries_that_mean_the_same_come_together(
    held_out: tuple[Group, ...], worded: tuple[Group, ...]
) -> None:
    # The 8-bit model's vectors depend a little on the processor, and groups on small differences: .64 on an Intel Xeon
    # with VNNI, .594 on an AMD EPYC without it (the same code), .582 there since tables are read as sentences.
    assert cluster_score(held_out) >= 0.57
    assert cluster_score(worded) >= 0.45


def test_proposed_fixes_make_held_out_queries_succeed(search: SearchService, held_out: tuple[Group, ...]) -> None:
    tried, share = fixed_share(search, held_out)
    assert tried >= 60
    assert share >= 0.9
