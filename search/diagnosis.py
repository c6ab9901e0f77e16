"""Says why queries fail, with the evidence: nothing written, other words, other language, not opened, not enough.

A cluster is judged as a whole: what one wording finds speaks for the others. How readers behaved decides between
faults of the search and faults of the article.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kb.model import ArticleId, Language
from kb.results import Filters, Query, SearchResponse
from search.query_text import QueryError
from search.service import SearchService
from search.snapshot import Snapshot

# Results of a query that readers look at; an article further down is as good as not found.
SEEN: Final = 3
# Articles that each wording may put forward.
LOOKED_AT: Final = 8
# Probability of an answer, averaged over the cluster, from which an article is believed to hold it.
PLAUSIBLE: Final = 0.3
# Share of the searches with an opened result after which support was contacted, from which the article is at fault.
TOO_OFTEN: Final = 0.3


class Diagnosis(StrEnum):
    """Why a query fails."""

    NO_CONTENT = "no_content"
    OTHER_WORDS = "other_words"
    OTHER_LANGUAGE = "other_language"
    NOT_OPENED = "found_not_opened"
    CONTACTED = "opened_contacted"


@dataclass(frozen=True, slots=True)
class Failure:
    """A query and what readers did after it.

    Attributes:
        lang: Language of the page.
        zero: Searches without an answer.
        no_click: Searches with results of which none was opened.
        contacted: Searches of which a result was opened and support contacted all the same.
    """

    text: str
    lang: Language
    searches: int = 1
    zero: int = 0
    no_click: int = 0
    contacted: int = 0

    @property
    def clicked(self) -> int:
        """Return the searches of which a result was opened."""
        return max(0, self.searches - self.zero - self.no_click)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be what was looked for.

    Attributes:
        weight: What the wordings of the cluster together give it, 0 to 1; the weights of all candidates sum to 1.
        languages: Languages in which customers can read it.
    """

    article: ArticleId
    weight: float
    languages: frozenset[Language]


@dataclass(frozen=True, slots=True)
class QueryFinding:
    """What is wrong with one query.

    Attributes:
        probability: How likely the search thinks that its results hold an answer, 0 to 1.
        answered: The search shows results as an answer.
        rank: Place of the cluster's best candidate among the results, None if it is not there.
    """

    failure: Failure
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


def diagnose(search: SearchService, failures: Sequence[Failure]) -> ClusterFinding:
    """Ask the queries of a cluster again and say why they fail.

    Args:
        search: As customers have it now.
        failures: At least one query.
    """
    snapshot = search.snapshot
    answers = [ask(search, failure.text, failure.lang) for failure in failures]
    weights = [float(failure.searches) for failure in failures]
    probability = math.fsum(
        weight * _probability(answer) for weight, answer in zip(weights, answers, strict=True)
    ) / math.fsum(weights)
    candidates = _candidates(snapshot, answers)
    found = tuple(
        _query_finding(failure, answer, candidates, probability)
        for failure, answer in zip(failures, answers, strict=True)
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


def _candidates(snapshot: Snapshot, answers: Sequence[SearchResponse | None]) -> tuple[Candidate, ...]:
    """Let each wording vote for what it finds: high places and probable answers weigh more."""
    weights: dict[ArticleId, float] = defaultdict(float)
    for answer in answers:
        if answer is not None:
            for place, article in enumerate(_articles(answer), 1):
                weights[article] += (0.1 + _probability(answer)) / place
    total = math.fsum(weights.values()) or 1.0
    best = sorted(weights, key=lambda article: (-weights[article], article))[:5]
    return tuple(Candidate(article, weights[article] / total, languages_of(snapshot, article)) for article in best)


def _query_finding(
    failure: Failure, answer: SearchResponse | None, candidates: Sequence[Candidate], shared: float
) -> QueryFinding:
    own = _probability(answer)
    best = candidates[0] if candidates else None
    places = _articles(answer) if answer else []
    rank = places.index(best.article) + 1 if best and best.article in places else None
    answered = answer is not None and not answer.no_answer and bool(places)
    return QueryFinding(failure, _diagnosis(failure, best, max(own, shared), answered=answered), own, answered, rank)


def _diagnosis(failure: Failure, best: Candidate | None, probability: float, *, answered: bool) -> Diagnosis:
    if failure.clicked and failure.contacted >= TOO_OFTEN * failure.clicked and failure.clicked > failure.zero:
        return Diagnosis.CONTACTED
    if best is None or probability < PLAUSIBLE:
        return Diagnosis.NO_CONTENT
    if failure.lang not in best.languages:
        return Diagnosis.OTHER_LANGUAGE
    if answered and failure.no_click > failure.zero:
        return Diagnosis.NOT_OPENED
    return Diagnosis.OTHER_WORDS
