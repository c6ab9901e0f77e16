"""What goes on while the database is away, locked, removed, full or read-only."""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from kb.clock import FixedClock
from kb.curation.model import Match, ResultAction
from kb.curation.store import CurationStore
from kb.events import Verdict
from kb.model import ArticleId, Language
from kb.results import Degradation, Query
from kb.storage.database import open_database, reading, writing
from kb.storage.engines import Patience, WriteRefusedError, is_outage, make_engine, parse_url
from kb.storage.event_log import EventLog
from kb.storage.probe import StorageProbe
from kb.storage.tables import events, rollup_state
from search.serving.curation import EditorsCuration
from tests.factories import make_article
from tests.generations import NOON, plain_analyzer, search_over
from tests.stories import Story

IMPATIENT = Patience(connect_s=2, lock_s=0.2, statement_s=2, pause_s=0.5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dalil.db"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{path}", IMPATIENT)
    yield engine
    engine.dispose()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the write lock, as another process would."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


def timed(act: Callable[[], object]) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started


def write(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO rollup_state VALUES ('x', 1) ON CONFLICT DO NOTHING"))


def refused(engine: Engine) -> bool:
    try:
        write(engine)
    except SQLAlchemyError as error:
        return is_outage(error)
    return False


def test_a_locked_database_makes_writers_wait_once_not_one_after_the_other(engine: Engine, path: Path) -> None:
    with locked(path), ThreadPoolExecutor(16) as threads:
        took_s = timed(lambda: list(threads.map(lambda _: refused(engine), range(64))))
    # 64 writers that each wait for the lock in their turn would take 64 times .2 s.
    assert took_s < 2


def test_after_a_failure_writers_are_refused_at_once_until_one_succeeds(engine: Engine, path: Path) -> None:
    with locked(path):
        with pytest.raises(OperationalError):
            write(engine)
        with pytest.raises(WriteRefusedError):
            write(engine)
        assert timed(lambda: refused(engine)) < 0.1
        time.sleep(IMPATIENT.pause_s)
        with pytest.raises(OperationalError):
            write(engine)
    time.sleep(IMPATIENT.pause_s)
    write(engine)
    write(engine)


def test_readers_do_not_wait_for_a_locked_database(engine: Engine, path: Path) -> None:
    write(engine)
    with locked(path), reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(rollup_state)).scalar() == 1


def test_opening_does_not_wait_for_whoever_writes(engine: Engine, path: Path) -> None:
    with locked(path):
        assert timed(lambda: open_database(f"sqlite:///{path}").dispose()) < 2


def test_nothing_is_written_into_a_file_that_was_removed(engine: Engine, path: Path) -> None:
    write(engine)
    for file in path.parent.iterdir():
        file.unlink()
    with pytest.raises(OperationalError):
        write(engine)
    assert not path.exists()


def test_a_file_that_was_put_in_place_of_the_old_one_is_taken_up(engine: Engine, path: Path, tmp_path: Path) -> None:
    other = tmp_path / "restored.db"
    open_database(f"sqlite:///{other}").dispose()
    write(engine)
    for name in ("dalil.db-wal", "dalil.db-shm"):  # they belong to the old file
        (tmp_path / name).unlink()
    other.replace(path)
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(rollup_state)).scalar() == 0
    write(engine)


def test_a_server_that_says_nothing_is_not_waited_for_twice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://dalil@127.0.0.1:{silent.getsockname()[1]}/dalil"
        engine = make_engine(parse_url(url), IMPATIENT)
        assert timed(lambda: refused(engine)) < 4
        with ThreadPoolExecutor(8) as threads:
            assert timed(lambda: list(threads.map(lambda _: refused(engine), range(8)))) < 0.5


@pytest.mark.slow
def test_a_statement_that_hangs_is_given_up(postgres: Engine) -> None:
    engine = make_engine(postgres.url, IMPATIENT)
    with pytest.raises(OperationalError) as raised, reading(engine) as connection:
        connection.execute(text("SELECT pg_sleep(60)"))
    assert is_outage(raised.value)
    engine.dispose()


def test_events_wait_for_a_database_that_is_away_for_a_while(engine: Engine, path: Path) -> None:
    log = EventLog(engine, linger_s=0.01)
    story = Story()
    story.search(0, "lost parcel")
    with locked(path):
        for event in story.events:
            assert log.append(event)
        time.sleep(1)
    log.flush()
    log.close()
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar() == len(story.events)
    assert log.health.failed == 0


def test_votes_are_refused_soon_while_the_database_is_locked(engine: Engine, path: Path) -> None:
    log = EventLog(engine)
    with locked(path), ThreadPoolExecutor(8) as threads:
        votes = [Story(f"v{each}").vote(each, Verdict.HELPFUL) for each in range(40)]
        started = time.monotonic()
        stored = list(threads.map(log.append, votes))
    assert not any(stored)
    assert time.monotonic() - started < 2


@pytest.fixture
def rules(engine: Engine) -> CurationStore:
    return CurationStore(engine, FixedClock(NOON))


def test_search_outlives_its_database_by_the_last_known_rules(
    tmp_path: Path, rules: CurationStore, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    articles = [make_article("one"), make_article("two")]
    search = search_over(tmp_path / "index", articles, curation=EditorsCuration(rules.rules, plain_analyzer()))
    query = Query("article", Language.EN)
    rules.add_result(ResultAction.PIN, "article", ArticleId("two"), match=Match.WORDS, lang=None, by="sara")
    assert Degradation.CURATION not in search.search(query).degraded
    away = path.with_suffix(".away")
    path.rename(away)
    answers = [search.search(query) for _ in range(3)]
    assert [answer.hits[0].article.id for answer in answers] == ["two"] * 3
    assert all(Degradation.CURATION in answer.degraded for answer in answers)
    assert caplog.text.count("last known") == 1
    away.rename(path)
    assert Degradation.CURATION not in search.search(query).degraded


def test_search_that_never_knew_the_rules_answers_without(tmp_path: Path, path: Path, rules: CurationStore) -> None:
    search = search_over(
        tmp_path / "index", [make_article("one")], curation=EditorsCuration(rules.rules, plain_analyzer())
    )
    path.unlink()
    answer = search.search(Query("one", Language.EN))
    assert answer.hits
    assert Degradation.CURATION in answer.degraded


class Timer:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_the_probe_tells_what_keeps_things_from_being_stored(engine: Engine, path: Path, tmp_path: Path) -> None:
    timer = Timer()
    probe = StorageProbe(engine, tmp_path, FixedClock(NOON), timer)
    assert probe.faults() == {}
    with locked(path):
        assert probe.faults() == {}  # a finding holds for a second
        timer.seconds += 1
        assert "locked" in probe.faults()["database"]
    time.sleep(IMPATIENT.pause_s)
    timer.seconds += 1
    assert probe.faults() == {}
    path.unlink()
    timer.seconds += 1
    assert probe.faults().keys() == {"database"}


def test_the_probe_tells_of_a_full_disk(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.storage.probe.LEAST_FREE", 1 << 60)
    faults = StorageProbe(engine, tmp_path, FixedClock(NOON)).faults()
    assert "are needed" in faults["disk"]
