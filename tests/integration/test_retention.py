"""Raw rows expire; figures stay."""

from datetime import timedelta

from sqlalchemy import Engine, func, select

from kb.clock import FixedClock
from kb.events import Verdict
from kb.statistics.deflection import deflection_range
from kb.statistics.feedback import votes_by_revision
from kb.statistics.filters import FigureFilters
from kb.statistics.periods import Period, Window
from kb.statistics.retention import PruneReport, prune
from kb.statistics.search_quality import QueryOrder, disclosed_queries, search_quality
from kb.storage.database import reading
from kb.storage.event_log import append_many
from kb.storage.tables import events, journey_facts, queries, votes
from kb.visitors import VisitorKeys, salt_weeks
from tests.random_visits import random_visits
from tests.stories import NOON, Story

PERIOD = Period(NOON.date(), NOON.date() + timedelta(days=40))
LATER = NOON + timedelta(days=150)


def figures(engine: Engine) -> list[object]:
    whole = [votes_by_revision(engine, PERIOD, FigureFilters()), search_quality(engine, PERIOD, FigureFilters())]
    return [*whole, *(deflection_range(engine, PERIOD, window, FigureFilters()) for window in Window)]


def run(engine: Engine, clock: FixedClock, k: int = 5) -> PruneReport:
    report = prune(engine, clock, retention_days=90, k=k)
    assert report is not None
    return report


def test_figures_are_the_same_after_all_raw_rows_expired(engine: Engine) -> None:
    told = random_visits(3, 60)
    append_many(engine, told)
    clock = FixedClock(NOON + timedelta(days=30))
    assert run(engine, clock).events == 0
    before = figures(engine)

    clock.instant = LATER
    report = run(engine, clock)

    assert report.events == len(told)
    assert figures(engine) == before
    with reading(engine) as connection:
        for table in (events, votes, journey_facts):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


def test_pruning_twice_changes_nothing(engine: Engine) -> None:
    append_many(engine, random_visits(4, 20))
    clock = FixedClock(LATER)
    run(engine, clock)
    before = figures(engine)

    assert run(engine, clock) == PruneReport(0, 0, 0)
    assert figures(engine) == before


def test_newer_rows_stay(engine: Engine) -> None:
    story = Story()
    story.vote(0, Verdict.HELPFUL)
    story.view(30 * 24 * 60)
    append_many(engine, story.events)

    report = run(engine, FixedClock(NOON + timedelta(days=91)))

    assert (report.events, report.votes) == (1, 1)


def test_rare_queries_are_forgotten_and_common_ones_kept(engine: Engine) -> None:
    for number in range(5):
        story = Story(f"v{number}")
        story.search(0, "Common  words")
        story.search(60, f"my own words {'x' * number}")
        append_many(engine, story.events)

    run(engine, FixedClock(LATER))

    with reading(engine) as connection:
        assert connection.execute(select(queries.c.query)).scalars().all() == ["common words"]


def test_a_query_is_shown_once_k_different_visitors_typed_it(engine: Engine) -> None:
    def shown(k: int) -> list[str]:
        found = disclosed_queries(engine, PERIOD, FigureFilters(), k=k)
        return [each.query for each in found.top(QueryOrder.SEARCHES)]

    loud = Story("loud")
    for minute in range(0, 600, 60):
        loud.search(minute, "only me")
    append_many(engine, loud.events)
    for number in range(4):
        story = Story(f"v{number}")
        story.search(0, "all of us", results=0)
        append_many(engine, story.events)
    clock = FixedClock(NOON)
    run(engine, clock)

    assert shown(4) == ["all of us"]
    assert shown(5) == []
    found = disclosed_queries(engine, PERIOD, FigureFilters(), k=2)
    (first,) = found.top(QueryOrder.ZERO)
    assert (first.found_nothing, first.visitors, found.undisclosed) == (4, 4, 10)


def test_visitors_of_different_weeks_are_not_added_up(engine: Engine) -> None:
    # The same person has another key once a salt is gone: adding weeks could count one person twice.
    for week in range(3):
        story = Story(f"v{week}")
        story.search(week * 7 * 24 * 60, "rare")
        append_many(engine, story.events)
    run(engine, FixedClock(NOON + timedelta(days=21)))

    assert disclosed_queries(engine, PERIOD, FigureFilters(), k=2).queries == ()


def test_old_salts_go_with_the_rows(engine: Engine) -> None:
    clock = FixedClock(NOON)
    VisitorKeys(engine, clock).identify(None)
    clock.instant += timedelta(days=21)

    assert run(engine, clock).salts == 1
    assert salt_weeks(engine) == ()
