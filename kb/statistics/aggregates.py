"""One day's figures, summed in the database from facts and raw events; the only writer of the `*_days` tables."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Executable,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement

from kb.events import (
    ArticleViewed,
    LinkSent,
    ResultOpened,
    SuggestionOpened,
    SurveyAnswered,
    Traffic,
)
from kb.statistics.filters import Scope
from kb.statistics.periods import Window
from kb.storage.editing_tables import crossing_days, query_outcome_days, query_rescue_days
from kb.storage.event_rows import kind_name
from kb.storage.tables import (
    article_days,
    events,
    holdout_days,
    journey_days,
    journey_facts,
    journey_scopes,
    link_days,
    link_facts,
    queries,
    query_days,
    search_days,
    search_facts,
    survey_days,
    traffic_days,
)

MICROSECONDS_A_DAY = 86_400_000_000
RESCUE_PAUSE = timedelta(minutes=10)
_DAY = bindparam("this_day", type_=Integer)
_UNRECOGNISED = "-"  # no visitor's key
_OUTCOMES = tuple(f"outcome_{window.value}" for window in Window)


def rebuild_day(connection: Connection, day: int) -> None:
    """Replace all figures of a day.

    Args:
        connection: In a transaction that may write.
        day: Whole days since 1970.
    """
    start = day * MICROSECONDS_A_DAY
    values = {"this_day": day, "start": start, "end": start + MICROSECONDS_A_DAY}
    for statement in _statements(connection.dialect.name):
        connection.execute(statement, values)


@cache
def _statements(dialect: str) -> tuple[Executable, ...]:
    """Return what rebuilds a day, built once: they differ by their parameters only."""
    sums: tuple[tuple[Table, Select[Any]], ...] = (
        (journey_days, _all_journeys()),
        (journey_days, _journeys_by_scope()),
        (holdout_days, _holdout()),
        (search_days, _searches()),
        (query_days, _queries()),
        (query_outcome_days, _query_outcomes()),
        (query_rescue_days, _rescues()),
        (crossing_days, _crossings()),
        (article_days, _views()),
        (traffic_days, _traffic()),
        (link_days, _links()),
        (survey_days, _surveys()),
    )
    tables = {table.name: table for table, _ in sums}.values()
    return (
        _new_queries(dialect),
        *(delete(table).where(table.c.day == _DAY) for table in tables),
        *(
            table.insert().from_select([column.name for column in figures.selected_columns], figures)
            for table, figures in sums
        ),
    )


def refresh_query_audiences(connection: Connection, week: int) -> None:
    """Count the different visitors of each query in one week (since 1970) and remember the largest count.

    Within such a week a cookie has one visitor key, so that nobody is counted twice. Who keeps no cookie has a new key
    with every page: all of them together count once.
    """
    facts = search_facts
    visitors = func.count(case((facts.c.recognised == 1, facts.c.visitor), else_=_UNRECOGNISED).distinct())
    counted = (
        select(facts.c.lang, facts.c.query, visitors.label("visitors"))
        .where(facts.c.day.between(7 * week, 7 * week + 6))
        .group_by(facts.c.lang, facts.c.query)
        .having(visitors > 1)
        .subquery()
    )
    same = and_(queries.c.lang == counted.c.lang, queries.c.query == counted.c.query)
    larger = select(counted.c.visitors).where(same, counted.c.visitors > queries.c.visitors)
    connection.execute(update(queries).where(larger.exists()).values(visitors=larger.scalar_subquery()))


def _within() -> ColumnElement[bool]:
    return and_(events.c.at >= bindparam("start", type_=BigInteger), events.c.at < bindparam("end", type_=BigInteger))


def _by_readers() -> tuple[ColumnElement[bool], ...]:
    return _within(), events.c.traffic == Traffic.READER.value


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _journey_sums() -> tuple[ColumnElement[Any], ...]:
    facts = journey_facts.c
    return (
        func.count().label("journeys"),
        func.sum(facts.sessions).label("sessions"),
        func.sum(facts.forms).label("forms"),
        func.max(facts.end).label("last_end"),
    )


def _all_journeys() -> Select[Any]:
    facts = journey_facts.c
    groups = [facts.day, facts.lang, facts.channel, facts.arm, *(facts[name] for name in _OUTCOMES)]
    return (
        select(
            *groups,
            literal(Scope.ALL.value).label("scope"),
            literal("").label("value"),
            literal(0).label("contact_after"),
            *_journey_sums(),
        )
        .where(facts.day == _DAY)
        .group_by(*groups)
    )


def _journeys_by_scope() -> Select[Any]:
    facts, scopes = journey_facts.c, journey_scopes.c
    groups = [
        facts.day,
        facts.lang,
        facts.channel,
        facts.arm,
        *(facts[name] for name in _OUTCOMES),
        scopes.scope,
        scopes.value,
    ]
    return (
        select(*groups, func.sum(scopes.contact_after).label("contact_after"), *_journey_sums())
        .join_from(journey_scopes, journey_facts, and_(facts.visitor == scopes.visitor, facts.start == scopes.start))
        .where(scopes.day == _DAY)
        .group_by(*groups)
    )


def _holdout() -> Select[Any]:
    facts = journey_facts.c
    within = {
        f"contacted_{window.value}": facts.contact_delay <= int(window.length.total_seconds()) * 1_000_000
        for window in Window
    }
    groups = [facts.day, facts.lang, facts.channel, facts.arm]
    return (
        select(
            *groups,
            func.count().label("opened"),
            *(_count_if(condition).label(name) for name, condition in within.items()),
        )
        .where(facts.day == _DAY, facts.contact_opened == 1)
        .group_by(*groups)
    )


def _searches() -> Select[Any]:
    facts = search_facts.c
    groups = [facts.day, facts.lang, facts.channel]
    return (
        select(
            *groups,
            func.count().label("searches"),
            func.sum(facts.zero).label("zero"),
            func.count(facts.rank).label("clicked"),
            _count_if(_not_clicked()).label("no_click"),
            func.sum(facts.reformulated).label("reformulated"),
            func.coalesce(func.sum(1.0 / facts.rank), 0.0).label("reciprocal_ranks"),
        )
        .where(facts.day == _DAY)
        .group_by(*groups)
    )


def _not_clicked() -> ColumnElement[bool]:
    return and_(search_facts.c.zero == 0, search_facts.c.rank.is_(None))


def _new_queries(dialect: str) -> Executable:
    facts = search_facts.c
    found = select(facts.lang, facts.query, literal(1)).where(facts.day == _DAY, facts.query != "").distinct()
    insert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(queries)
    new = insert.from_select(["lang", "query", "visitors"], found)
    statement: Executable = new.on_conflict_do_nothing(index_elements=["lang", "query"])
    return statement


def _queries() -> Select[Any]:
    facts = search_facts.c
    groups = [facts.day, queries.c.id, facts.channel]
    return (
        select(
            facts.day,
            queries.c.id.label("query_id"),
            facts.channel,
            func.count().label("searches"),
            func.sum(facts.zero).label("zero"),
            _count_if(_not_clicked()).label("no_click"),
        )
        .join_from(search_facts, queries, and_(queries.c.lang == facts.lang, queries.c.query == facts.query))
        .where(facts.day == _DAY)
        .group_by(*groups)
    )


def _query_outcomes() -> Select[Any]:
    """Return the searches that were tried again, and those whose reader opened a result and wrote to us anyway."""
    facts, journeys = search_facts.c, journey_facts.c
    wrote = exists().where(
        journeys.visitor == facts.visitor,
        facts.at.between(journeys.start, journeys.end),
        journeys.contact_delay <= int(Window.H72.length.total_seconds()) * 1_000_000,
    )
    reformulated = func.sum(facts.reformulated)
    contacted = _count_if(and_(facts.rank.is_not(None), wrote))
    return (
        select(
            facts.day, queries.c.id.label("query_id"), reformulated.label("reformulated"), contacted.label("contacted")
        )
        .join_from(search_facts, queries, and_(queries.c.lang == facts.lang, queries.c.query == facts.query))
        .where(facts.day == _DAY)
        .group_by(facts.day, queries.c.id)
        .having(reformulated + contacted > 0)
    )


def _rescues() -> Select[Any]:
    """Return what readers opened from another search within minutes of one from which they opened nothing."""
    facts, opened = search_facts.c, events.alias("opened").c
    soon = int(RESCUE_PAUSE.total_seconds()) * 1_000_000
    return (
        select(
            facts.day,
            queries.c.id.label("query_id"),
            opened.article_id,
            func.count(facts.visitor.distinct()).label("visitors"),
        )
        .join_from(search_facts, queries, and_(queries.c.lang == facts.lang, queries.c.query == facts.query))
        .join(opened.seq.table, and_(opened.visitor == facts.visitor, opened.at.between(facts.at, facts.at + soon)))
        .where(facts.day == _DAY, facts.rank.is_(None), opened.kind == kind_name(ResultOpened))
        .group_by(facts.day, queries.c.id, opened.article_id)
    )


def _crossings() -> Select[Any]:
    """Return the results that readers opened in the other language than that of their search."""
    search = events.alias("search")
    return (
        select(
            _DAY.label("day"),
            events.c.article_id,
            events.c.article_lang,
            func.count(events.c.visitor.distinct()).label("opened"),
        )
        .join_from(events, search, search.c.id == events.c.search)
        .where(*_by_readers(), events.c.kind == kind_name(ResultOpened), search.c.lang != events.c.article_lang)
        .group_by(events.c.article_id, events.c.article_lang)
    )


def _views() -> Select[Any]:
    groups = [
        events.c.article_id,
        events.c.article_lang,
        events.c.category,
        events.c.lang,
        events.c.channel,
    ]
    kinds = [kind_name(ArticleViewed), kind_name(SuggestionOpened)]
    return (
        select(_DAY.label("day"), *groups, func.count().label("views"))
        .where(*_by_readers(), events.c.kind.in_(kinds))
        .group_by(*groups)
    )


def _traffic() -> Select[Any]:
    groups = [events.c.traffic, events.c.kind]
    counted = select(_DAY.label("day"), *groups, func.count().label("events"))
    return counted.where(_within()).group_by(*groups)


def _links() -> Select[Any]:
    """Return the links sent on the day; one that any reader came back from is not solved."""
    facts = link_facts.c
    of_link = facts.link == events.c.link
    reopened = exists().where(of_link, facts.reopened == 1)
    counts = {
        "opened": exists().where(of_link),
        "solved": and_(exists().where(of_link, facts.solved == 1), ~reopened),
        "reopened": reopened,
    }
    return (
        select(
            _DAY.label("day"),
            events.c.lang,
            func.count().label("sent"),
            *(_count_if(condition).label(name) for name, condition in counts.items()),
        )
        .where(_within(), events.c.kind == kind_name(LinkSent))
        .group_by(events.c.lang)
    )


def _surveys() -> Select[Any]:
    groups = [events.c.lang, events.c.channel, events.c.survey, events.c.score]
    return (
        select(_DAY.label("day"), *groups, func.count().label("answers"))
        .where(*_by_readers(), events.c.kind == kind_name(SurveyAnswered))
        .group_by(*groups)
    )
