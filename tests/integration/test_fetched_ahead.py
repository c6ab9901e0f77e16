"""Pages that a browser fetched ahead, and the log that many events reach at once."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from kb.clock import FixedClock
from kb.events import ArticleViewed, Event, ResultOpened, Searched, Traffic, ViewTimed
from kb.statistics.filters import FigureFilters
from kb.statistics.periods import Period
from kb.statistics.rollups import roll_up
from kb.statistics.search_quality import search_quality
from kb.storage.event_log import append_many
from kb.storage.fetched_ahead import set_apart
from tests.stories import NOON, Story, seen

TODAY = Period(NOON.date(), NOON.date())


def ahead(event: Event) -> Event:
    return set_apart(replace(event, origin=replace(event.origin, traffic=Traffic.PREFETCH)))


def told(*, searched_ahead: bool = False) -> list[Event]:
    """A search, a result that was fetched ahead, and the report that it was read."""
    story = Story()
    search = story.add(Searched, 0, query="refund times", results=3)
    opened = story.add(ResultOpened, 1, search=search.id, article=seen(), rank=2)
    view = story.add(ArticleViewed, 1, article=seen(), search=search.id)
    shown: Any = story.add(ViewTimed, 2, view=view.id, article=seen(), dwell_s=20.0)
    plain = replace(view, at=shown.at, search=None)  # what the page's first report records by itself
    return [ahead(search) if searched_ahead else search, ahead(opened), ahead(view), shown, plain]


@pytest.mark.parametrize("searched_ahead", [False, True])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_read_result_counts_whether_its_events_are_stored_together_or_one_by_one(
    engine: Engine, at_once: bool, searched_ahead: bool
) -> None:  # fmt: skip
    events = told(searched_ahead=searched_ahead)
    for batch in [events] if at_once else [[event] for event in events]:
        append_many(engine, batch)
    roll_up(engine, FixedClock(NOON))

    found = search_quality(engine, TODAY, FigureFilters())
    assert (found.searches, found.clicked, found.no_click) == (1, 1, 0)


def test_a_result_that_nobody_saw_is_a_search_without_a_click(engine: Engine) -> None:
    append_many(engine, told()[:3])
    roll_up(engine, FixedClock(NOON))

    found = search_quality(engine, TODAY, FigureFilters())
    assert (found.searches, found.clicked, found.no_click) == (1, 0, 1)


def test_reports_of_thousands_of_views_at_once_are_no_trouble(engine: Engine) -> None:
    story = Story()
    views = [story.add(ViewTimed, 1, view=f"{number:032x}", article=seen(), dwell_s=1.0) for number in range(3_000)]

    append_many(engine, views)
