"""Opening and migrating databases."""

import importlib
import multiprocessing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

import kb.storage.migrations
from kb.errors import OperatorError
from kb.storage.database import known_formats, open_database, reading, stored_format, writing
from kb.storage.tables import metadata


def test_a_new_database_has_the_newest_format_and_all_tables(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'deep' / 'new.db'}")
    for path in Path(kb.storage.migrations.__file__).parents[2].rglob("*tables.py"):
        importlib.import_module(
            ".".join(("kb", *path.parts[-2:])).removesuffix(".py")
        )  # registers them with the metadata

    with reading(engine) as connection:
        assert stored_format(connection) == known_formats()[0]
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_sqlite_runs_in_wal_mode_and_overwrites_what_it_deletes(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'new.db'}")

    with reading(engine) as connection:
        pragmas = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in _EXPECTED}
    engine.dispose()

    assert pragmas == _EXPECTED


_EXPECTED = {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 5_000, "secure_delete": 1}


def test_a_database_of_a_newer_version_is_refused_with_the_remedy(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    engine = open_database(url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(OperatorError, match="newer version") as caught:
        open_database(url)

    assert "install" in caught.value.remedy


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://host/db", "sqlite:////proc/nowhere/x.db", "postgresql://127.0.0.1:1/x"]
)
def test_an_unusable_url_is_the_operators_error(url: str) -> None:
    with pytest.raises(OperatorError):
        open_database(url)


def test_a_file_that_is_no_database_is_the_operators_error(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_text("not a database at all " * 100)

    with pytest.raises(OperatorError, match="cannot be opened"):
        open_database(f"sqlite:///{path}")


def _open_and_close(url: str) -> None:
    open_database(url).dispose()


def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    starts = [multiprocessing.get_context("spawn").Process(target=_open_and_close, args=(url,)) for _ in range(2)]
    for process in starts:
        process.start()
    for process in starts:
        process.join()

    assert [process.exitcode for process in starts] == [0, 0]


def test_tickets_on_their_way_stay_so_when_the_outbox_gets_parts(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'dalil.db'}")
    config = Config()
    config.set_main_option("script_location", str(Path(kb.storage.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        connection.execute(
            text(
                "INSERT INTO outbox (ticket, state, attempts, due, leased_until, remote, error) "
                "VALUES ('t1', 'waiting', 3, 7, 0, '', 'down')"
            )
        )
    engine.dispose()

    opened = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    with opened.connect() as connection:
        moved = connection.execute(text("SELECT ticket, part, state, attempts, due, error FROM deliveries")).all()
    opened.dispose()

    assert moved == [("t1", "ticket", "waiting", 3, 7, "down")]
