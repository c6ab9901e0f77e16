"""What the event log says needs attention: sums over the daily figures, one function a question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Engine, Select, func, select, union_all

from kb.editing.model import FailedQuery, QueryId, Queue
from kb.events import Reason, Verdict
from kb.model import ArticleId, ArticleKey, Language
from kb.statistics.feedback import ArticleVotes, votes_by_revision
from kb.statistics.filters import FigureFilters, Scope
from kb.statistics.periods import Period, day_number
from kb.storage.database import reading
from kb.storage.editing_tables import crossing_days, query_outcome_days, query_rescue_days
from kb.storage.event_rows import instant_to_microseconds
from kb.storage.tables import journey_days, queries, query_days, votes

MICROSECONDS_A_DAY: Final = 86_400_000_000
MOST_QUERIES: Final = 300
"""Failed queries that are looked at, most failures first; the rest is too rare to work on."""

_COUNTS: Final = ("searches", "zero", "no_click")
_OUTCOMES: Final = ("reformulated", "contacted")


@dataclass(frozen=True, slots=True)
class ArticleEvidence:
    """What speaks for working on one language version of an article.

    Attributes:
        cases: How often it went wrong.
        of: Out of how many; 0 where nothing is counted besides the cases.
        days: Cases by day, as the database numbers days.
    """

    article: ArticleKey
    cases: int
    of: int = 0
    days: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comment:
    """What a reader wrote with an unhelpful vote, personal data masked."""

    reason: Reason | None
    text: str


def failed_queries(engine: Engine, period: Period, queue: Queue, limit: int = MOST_QUERIES) -> tuple[FailedQuery, ...]:
    """Return the queries of the period that failed most, as a queue of queries means it.

    Args:
        queue: `UNANSWERED`: nothing was found; `UNOPENED`: results, of which none was opened or none helped.
        limit: Most queries wanted.
    """
    first, last = day_number(period.first), day_number(period.last)
    with reading(engine) as connection:
        worst = [int(row[0]) for row in connection.execute(_worst(queue, first, last, limit))]
        rows = connection.execute(
            select(queries.c.id, queries.c.query, queries.c.lang, queries.c.visitors).where(queries.c.id.in_(worst))
        ).all()
        counts = connection.execute(_by_day(query_days, _COUNTS, worst, first, last)).all()
        outcomes = connection.execute(_by_day(query_outcome_days, _OUTCOMES, worst, first, last)).all()
        rescues = connection.execute(_rescues(worst, first, last)).all()
    return _failed(queue, worst, rows, {_COUNTS: counts, _OUTCOMES: outcomes}, rescues)


def disliked_articles(engine: Engine, period: Period) -> tuple[ArticleVotes, ...]:
    """Return the votes of the period by revision, of those that somebody voted unhelpful, surest dislike first."""
    found = (each for each in votes_by_revision(engine, period, FigureFilters()) if each.unhelpful)
    return tuple(sorted(found, key=lambda each: (each.upper_bound, each.lower_bound, str(each.article), each.revision)))


def unhelpful_days(engine: Engine, period: Period) -> dict[tuple[ArticleKey, str], dict[int, int]]:
    """Return the unhelpful votes of the period by article, revision and day."""
    day = (votes.c.at // MICROSECONDS_A_DAY).label("day")
    statement = (
        select(votes.c.article_id, votes.c.article_lang, votes.c.revision, day, func.count())
        .where(
            votes.c.at >= instant_to_microseconds(period.start),
            votes.c.at < instant_to_microseconds(period.end),
            votes.c.verdict == Verdict.UNHELPFUL.value,
        )
        .group_by(votes.c.article_id, votes.c.article_lang, votes.c.revision, day)
    )
    found: dict[tuple[ArticleKey, str], dict[int, int]] = defaultdict(dict)
    with reading(engine) as connection:
        for article, lang, revision, number, count in connection.execute(statement):
            found[_key(article, lang), revision][int(number)] = int(count)
    return dict(found)


def comments(engine: Engine, article: ArticleKey, revision: str, limit: int = 20) -> tuple[Comment, ...]:
    """Return what readers wrote about a revision with their unhelpful votes, newest first."""
    statement = (
        select(votes.c.reason, votes.c.comment)
        .where(
            votes.c.article_id == article.id,
            votes.c.article_lang == article.lang.value,
            votes.c.revision == revision,
            votes.c.verdict == Verdict.UNHELPFUL.value,
            votes.c.comment != "",
        )
        .order_by(votes.c.at.desc(), votes.c.event)
        .limit(limit)
    )
    with reading(engine) as connection:
        return tuple(
            Comment(Reason(reason) if reason else None, text) for reason, text in connection.execute(statement)
        )


def contacted_articles(engine: Engine, period: Period) -> tuple[ArticleEvidence, ...]:
    """Return the articles after which readers turned to support all the same, most such journeys first."""
    statement = (
        select(
            journey_days.c.value,
            journey_days.c.day,
            func.sum(journey_days.c.contact_after),
            func.sum(journey_days.c.journeys),
        )
        .where(
            journey_days.c.scope == Scope.ARTICLE.value,
            journey_days.c.day.between(day_number(period.first), day_number(period.last)),
        )
        .group_by(journey_days.c.value, journey_days.c.day)
    )
    cases: dict[ArticleKey, dict[int, int]] = defaultdict(dict)
    journeys: dict[ArticleKey, int] = defaultdict(int)
    with reading(engine) as connection:
        for value, day, contacts, count in connection.execute(statement):
            key = ArticleKey.parse(value)
            journeys[key] += int(count)
            if contacts:
                cases[key][int(day)] = int(contacts)
    return _worst_first(cases, journeys)


def crossed_articles(engine: Engine, period: Period) -> tuple[ArticleEvidence, ...]:
    """Return the articles that readers of the other language opened from their search; the key is what they opened."""
    statement = select(
        crossing_days.c.article_id, crossing_days.c.article_lang, crossing_days.c.day, crossing_days.c.opened
    ).where(crossing_days.c.day.between(day_number(period.first), day_number(period.last)))
    cases: dict[ArticleKey, dict[int, int]] = defaultdict(dict)
    with reading(engine) as connection:
        for article, lang, day, opened in connection.execute(statement):
            cases[_key(article, lang)][int(day)] = int(opened)
    return _worst_first(cases, {})


def _worst(queue: Queue, first: int, last: int, limit: int) -> Select[Any]:
    """Return the ids of the queries that failed most."""

    def failures(table: Any, *names: str) -> Select[Any]:
        total = sum((table.c[name] for name in names[1:]), start=table.c[names[0]])
        within = table.c.day.between(first, last)
        return select(table.c.query_id, func.sum(total).label("failures")).where(within).group_by(table.c.query_id)

    if queue is Queue.UNANSWERED:
        found = failures(query_days, "zero").subquery()
    else:
        found = union_all(failures(query_days, "no_click"), failures(query_outcome_days, "contacted")).subquery()
    total = func.sum(found.c.failures)
    return (
        select(found.c.query_id)
        .group_by(found.c.query_id)
        .having(total > 0)
        .order_by(total.desc(), found.c.query_id)
        .limit(limit)
    )


def _by_day(table: Any, names: Sequence[str], of: Sequence[int], first: int, last: int) -> Select[Any]:
    sums = (func.sum(table.c[name]).label(name) for name in names)
    return (
        select(table.c.query_id, table.c.day, *sums)
        .where(table.c.query_id.in_(of), table.c.day.between(first, last))
        .group_by(table.c.query_id, table.c.day)
    )


def _rescues(of: Sequence[int], first: int, last: int) -> Select[Any]:
    table, visitors = query_rescue_days.c, func.sum(query_rescue_days.c.visitors)
    return (
        select(table.query_id, table.article_id, visitors)
        .where(table.query_id.in_(of), table.day.between(first, last))
        .group_by(table.query_id, table.article_id)
        .order_by(visitors.desc(), table.article_id)
    )


def _failed(
    queue: Queue,
    worst: Sequence[int],
    rows: Sequence[Any],
    figures: Mapping[tuple[str, ...], Sequence[Any]],
    rescues: Sequence[Any],
) -> tuple[FailedQuery, ...]:
    totals: dict[int, dict[str, int]] = {query: defaultdict(int) for query in worst}
    days: dict[int, dict[int, int]] = {query: defaultdict(int) for query in worst}
    failing = {"zero"} if queue is Queue.UNANSWERED else {"no_click", "contacted"}
    for names, found in figures.items():
        for query, day, *values in found:
            total = totals[query]
            for name, value in zip(names, values, strict=True):
                total[name] += int(value)
                if value and name in failing:
                    days[query][day] += int(value)
    texts = {int(row.id): row for row in rows}
    rescued: dict[int, list[tuple[ArticleId, int]]] = defaultdict(list)
    for query, article, visitors in rescues:
        rescued[query].append((ArticleId(article), int(visitors)))
    return tuple(
        FailedQuery(
            QueryId(query),
            texts[query].query,
            Language(texts[query].lang),
            texts[query].visitors,
            **{name: totals[query][name] for name in (*_COUNTS, *_OUTCOMES)},
            days=dict(days[query]),
            rescued=tuple(rescued[query]),
        )
        for query in worst
        if query in texts
    )


def _key(article: str, lang: str) -> ArticleKey:
    return ArticleKey(ArticleId(article), Language(lang))


def _worst_first(
    cases: Mapping[ArticleKey, Mapping[int, int]], of: Mapping[ArticleKey, int]
) -> tuple[ArticleEvidence, ...]:
    found = (ArticleEvidence(key, sum(days.values()), of.get(key, 0), dict(days)) for key, days in cases.items())
    return tuple(sorted(found, key=lambda each: (-each.cases, str(each.article))))
