"""Fixtures of the tests on real databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from kb.storage.database import open_database


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An SQLite database in a file."""
    engine = open_database(f"sqlite:///{tmp_path / 'log.db'}")
    yield engine
    engine.dispose()
