"""Fixtures of the tests on real databases."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from kb.storage.database import open_database

_TEMPLATE = "dalil_template"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An SQLite database in a file."""
    engine = open_database(f"sqlite:///{tmp_path / 'log.db'}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a PostgreSQL server that holds an empty database of ours to copy; skips where none can be started."""
    with pytest.MonkeyPatch.context() as patch:
        directory = Path(tempfile.mkdtemp(prefix="dalil-pg-"))
        directory.chmod(0o755)  # as root, the server runs as another user
        runtime = directory / "run"
        runtime.mkdir()
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        pgserver = pytest.importorskip("pgserver")
        try:
            postgres = pgserver.get_server(directory / "data", cleanup_mode="stop")
        except (AssertionError, OSError, RuntimeError) as error:
            pytest.skip(f"PostgreSQL does not start here: {error}")
        address = str(postgres.get_uri())
        _run(address, f"CREATE DATABASE {_TEMPLATE}")
        open_database(_named(address, _TEMPLATE)).dispose()
        yield address
        postgres.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def postgres(server: str) -> Iterator[Engine]:
    """A PostgreSQL database."""
    _run(server, "DROP DATABASE IF EXISTS dalil WITH (FORCE)", f"CREATE DATABASE dalil TEMPLATE {_TEMPLATE}")
    engine = open_database(_named(server, "dalil"))
    yield engine
    engine.dispose()


def _run(address: str, *statements: str) -> None:
    admin = create_engine(address.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    admin.dispose()


def _named(address: str, database: str) -> str:
    return address.replace("/postgres?", f"/{database}?")
