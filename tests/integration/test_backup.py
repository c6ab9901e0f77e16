"""Backups of a database that is in use."""

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from kb.backup import backup_database, restore_database
from kb.clock import FixedClock
from kb.errors import OperatorError
from kb.events import Verdict
from kb.storage.database import open_database, reading
from kb.storage.event_log import EventLog, append_many
from kb.storage.tables import events, votes
from kb.visitors import VisitorKeys, salt_weeks
from tests.stories import Story


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string()


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(events)).scalar_one()


def vote_somewhere(engine: Engine, visitor: str = "amal") -> None:
    story = Story(visitor)
    story.vote(1, Verdict.HELPFUL)
    append_many(engine, story.events)


def test_what_was_backed_up_comes_back(engine: Engine, tmp_path: Path, clock: FixedClock) -> None:
    vote_somewhere(engine)
    backup_database(url_of(engine), tmp_path / "copy.db")
    vote_somewhere(engine, "omar")

    restore_database(url_of(engine), tmp_path / "copy.db", clock)

    assert count(engine) == 1  # through the connections that were open all the time


def test_a_backup_is_for_its_owner_only_and_one_plain_file(engine: Engine, tmp_path: Path) -> None:
    backup_database(url_of(engine), tmp_path / "copy.db")

    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*copy*")] == ["copy.db"]


def test_a_backup_under_load_is_consistent(engine: Engine, tmp_path: Path) -> None:
    log = EventLog(engine, linger_s=0)
    story = Story()
    started, stop = threading.Event(), threading.Event()

    def write() -> None:
        minute = 0
        while not stop.is_set():
            log.append(story.vote(minute, Verdict.HELPFUL))
            minute += 1
            started.set()

    writer = threading.Thread(target=write)
    writer.start()
    started.wait(10)
    for number in range(3):
        backup_database(url_of(engine), tmp_path / f"{number}.db")
    stop.set()
    writer.join()

    for number in range(3):
        with closing(sqlite3.connect(tmp_path / f"{number}.db")) as copy:
            (voted,) = copy.execute("SELECT max(id) FROM events").fetchone()
            assert copy.execute("SELECT event FROM votes").fetchall() == [(voted,)]
    assert log.health.failed == 0


def test_a_backup_of_a_newer_version_is_refused_and_nothing_changes(
    engine: Engine, tmp_path: Path, clock: FixedClock
) -> None:
    backup_database(url_of(engine), tmp_path / "copy.db")
    vote_somewhere(engine)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        copy.execute("UPDATE alembic_version SET version_num = '9999'")
        copy.commit()

    with pytest.raises(OperatorError, match="newer version"):
        restore_database(url_of(engine), tmp_path / "copy.db", clock)

    assert count(engine) == 1


@pytest.mark.parametrize("content", [b"", b"not a database " * 1_000, None])
def test_what_is_no_backup_is_refused(engine: Engine, tmp_path: Path, clock: FixedClock, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "copy.db").write_bytes(content)

    with pytest.raises(OperatorError, match="backup"):
        restore_database(url_of(engine), tmp_path / "copy.db", clock)


def test_a_damaged_backup_is_refused(engine: Engine, tmp_path: Path, clock: FixedClock) -> None:
    append_many(engine, [Story(f"v{number}").view(1) for number in range(500)])
    backup_database(url_of(engine), tmp_path / "copy.db")
    content = bytearray((tmp_path / "copy.db").read_bytes())
    for page in range(5, len(content) // 4096 - 1):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    (tmp_path / "copy.db").write_bytes(content)

    with pytest.raises(OperatorError):
        restore_database(url_of(engine), tmp_path / "copy.db", clock)


def test_an_existing_file_is_never_overwritten(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")

    with pytest.raises(OperatorError, match="exists already"):
        backup_database(url_of(engine), tmp_path / "copy.db")

    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_restored_backup_brings_no_destroyed_salt_back(engine: Engine, tmp_path: Path, clock: FixedClock) -> None:
    VisitorKeys(engine, clock).identify(None)
    backup_database(url_of(engine), tmp_path / "copy.db")
    clock.instant += timedelta(days=60)

    restore_database(url_of(engine), tmp_path / "copy.db", clock)

    assert salt_weeks(engine) == ()


def test_a_backup_can_be_restored_where_there_is_nothing(engine: Engine, tmp_path: Path, clock: FixedClock) -> None:
    vote_somewhere(engine)
    backup_database(url_of(engine), tmp_path / "copy.db")
    url = f"sqlite:///{tmp_path / 'elsewhere' / 'new.db'}"

    restore_database(url, tmp_path / "copy.db", clock)

    restored = open_database(url)
    with reading(restored) as connection:
        assert connection.execute(select(votes.c.visitor)).scalars().all() == ["amal"]
    restored.dispose()


@pytest.mark.parametrize("url", ["postgresql://host/db", "sqlite:///:memory:", "sqlite:////nowhere/at/all.db"])
def test_other_databases_are_refused_with_the_remedy(url: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as caught:
        backup_database(url, tmp_path / "copy.db")

    assert caught.value.remedy
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("url", ["sqlite:///{path}", "sqlite+pysqlite:///{path}", "sqlite:///{path}?timeout=9"])
def test_a_restore_keeps_what_it_replaces_whatever_the_address(url: str, tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "some where" / "own.db"
    engine = open_database(f"sqlite:///{path}")
    backup_database(url_of(engine), tmp_path / "copy.db")
    vote_somewhere(engine)
    engine.dispose()

    kept = [restore_database(url.format(path=path), tmp_path / "copy.db", clock) for _ in "12"]

    assert [each and each.parent for each in kept] == [path.parent, path.parent]
    assert len(set(kept)) == 2
    assert kept[0] is not None and kept[0].stat().st_mode & 0o777 == 0o600
    before = open_database(f"sqlite:///{kept[0]}")
    assert count(before) == 1
    before.dispose()


@pytest.mark.parametrize("content", [b"no database at all" * 500, b""])
def test_what_cannot_be_read_is_kept_as_it_is_and_replaced(content: bytes, tmp_path: Path, clock: FixedClock) -> None:
    good = open_database(f"sqlite:///{tmp_path / 'good.db'}")
    vote_somewhere(good)
    backup_database(url_of(good), tmp_path / "copy.db")
    good.dispose()
    (tmp_path / "own.db").write_bytes(content)
    url = f"sqlite:///{tmp_path / 'own.db'}"

    kept = restore_database(url, tmp_path / "copy.db", clock)

    assert kept is not None and kept.read_bytes() == content
    restored = open_database(url)
    assert count(restored) == 1
    restored.dispose()
