"""Asks what readers asked of two states of the search, and lists what they opened then and would lose or win."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kb.editing.past_queries import PastQuery
from kb.model import ArticleId
from kb.results import Query
from search.serving.query_text import QueryError
from search.serving.service import SearchService

# Results of one page: what is further down counts as lost.
DEPTH: Final = 10


class Fate(StrEnum):
    """What becomes of a result that readers opened."""

    LOST = "lost"
    WON = "won"


@dataclass(frozen=True, slots=True)
class Difference:
    """A result that one state shows on its first page and the other does not.

    Attributes:
        times: How often readers opened it.
        before: Its place now, from 1; None: not on the first page.
        after: Its place in the candidate state.
    """

    query: PastQuery
    article: ArticleId
    fate: Fate
    times: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Side:
    """How one state serves the past.

    Attributes:
        on_first_page: Opened results that it shows on the first page, counted as often as they were opened.
        reciprocal_ranks: Sum of 1 / place over these.
        unanswered: Searches that it says it cannot answer.
    """

    on_first_page: int
    reciprocal_ranks: float
    unanswered: int


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """Two states compared.

    Attributes:
        searches: Searches replayed.
        openings: Opened results that were looked for again.
        differences: Lost ones first, the most often opened first.
    """

    searches: int
    openings: int
    current: Side
    candidate: Side
    differences: tuple[Difference, ...]

    @property
    def lost(self) -> int:
        """Return how many opened results would be lost."""
        return sum(each.times for each in self.differences if each.fate is Fate.LOST)

    @property
    def won(self) -> int:
        """Return how many opened results would be won."""
        return sum(each.times for each in self.differences if each.fate is Fate.WON)


@dataclass(frozen=True, slots=True)
class _Page:
    """What one state shows for one query."""

    articles: tuple[ArticleId, ...]
    no_answer: bool

    def place(self, article: ArticleId) -> int | None:
        return self.articles.index(article) + 1 if article in self.articles else None


def replay(
    past: Sequence[PastQuery],
    current: SearchService,
    candidate: SearchService,
    progress: Callable[[int], object] = lambda done: None,
) -> ReplayReport:
    """Ask both states everything that was asked.

    Args:
        past: What was asked.
        current: The state that serves.
        candidate: The state that might.
        progress: Told the number of queries done.
    """
    differences: list[Difference] = []
    pages: list[tuple[PastQuery, _Page, _Page]] = []
    for done, query in enumerate(past, 1):
        before, after = _page(current, query), _page(candidate, query)
        pages.append((query, before, after))
        differences += _differences(query, before, after)
        progress(done)
    ordered = sorted(
        differences,
        key=lambda each: (each.fate is Fate.WON, -each.times, each.query.text, each.query.lang, each.article),
    )
    return ReplayReport(
        sum(query.searches for query in past),
        sum(times for query in past for _, times in query.opened),
        _side([(query, before) for query, before, _ in pages]),
        _side([(query, after) for query, _, after in pages]),
        tuple(ordered),
    )


def _page(search: SearchService, query: PastQuery) -> _Page:
    try:
        response = search.search(Query(query.text, query.lang, limit=DEPTH))
    except QueryError:
        return _Page((), no_answer=True)
    articles = tuple(hit.article.id for hit in response.hits)
    return _Page(articles, response.no_answer or not articles)


def _differences(query: PastQuery, before: _Page, after: _Page) -> list[Difference]:
    found: list[Difference] = []
    for article, times in query.opened:
        old, new = before.place(article), after.place(article)
        if (old is None) != (new is None):
            fate = Fate.LOST if new is None else Fate.WON
            found.append(Difference(query, article, fate, times, old, new))
    return found


def _side(pages: Sequence[tuple[PastQuery, _Page]]) -> Side:
    places = [
        (times, place)
        for query, page in pages
        for article, times in query.opened
        if (place := page.place(article)) is not None
    ]
    return Side(
        sum(times for times, _ in places),
        sum(times / place for times, place in places),
        sum(query.searches for query, page in pages if page.no_answer),
    )
