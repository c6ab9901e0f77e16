"""Visitor keys: joined within the window, unknowable afterwards."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from kb.clock import FixedClock
from kb.storage.database import open_database, writing
from kb.visitors import SALT_PERIOD, VisitorKeys, destroy_old_salts, prepare_salts, salt_weeks


@pytest.fixture
def engine() -> Engine:
    return open_database("sqlite:///:memory:")


@pytest.fixture
def keys(engine: Engine, clock: FixedClock) -> VisitorKeys:
    numbers = count(1)
    return VisitorKeys(engine, clock, lambda length: next(numbers).to_bytes(length, "big"))


def test_a_cookie_keeps_its_key_for_at_least_the_longest_window(keys: VisitorKeys, clock: FixedClock) -> None:
    first = keys.identify(None)

    clock.instant += SALT_PERIOD
    later = keys.identify(first.cookie)

    assert later == first


def test_after_its_salt_is_gone_a_cookie_is_somebody_new(keys: VisitorKeys, clock: FixedClock) -> None:
    first = keys.identify(None)

    clock.instant += 2 * SALT_PERIOD
    later = keys.identify(first.cookie)

    assert later.key != first.key
    assert later.cookie != first.cookie


@pytest.mark.parametrize("cookie", [None, "", "x", "99.short", "2969.<script>alert(1)</script>", "9" * 5_000])
def test_a_missing_or_malformed_cookie_makes_a_new_visitor(keys: VisitorKeys, cookie: str | None) -> None:
    assert keys.identify(cookie) != keys.identify(cookie)


def test_two_processes_give_one_cookie_one_key(engine: Engine, clock: FixedClock) -> None:
    visitor = VisitorKeys(engine, clock).identify(None)

    assert VisitorKeys(engine, clock).identify(visitor.cookie) == visitor


def test_old_salts_are_destroyed_and_living_ones_kept(engine: Engine, keys: VisitorKeys, clock: FixedClock) -> None:
    start = clock.now()
    for weeks in range(3):
        clock.instant = start + timedelta(weeks=weeks)
        keys.identify(None)

    destroyed = destroy_old_salts(engine, clock.now())

    assert destroyed == 1
    assert len(salt_weeks(engine)) == 2


def test_the_key_does_not_contain_the_cookie(keys: VisitorKeys) -> None:
    visitor = keys.identify(None)

    assert visitor.cookie.split(".")[1] not in visitor.key


def test_a_failing_database_gives_a_key_that_joins_nothing(engine: Engine, clock: FixedClock) -> None:
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE salts"))
    keys = VisitorKeys(engine, clock)

    first = keys.identify(None)

    assert keys.identify(first.cookie).key != first.key


def test_the_week_turns_at_the_same_moment_everywhere(engine: Engine) -> None:
    clock = FixedClock(datetime.fromisoformat("2026-11-21T12:00:00+03:00"))

    assert VisitorKeys(engine, clock).identify(None).cookie.startswith("2968.")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    """A database in a file, which others may write to."""
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


@contextmanager
def held(engine: Engine) -> Iterator[None]:
    """Hold the right to write, as another process."""
    assert engine.url.database is not None
    with closing(sqlite3.connect(engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_no_page_waits_for_whoever_writes_when_a_week_begins(database: Engine, clock: FixedClock) -> None:
    keys = VisitorKeys(database, clock)
    keys.identify(None)
    clock.instant += SALT_PERIOD

    with held(database):
        started = time.monotonic()
        pages = [keys.identify(None) for _ in range(40)]
        took_s = time.monotonic() - started
    clock.instant += timedelta(seconds=1)
    joined = keys.identify(pages[0].cookie)

    assert took_s < 1.5, "one waited for a moment"
    assert joined == keys.identify(joined.cookie), "once it is free, visitors are joined again"


def test_salts_made_ahead_are_read_while_others_write(database: Engine, clock: FixedClock) -> None:
    prepare_salts(database, clock.now())

    with held(database):
        visitor = VisitorKeys(database, clock).identify(None)
        clock.instant += SALT_PERIOD
        assert VisitorKeys(database, clock).identify(visitor.cookie) == visitor
        later = VisitorKeys(database, clock).identify(None)
        assert VisitorKeys(database, clock).identify(later.cookie) == later

    assert len(salt_weeks(database)) == 2


def test_salts_that_are_there_are_kept(database: Engine, clock: FixedClock) -> None:
    visitor = VisitorKeys(database, clock).identify(None)

    prepare_salts(database, clock.now())

    assert VisitorKeys(database, clock).identify(visitor.cookie) == visitor


def test_who_waits_briefly_for_the_right_to_write_leaves_it_as_it_was(database: Engine) -> None:
    with database.connect() as connection:
        usual = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()

    with held(database), pytest.raises(OperationalError), writing(database, lock_s=0.01):
        pass

    with database.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == usual > 1000
