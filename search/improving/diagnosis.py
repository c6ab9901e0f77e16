"""Says why queries fail, with the evidence: nothing written, other words, other language, not opened, not enough.

A cluster is judged as a whole: what one wording is near to speaks for the others. How readers behaved decides between
faults of the search and faults of the article. What the search shows is no judge of what it fails at, so that articles
are put forward by how near the wordings are to them in any language, and by what readers found in a second try.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from kb.editing.model import FailedQuery
from kb.model import ArticleId, Language
from kb.results import Filters, Query, SearchResponse
from search.improving.anchors import anchors_of
from search.serving.query_text import QueryError
from search.serving.service import SearchService
from search.serving.snapshot import Snapshot

# Results of a query that readers look at; an article further down is as good as not found.
SEEN: Final = 3
# Results of a query that are looked at to say where an article stands.
LOOKED_AT: Final = 8
# Articles that are put forward.
MOST_CANDIDATES: Final = 5
# Mean log-odds of an answer over the wordings from which the nearest article is believed to hold it. Chosen on
# tests/data/failed_queries.jsonl, like what each second try adds and how many count.
BELIEVED: Final = 1.0
WEIGHT_OF_RESCUES: Final = 0.5
MOST_RESCUES: Final = 20
# Share of a cluster's searches after which readers opened an article in a second try, from which it is believed to be
# what they looked for; one reader alone may have looked for something else.
RESCUING: Final = 0.05
FEWEST_RESCUES: Final = 2

# Log-odds of articles that they hold what a cluster looks for; 0: as likely as not.
Odds = Mapping[ArticleId, float]


class Diagnosis(StrEnum):
    """Why a query fails."""

    NO_CONTENT = "no_content"
    OTHER_WORDS = "other_words"
    OTHER_LANGUAGE = "other_language"
    NOT_OPENED = "found_not_opened"
    CONTACTED = "opened_contacted"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be what was looked for.

    Attributes:
        languages: Languages in which customers can read it.
        rescues: How often readers of the cluster found it after they tried again in other words.
    """

    article: ArticleId
    languages: frozenset[Language]
    rescues: int = 0


@dataclass(frozen=True, slots=True)
class QueryFinding:
    """What is wrong with one query.

    Attributes:
        probability: How likely the search thinks that its results hold an answer, 0 to 1.
        answered: The search shows results as an answer.
        rank: Place of the cluster's best candidate among the results, None if it is not there.
    """

    query: FailedQuery
    diagnosis: Diagnosis
    probability: float
    answered: bool
    rank: int | None


@dataclass(frozen=True, slots=True)
class ClusterFinding:
    """What is wrong with a cluster.

    Attributes:
        diagnosis: That of most searches.
        probability: Mean probability of an answer, by searches.
        candidates: Articles that may be what was looked for, best first; at most five.
        queries: In the order given.
    """

    diagnosis: Diagnosis
    probability: float
    candidates: tuple[Candidate, ...]
    queries: tuple[QueryFinding, ...]


def diagnose(search: SearchService, queries: Sequence[FailedQuery]) -> ClusterFinding:
    """Ask the queries of a cluster again and say why they fail.

    Args:
        search: As customers have it now.
        queries: At least one query.
    """
    snapshot = search.snapshot
    answers = [ask(search, query.text, query.lang) for query in queries]
    weights = [float(query.searches) for query in queries]
    probability = math.fsum(
        weight * _probability(answer) for weight, answer in zip(weights, answers, strict=True)
    ) / math.fsum(weights)
    odds = _near(search, queries) or _ranked(answers, probability)
    candidates = _candidates(snapshot, queries, odds)
    plausible = _is_plausible(queries, candidates, odds)
    found = tuple(
        _query_finding(query, answer, candidates[:1], plausible=plausible)
        for query, answer in zip(queries, answers, strict=True)
    )
    votes: dict[Diagnosis, float] = defaultdict(float)
    for finding, weight in zip(found, weights, strict=True):
        votes[finding.diagnosis] += weight
    return ClusterFinding(max(Diagnosis, key=lambda each: votes[each]), probability, candidates, found)


def ask(search: SearchService, text: str, lang: Language) -> SearchResponse | None:
    """Return what a customer would see, None for a text that cannot be searched for."""
    try:
        return search.search(Query(text, lang, limit=LOOKED_AT))
    except QueryError:
        return None


