"""What readers think of articles: votes by revision, reasons, surveys, and who contacted support after reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, Table, func, literal, select, union_all
from sqlalchemy.sql import ColumnElement

from kb.events import Reason, Survey, Verdict
from kb.model import ArticleId, ArticleKey, Language
from kb.statistics.filters import FigureFilters, Scope, day_conditions
from kb.statistics.intervals import Interval, Proportion, wilson
from kb.statistics.periods import Period
from kb.storage.database import reading
from kb.storage.event_rows import instant_to_microseconds
from kb.storage.tables import article_days, journey_days, survey_days, vote_totals, votes


@dataclass(frozen=True, slots=True)
class ArticleVotes:
    """Votes on one revision of an article.

    Attributes:
        reasons: How often each reason was given, most frequent first.
    """

    article: ArticleKey
    revision: str
    helpful: int
    unhelpful: int
    reasons: tuple[tuple[Reason, int], ...]

    @property
    def rate(self) -> Proportion:
        """Return the helpful votes, of all votes."""
        return Proportion(self.helpful, self.helpful + self.unhelpful)

    @property
    def lower_bound(self) -> float:
        """Return the lower 95 % Wilson bound of the helpful share: few votes rank low, whatever they say."""
        return self._interval.low

    @property
    def upper_bound(self) -> float:
        """Return the upper 95 % Wilson bound: an article is surely disliked where even this is low."""
        return self._interval.high

    @property
    def _interval(self) -> Interval:
        return wilson(self.rate.numerator, self.rate.denominator)


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """How an article was read.

    Attributes:
        views: Times that it was opened.
        journeys: Journeys that opened it.
        contact_after: Of them, those that opened the contact form or contacted support afterwards.
    """

    article: ArticleKey
    views: int
    journeys: int
    contact_after: int

    @property
    def contact_after_read(self) -> Proportion:
        """Return the journeys that turned to support after it, of those that opened it."""
        return Proportion(self.contact_after, self.journeys)


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """Answers to a survey.

    Attributes:
        counts: Answers with each score from 1 to 5.
    """

    survey: Survey
    counts: tuple[int, int, int, int, int]

    @property
    def favourable(self) -> Proportion:
        """Return the answers of 4 or 5, of all answers."""
        return Proportion(self.counts[3] + self.counts[4], sum(self.counts))


def votes_by_revision(engine: Engine, period: Period, filters: FigureFilters) -> tuple[ArticleVotes, ...]:
    """Return the votes of the period on each revision of each article, most surely helpful first."""
    grouped: dict[tuple[str, str, str], list[Any]] = {}
    with reading(engine) as connection:
        for row in connection.execute(_votes(period, filters)):
            grouped.setdefault((row.article_id, row.article_lang, row.revision), []).append(row)
    found = [_article_votes(*key, rows) for key, rows in grouped.items()]
    return tuple(sorted(found, key=lambda each: (-each.lower_bound, str(each.article), each.revision)))


def reading_by_article(engine: Engine, period: Period, filters: FigureFilters) -> tuple[ArticleReading, ...]:
    """Return how each article was read in the period, most views first."""
    views = _sums(
        engine,
        select(article_days.c.article_lang + ":" + article_days.c.article_id, func.sum(article_days.c.views))
        .where(*day_conditions(article_days, period, filters), *_article_conditions(article_days, filters))
        .group_by(article_days.c.article_lang, article_days.c.article_id),
    )
    journeys = _sums(
        engine,
        select(journey_days.c.value, func.sum(journey_days.c.journeys), func.sum(journey_days.c.contact_after))
        .where(journey_days.c.scope == Scope.ARTICLE.value, *day_conditions(journey_days, period, filters))
        .group_by(journey_days.c.value),
    )
    keys = set(views) if filters.category or filters.article else views.keys() | journeys.keys()
    found = [
        ArticleReading(ArticleKey.parse(text), views.get(text, (0,))[0], *journeys.get(text, (0, 0)))
        for text in sorted(keys)
    ]
    return tuple(sorted(found, key=lambda each: (-each.views, str(each.article))))


def survey_result(engine: Engine, period: Period, filters: FigureFilters, survey: Survey) -> SurveyResult:
    """Return the answers of the period; limited by language and channel only."""
    statement = (
        select(survey_days.c.score, func.sum(survey_days.c.answers))
        .where(survey_days.c.survey == survey.value, *day_conditions(survey_days, period, filters))
        .group_by(survey_days.c.score)
    )
    counts = _sums(engine, statement)
    one, two, three, four, five = (counts.get(score, (0,))[0] for score in range(1, 6))
    return SurveyResult(survey, (one, two, three, four, five))


def _votes(period: Period, filters: FigureFilters) -> Select[Any]:
    low, high = instant_to_microseconds(period.start), instant_to_microseconds(period.end)
    names = ("article_id", "article_lang", "revision", "verdict")
    present = select(
        *(votes.c[name] for name in names),
        func.coalesce(votes.c.reason, "").label("reason"),
        literal(1).label("votes"),
    ).where(votes.c.at >= low, votes.c.at < high, *_article_conditions(votes, filters), *_origin(votes, filters))
    expired = select(*(vote_totals.c[name] for name in names), vote_totals.c.reason, vote_totals.c.votes).where(
        *day_conditions(vote_totals, period, filters), *_article_conditions(vote_totals, filters)
    )
    both = union_all(present, expired).subquery()
    groups = [both.c[name] for name in (*names, "reason")]
    return select(*groups, func.sum(both.c.votes).label("votes")).group_by(*groups)


def _origin(table: Table, filters: FigureFilters) -> Iterable[ColumnElement[bool]]:
    if filters.lang is not None:
        yield table.c.lang == filters.lang.value
    if filters.channel is not None:
        yield table.c.channel == filters.channel.value


def _article_conditions(table: Table, filters: FigureFilters) -> Iterable[ColumnElement[bool]]:
    if filters.category is not None:
        yield table.c.category == filters.category
    if filters.article is not None:
        yield table.c.article_id == filters.article.id
        yield table.c.article_lang == filters.article.lang.value


def _article_votes(article_id: str, lang: str, revision: str, rows: list[Any]) -> ArticleVotes:
    totals = {verdict: sum(int(row.votes) for row in rows if row.verdict == verdict.value) for verdict in Verdict}
    reasons: dict[Reason, int] = {}
    for row in rows:
        if row.reason:
            reasons[Reason(row.reason)] = reasons.get(Reason(row.reason), 0) + int(row.votes)
    return ArticleVotes(
        ArticleKey(ArticleId(article_id), Language(lang)),
        revision,
        totals[Verdict.HELPFUL],
        totals[Verdict.UNHELPFUL],
        tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    )


def _sums(engine: Engine, statement: Select[Any]) -> dict[Any, tuple[int, ...]]:
    with reading(engine) as connection:
        return {row[0]: tuple(int(value) for value in row[1:]) for row in connection.execute(statement)}
