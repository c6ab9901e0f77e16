"""The stored figures are the definitions' figures, whatever the order in which events arrive."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, RowMapping, func, select

from kb.clock import FixedClock
from kb.events import Arm, Channel, Event, LinkSent, Traffic, Verdict, Voted
from kb.model import ArticleKey, Language
from kb.statistics.deflection import (
    deflection_of_facts,
    deflection_over_time,
    deflection_range,
    naive_deflection,
    outcome_counts,
)
from kb.statistics.facts import JourneyFact, VisitorFacts, facts_of
from kb.statistics.feedback import reading_by_article, votes_by_revision
from kb.statistics.filters import FigureFilters, Grain
from kb.statistics.holdout import holdout_estimate
from kb.statistics.intervals import Proportion
from kb.statistics.journeys import Outcome, streams_by_visitor
from kb.statistics.operations import events_by_traffic, link_figures
from kb.statistics.periods import Period, Window
from kb.statistics.rollups import roll_up
from kb.statistics.search_quality import search_quality, search_quality_by_language
from kb.storage.database import open_database, reading, writing
from kb.storage.event_log import append_many
from kb.storage.tables import metadata, queries, rollup_state
from tests.random_visits import random_visits
from tests.stories import NOON, Story, seen

PERIOD = Period(NOON.date(), NOON.date() + timedelta(days=40))
PART = Period(NOON.date() + timedelta(days=3), NOON.date() + timedelta(days=9))
FILTERS: dict[str, FigureFilters] = {
    "all": FigureFilters(),
    "arabic": FigureFilters(lang=Language.AR),
    "widget": FigureFilters(channel=Channel.WIDGET),
    "category": FigureFilters(category="orders"),
    "article": FigureFilters(article=seen().key, lang=Language.EN),
}


@pytest.fixture(scope="module")
def visits() -> list[Event]:
    return random_visits(1, 120)


@pytest.fixture(scope="module")
def facts(visits: Sequence[Event]) -> list[VisitorFacts]:
    return [facts_of(stream) for stream in streams_by_visitor(visits)]


@pytest.fixture(scope="module")
def rolled(visits: list[Event], tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('rolled') / 'log.db'}")
    append_many(engine, visits)
    roll_up(engine, FixedClock(NOON))
    return engine


def matching(facts: list[VisitorFacts], filters: FigureFilters) -> list[JourneyFact]:
    def meets(fact: JourneyFact) -> bool:
        keys: set[ArticleKey] = {each.article.key for each in fact.openings}
        categories = {each.article.category for each in fact.openings}
        return (
            filters.lang in (None, fact.lang)
            and filters.channel in (None, fact.channel)
            and (filters.article is None or filters.article in keys)
            and (filters.category is None or filters.category in categories)
        )

    return [fact for each in facts for fact in each.journeys if meets(fact)]


@pytest.mark.parametrize("window", Window)
@pytest.mark.parametrize("period", [PERIOD, PART])
@pytest.mark.parametrize("name", FILTERS)
def test_the_stored_range_is_the_range_of_the_facts(
    rolled: Engine, facts: list[VisitorFacts], name: str, period: Period, window: Window
) -> None:
    expected = deflection_of_facts(matching(facts, FILTERS[name]), period, window)

    assert deflection_range(rolled, period, window, FILTERS[name]) == expected
    assert expected.intent > 0


@pytest.mark.parametrize("grain", Grain)
def test_the_points_of_a_curve_add_up_to_the_range(rolled: Engine, grain: Grain) -> None:
    points = deflection_over_time(rolled, PERIOD, Window.H72, FigureFilters(), grain)
    whole = deflection_range(rolled, PERIOD, Window.H72, FigureFilters())

    assert sum(point.range.confirmed for point in points) == whole.confirmed
    assert sum(point.range.intent for point in points) == whole.intent
    assert [point.first for point in points] == sorted({point.first for point in points})


def test_outcomes_and_naive_numbers_are_those_of_the_facts(rolled: Engine, facts: list[VisitorFacts]) -> None:
    journeys = matching(facts, FigureFilters())
    counts = Counter(fact.outcome(Window.H72) for fact in journeys)

    assert outcome_counts(rolled, PERIOD, Window.H72, FigureFilters()) == {
        outcome: counts[outcome] for outcome in Outcome
    }
    naive = naive_deflection(rolled, PERIOD, FigureFilters())
    assert (naive.sessions, naive.forms) == (sum(f.sessions for f in journeys), sum(f.forms for f in journeys))


@pytest.mark.parametrize("window", Window)
def test_the_holdout_is_that_of_the_facts(rolled: Engine, facts: list[VisitorFacts], window: Window) -> None:
    opened = [fact for fact in matching(facts, FigureFilters()) if fact.contact_opened]

    def rate(arm: Arm) -> Proportion:
        group = [fact for fact in opened if fact.arm is arm]
        return Proportion(sum(fact.contacted(window) for fact in group), len(group))

    estimate = holdout_estimate(rolled, PERIOD, window, FigureFilters())
    assert (estimate.holdout, estimate.suggestions) == (rate(Arm.HOLDOUT), rate(Arm.SUGGESTIONS))


@pytest.mark.parametrize("lang", [None, *Language])
def test_search_figures_are_those_of_the_facts(
    rolled: Engine, facts: list[VisitorFacts], lang: Language | None
) -> None:
    searches = [search for each in facts for search in each.searches if lang in (None, search.lang)]

    found = search_quality(rolled, PERIOD, FigureFilters(lang=lang))

    assert found.searches == len(searches)
    assert found.found_nothing == sum(search.found_nothing for search in searches)
    assert found.clicked == sum(search.rank is not None for search in searches)
    assert found.no_click == sum(search.rank is None and not search.found_nothing for search in searches)
    assert found.reformulated == sum(search.reformulated for search in searches)
    assert found.reciprocal_ranks == pytest.approx(sum(1 / search.rank for search in searches if search.rank))
    if lang:
        assert search_quality_by_language(rolled, PERIOD, FigureFilters())[lang] == found


def test_votes_are_the_last_of_each_visitor_and_revision(rolled: Engine, visits: list[Event]) -> None:
    last: dict[tuple[object, ...], Voted] = {}
    for event in sorted(visits, key=lambda each: each.at):
        if isinstance(event, Voted) and event.origin.traffic is Traffic.READER:
            last[(event.origin.visitor, event.article.key, event.article.revision)] = event

    found = votes_by_revision(rolled, PERIOD, FigureFilters())

    assert sum(each.helpful for each in found) == sum(vote.verdict is Verdict.HELPFUL for vote in last.values())
    assert sum(each.unhelpful for each in found) == sum(vote.verdict is Verdict.UNHELPFUL for vote in last.values())
    assert sum(count for each in found for _, count in each.reasons) == sum(v.reason is not None for v in last.values())
    assert [each.lower_bound for each in found] == sorted((each.lower_bound for each in found), reverse=True)


def test_contact_after_read_is_that_of_the_facts(rolled: Engine, facts: list[VisitorFacts]) -> None:
    openings = [o for each in facts for fact in each.journeys for o in fact.openings if o.article.key == seen().key]

    (found,) = [each for each in reading_by_article(rolled, PERIOD, FigureFilters()) if each.article == seen().key]

    assert found.contact_after_read == Proportion(sum(o.contact_after for o in openings), len(openings))


def test_left_out_traffic_is_counted(rolled: Engine, visits: list[Event]) -> None:
    counts = Counter(event.origin.traffic for event in visits)

    assert events_by_traffic(rolled, PERIOD) == {traffic: counts[traffic] for traffic in Traffic}


def stored(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    kept = [table for table in metadata.sorted_tables if table.name.endswith("_days")]
    with reading(engine) as connection:
        # Queries are numbered in the order in which they come: compare them by their text.
        texts = {row.id: (row.lang, row.query) for row in connection.execute(select(queries))}
        return {
            table.name: sorted(_comparable(row, texts) for row in connection.execute(select(table)).mappings())
            for table in kept
        }


def _comparable(row: RowMapping, texts: Mapping[int, tuple[str, str]]) -> tuple[Any, ...]:
    values = (texts[value] if name == "query_id" else value for name, value in row.items())
    return tuple(round(value, 9) if isinstance(value, float) else value for value in values)


@pytest.mark.parametrize("seed", range(2))
def test_rolling_up_in_parts_in_any_order_gives_the_same(
    engine: Engine, rolled: Engine, visits: list[Event], seed: int
) -> None:
    shuffled = list(visits)
    random.Random(seed).shuffle(shuffled)
    for start in range(0, len(shuffled), len(shuffled) // 3):
        append_many(engine, shuffled[start : start + len(shuffled) // 3])
        roll_up(engine, FixedClock(NOON))

    assert stored(engine) == stored(rolled)


def test_rolling_up_again_changes_nothing_and_reports_nothing(rolled: Engine) -> None:
    before = stored(rolled)

    report = roll_up(rolled, FixedClock(NOON))

    assert report is not None
    assert (report.events, report.visitors, report.days) == (0, 0, 0)
    assert stored(rolled) == before


def test_a_late_ticket_moves_the_day_in_which_the_journey_began(engine: Engine) -> None:
    story = Story()
    story.intent(0)
    story.suggestion(1, 30)
    append_many(engine, story.events)
    roll_up(engine, FixedClock(NOON))
    first_day = Period(NOON.date(), NOON.date())
    assert deflection_range(engine, first_day, Window.H72, FigureFilters()).potential == 1

    append_many(engine, [story.ticket(2 * 24 * 60)])
    roll_up(engine, FixedClock(NOON))

    found = deflection_range(engine, first_day, Window.H72, FigureFilters())
    assert (found.potential, found.failed) == (0, 1)
    assert deflection_range(engine, first_day, Window.H24, FigureFilters()).potential == 1


def test_a_journey_over_midnight_keeps_its_day_open_longer(engine: Engine) -> None:
    story = Story()
    story.intent(0)
    story.view(20 * 60)
    append_many(engine, story.events)
    roll_up(engine, FixedClock(NOON))

    found = deflection_range(engine, Period(NOON.date(), NOON.date()), Window.H72, FigureFilters())

    assert found.closes == NOON + timedelta(hours=20 + 72)


def test_only_one_process_rolls_up_and_a_stale_lease_ends(engine: Engine) -> None:
    append_many(engine, random_visits(2, 3))
    clock = FixedClock(NOON)
    with writing(engine) as connection:
        until = int((NOON + timedelta(seconds=60)).timestamp() * 1e6)
        connection.execute(rollup_state.insert(), {"name": "lease", "value": until})
    assert roll_up(engine, clock) is None

    clock.instant += timedelta(seconds=61)

    assert roll_up(engine, clock) is not None


def test_a_run_that_breaks_off_is_finished_by_the_next(
    engine: Engine, rolled: Engine, visits: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    append_many(engine, visits)
    monkeypatch.setattr("kb.statistics.rollups._VISITORS_AT_ONCE", 50)
    clock = _StallingClock(calls=6)
    with pytest.raises(RuntimeError):
        roll_up(engine, clock)

    roll_up(engine, FixedClock(NOON))

    assert stored(engine) == stored(rolled)


class _StallingClock(FixedClock):
    """Breaks after some calls, as a process that is killed."""

    def __init__(self, calls: int) -> None:
        super().__init__(NOON)
        self._calls = calls

    def now(self) -> datetime:
        self._calls -= 1
        if self._calls == 0:
            raise RuntimeError("killed")
        return self.instant


def test_an_empty_database_has_empty_figures(engine: Engine) -> None:
    report = roll_up(engine, FixedClock(NOON))

    assert report is not None
    assert deflection_range(engine, PERIOD, Window.H72, FigureFilters()).intent == 0
    assert search_quality(engine, PERIOD, FigureFilters()).searches == 0
    assert votes_by_revision(engine, PERIOD, FigureFilters()) == ()
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(metadata.tables["journey_days"])).scalar() == 0


def test_links_are_those_of_the_facts(rolled: Engine, visits: list[Event], facts: list[VisitorFacts]) -> None:
    sent = {event.link for event in visits if isinstance(event, LinkSent)}
    followed = [fact for each in facts for fact in each.links if fact.link in sent]
    reopened = {fact.link for fact in followed if fact.reopened}
    solved = {fact.link for fact in followed if fact.solved} - reopened

    found = link_figures(rolled, PERIOD, FigureFilters())

    assert (found.sent, found.opened) == (len(sent), len({fact.link for fact in followed}))
    assert (found.solved, found.reopened) == (len(solved), len(reopened))
    assert 0 < found.solved + found.reopened <= found.opened < found.sent