def succeeds(answer: SearchResponse | None, article: ArticleId) -> bool:
    """Tell whether a customer sees an article, as an answer and without scrolling."""
    return answer is not None and not answer.no_answer and article in _articles(answer)[:SEEN]


def languages_of(snapshot: Snapshot, article: ArticleId) -> frozenset[Language]:
    """Return the languages in which customers can read an article."""
    public = Filters()
    versions = snapshot.content.translations(article)
    return frozenset(each.lang for each in versions if snapshot.catalogue.passes(each.key, public))


def _probability(answer: SearchResponse | None) -> float:
    return answer.evidence["answer"] if answer else 0.0


def _articles(answer: SearchResponse) -> list[ArticleId]:
    return [hit.article.id for hit in answer.hits]


def _near(search: SearchService, queries: Sequence[FailedQuery]) -> Odds:
    """Return the log-odds of the articles by how near all wordings are to them; empty where vectors do not tell."""
    if search.embedder is None:
        return {}
    vectors = search.embedder.encode_queries([query.text for query in queries])
    anchors = anchors_of(search.snapshot, search.embedder, vectors)
    if anchors is None:
        return {}
    return dict(zip(anchors.articles, (anchors.nearness.mean(axis=0) - BELIEVED).tolist(), strict=True))


def _ranked(answers: Sequence[SearchResponse | None], probability: float) -> Odds:
    """Return the log-odds of what the wordings find: that of an answer for the first of all, less for the others."""
    weights: dict[ArticleId, float] = defaultdict(float)
    for answer in answers:
        if answer is not None:
            for place, article in enumerate(_articles(answer), 1):
                weights[article] += 1 / place
    certain = min(max(probability, 1e-6), 1 - 1e-6)
    base = math.log(certain / (1 - certain)) - math.log(max(weights.values(), default=1.0))
    return {article: base + math.log(weight) for article, weight in weights.items()}


def _candidates(snapshot: Snapshot, queries: Sequence[FailedQuery], odds: Odds) -> tuple[Candidate, ...]:
    """Return the articles that speak most for themselves, each second try of a reader counting for its article."""
    rescues: dict[ArticleId, int] = defaultdict(int)
    for query in queries:
        for article, times in query.rescued:
            rescues[article] += times
    unlikely = min(odds.values(), default=0.0)
    said = {
        article: odds.get(article, unlikely) + WEIGHT_OF_RESCUES * min(rescues[article], MOST_RESCUES)
        for article in {*rescues, *odds}
    }
    best = sorted(said, key=lambda article: (-said[article], article))
    readable = ((article, languages_of(snapshot, article)) for article in best)
    public = (Candidate(article, languages, rescues[article]) for article, languages in readable if languages)
    return tuple(islice(public, MOST_CANDIDATES))


def _is_plausible(queries: Sequence[FailedQuery], candidates: Sequence[Candidate], odds: Odds) -> bool:
    """Tell whether the first candidate holds an answer: readers found it, or the wordings are near enough."""
    if not candidates:
        return False
    searches = sum(query.searches for query in queries)
    rescued = candidates[0].rescues >= max(FEWEST_RESCUES, RESCUING * searches)
    return rescued or odds.get(candidates[0].article, -math.inf) >= 0


def _query_finding(
    query: FailedQuery, answer: SearchResponse | None, best: Sequence[Candidate], *, plausible: bool
) -> QueryFinding:
    places = _articles(answer) if answer else []
    rank = places.index(best[0].article) + 1 if best and best[0].article in places else None
    answered = answer is not None and not answer.no_answer and bool(places)
    diagnosis = _diagnosis(query, best, rank, plausible=plausible)
    return QueryFinding(query, diagnosis, _probability(answer), answered, rank)


def _diagnosis(query: FailedQuery, best: Sequence[Candidate], rank: int | None, *, plausible: bool) -> Diagnosis:
    if query.contacted > max(query.zero, query.no_click):
        return Diagnosis.CONTACTED
    if not best or not plausible:
        return Diagnosis.NO_CONTENT
    if query.lang not in best[0].languages:
        return Diagnosis.OTHER_LANGUAGE
    seen = rank is not None and rank <= SEEN
    return Diagnosis.NOT_OPENED if seen and query.no_click > query.zero else Diagnosis.OTHER_WORDS
