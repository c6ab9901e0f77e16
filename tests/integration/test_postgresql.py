"""The same log and the same figures on PostgreSQL; skipped where no server can be started."""

import random
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from kb.backup import backup_database
from kb.clock import FixedClock
from kb.editing.model import Change, EditConflictError, Queue, State, Subject
from kb.editing.store import EditingStore
from kb.errors import OperatorError
from kb.events import Verdict
from kb.statistics.deflection import deflection_range
from kb.statistics.feedback import votes_by_revision
from kb.statistics.filters import FigureFilters
from kb.statistics.overview import overview
from kb.statistics.periods import Period, Window
from kb.statistics.retention import prune
from kb.statistics.rollups import roll_up
from kb.statistics.search_quality import QueryOrder, disclosed_queries
from kb.storage.database import open_database, reading, writing
from kb.storage.event_log import EventLog, append_many, read_events
from kb.storage.tables import events, votes
from kb.visitors import VisitorKeys
from tests.random_visits import random_visits
from tests.stories import NOON, Story

pytestmark = pytest.mark.slow

PERIOD = Period(NOON.date(), NOON.date() + timedelta(days=40))


def test_events_and_votes_are_kept(postgres: Engine) -> None:
    log = EventLog(postgres)
    story = Story()
    story.search(0, "nul\0 and \ud800")
    story.suggestion(1, 20)
    first = story.vote(2, Verdict.HELPFUL)
    story.vote(3, Verdict.UNHELPFUL)

    for event in [*story.events, first]:
        assert log.append(event)
    log.close()

    assert len(read_events(postgres, NOON, NOON + timedelta(days=1))) == 5
    with reading(postgres) as connection:
        assert connection.execute(select(votes.c.verdict)).scalars().all() == ["unhelpful"]


def test_threads_lose_nothing(postgres: Engine) -> None:
    log = EventLog(postgres)

    def visit(name: str) -> None:
        for minute in range(20):
            log.append(Story(f"{name}-{minute}").vote(minute, Verdict.HELPFUL))

    threads = [threading.Thread(target=visit, args=(f"v{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()

    with reading(postgres) as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar() == 80


def test_figures_are_those_of_sqlite(engine: Engine, postgres: Engine) -> None:
    told = random_visits(9, 40)
    random.Random(1).shuffle(told)
    append_many(engine, told)
    roll_up(engine, FixedClock(NOON))
    for part in (told[: len(told) // 2], told[len(told) // 2 :]):
        append_many(postgres, part)
        assert roll_up(postgres, FixedClock(NOON)) is not None

    for filters in (FigureFilters(), FigureFilters(category="orders")):
        assert overview(postgres, PERIOD, Window.H72, filters) == overview(engine, PERIOD, Window.H72, filters)
    queries = [
        disclosed_queries(each, PERIOD, FigureFilters(), k=2).top(QueryOrder.ZERO) for each in (engine, postgres)
    ]
    assert queries[0] == queries[1]


def test_raw_rows_expire_and_figures_stay(postgres: Engine) -> None:
    append_many(postgres, random_visits(9, 30))
    clock = FixedClock(NOON + timedelta(days=30))
    prune(postgres, clock, retention_days=90, k=5)
    before = (
        deflection_range(postgres, PERIOD, Window.H72, FigureFilters()),
        votes_by_revision(postgres, PERIOD, FigureFilters()),
    )

    clock.instant = NOON + timedelta(days=200)
    report = prune(postgres, clock, retention_days=90, k=5)

    assert report is not None
    assert report.events == len(random_visits(9, 30))
    after = (
        deflection_range(postgres, PERIOD, Window.H72, FigureFilters()),
        votes_by_revision(postgres, PERIOD, FigureFilters()),
    )
    assert after == before


def test_visitors_keep_their_key(postgres: Engine) -> None:
    clock = FixedClock(NOON)
    visitor = VisitorKeys(postgres, clock).identify(None)

    assert VisitorKeys(postgres, clock).identify(visitor.cookie) == visitor


def test_a_newer_format_is_refused(postgres: Engine) -> None:
    with writing(postgres) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(OperatorError, match="newer version"):
        open_database(postgres.url.render_as_string(hide_password=False))


def test_backup_points_to_pg_dump(postgres: Engine, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="pg_dump"):
        backup_database(postgres.url.render_as_string(hide_password=False), tmp_path / "copy.db")


def test_an_item_of_the_editors_is_opened_once(postgres: Engine) -> None:
    store = EditingStore(postgres, FixedClock(NOON))
    change = Change(State.IN_WORK, "reem", "")

    opened = store.change(Queue.UNANSWERED, Subject("12"), change, version=0, by="reem", cases=5)

    assert store.item(Queue.UNANSWERED, Subject("12")) == opened
    with pytest.raises(EditConflictError):
        store.change(Queue.UNANSWERED, Subject("12"), change, version=0, by="omar", cases=5)
