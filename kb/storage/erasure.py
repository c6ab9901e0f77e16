"""Overwrites what deleted rows leave behind in SQLite's files, so that what is forgotten is in none of their bytes.

``secure_delete`` overwrites deleted rows where they lie. Two places are left: the write-ahead log, which holds pages as
they were, and the gaps of pages that kept other rows, where cells lay before SQLite moved them to make room (one
deleted row in a thousand could be read back there). Copying the file over itself (VACUUM) clears the gaps.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPICursor

LARGEST_WHILE_SERVING = 96 * 1024 * 1024
"""Bytes of a database that a server overwrites by itself. Others wait meanwhile, 1.5 s on two busy cores: less than
their patience."""

_LARGEST_IN_MEMORY = 64 * 1024 * 1024
_PATIENCE_MS = 2_000
_log = logging.getLogger(__name__)


def erase_leftovers(engine: Engine, largest: int | None = LARGEST_WHILE_SERVING) -> bool:
    """Overwrite what deleted rows left in the files of an SQLite database; PostgreSQL does this by its own VACUUM.

    Args:
        largest: Bytes up to which the whole file is gone through; None: whatever its size. Above it only the
            write-ahead log is emptied, and our log says what to do.

    Returns:
        Whether nothing is left; if something is, our log says why.
    """
    if engine.dialect.name != "sqlite":
        return True
    path = engine.url.database
    size = Path(path).stat().st_size if path and Path(path).is_file() else 0
    is_small = largest is None or size <= largest
    if not is_small:
        _log.warning("the database has %d MB: run `kb stats prune` at a quiet hour to overwrite gaps", size // 10**6)
    with closing(engine.raw_connection()) as raw:  # neither statement may run inside a transaction
        cursor = raw.cursor()
        try:
            if is_small:
                _go_through(cursor, size)
            is_empty = _empty_write_ahead_log(cursor)
        except sqlite3.OperationalError as error:
            _log.warning("what was forgotten could not be overwritten: %s; it is tried again with the next run", error)
            return False
    if not is_empty:
        _log.warning("the write-ahead log is in use and could not be emptied; it is tried again with the next run")
    return is_small and is_empty


def _go_through(cursor: DBAPICursor, size: int) -> None:
    cursor.execute(f"PRAGMA temp_store={'MEMORY' if size <= _LARGEST_IN_MEMORY else 'FILE'}")
    try:
        cursor.execute("VACUUM")
    finally:
        cursor.execute("PRAGMA temp_store=MEMORY")


def _empty_write_ahead_log(cursor: DBAPICursor) -> bool:
    cursor.execute("PRAGMA busy_timeout")
    usual = cursor.fetchone()
    cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")  # a reader who still looks at old pages holds it for a moment
    try:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return (cursor.fetchone() or (1,))[0] == 0
    finally:
        cursor.execute(f"PRAGMA busy_timeout={(usual or (0,))[0]}")
