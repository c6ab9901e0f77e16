"""Copies of the SQLite database, made and put back while the server runs, by SQLite's own online backup."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, make_url

from kb.clock import Clock
from kb.errors import OperatorError
from kb.storage.database import known_formats, migrate, open_database, refuse_newer_format
from kb.visitors import destroy_old_salts

_KEPT = "before-restore-"
_BESIDE = ("-wal", "-shm")
_STAMP_FORMAT = "%Y%m%dT%H%M%SZ"
_STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z", re.ASCII)
_POSTGRESQL_REMEDY = "use pg_dump and pg_restore, which do the same for PostgreSQL."


def backup_database(url: str, target: Path) -> None:
    """Copy the database as it is at one moment; others may read and write meanwhile.

    Args:
        url: SQLAlchemy URL.
        target: A file that does not exist yet. It appears complete and checked, or not at all, readable by its owner.

    Raises:
        OperatorError: The database is not SQLite or is missing, or the target exists or cannot be written.
    """
    source = _sqlite_path(url)
    if not source.is_file():
        raise OperatorError(f"There is no database at {source}.", "check KB_VAR_DIR and KB_DATABASE_URL.")
    if target.exists():
        raise OperatorError(f"{target} exists already.", "choose another name, or remove it first.")
    partial = target.with_name(f".{target.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(partial)) as copy:
            live.backup(copy)  # in one step: it never starts over, and in WAL mode blocks nobody
            copy.execute("PRAGMA journal_mode=DELETE")
        _check(partial)
        partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise OperatorError(f"The backup {target} was not written: {error}.", "check the directory.") from error
    finally:
        partial.unlink(missing_ok=True)


def keep_present(url: str, clock: Clock) -> Path | None:
    """Set the present database aside, beside itself, before something replaces it.

    Returns:
        The copy, as `backup_database` makes it; the bare files under that name if the database is damaged or of a newer
        version. None if there is no database.

    Raises:
        OperatorError: The database is not SQLite, or the copy cannot be written.
    """
    present = _sqlite_path(url)
    if not present.is_file():
        return None
    kept = _free_name(present.with_name(f"{_KEPT}{clock.now().astimezone(UTC):{_STAMP_FORMAT}}.db"))
    try:
        backup_database(url, kept)
    except OperatorError:
        _copy_bare(present, kept)
    return kept


def kept_copies(engine: Engine) -> tuple[Path, ...]:
    """Return what `keep_present` set aside of a database, oldest first."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        return ()
    return tuple(sorted(Path(path).parent.glob(f"{_KEPT}*.db")))


def kept_since(copy: Path) -> datetime:
    """Return when a copy was set aside: what its name says, or its file if somebody renamed it."""
    if stamp := _STAMP.search(copy.name):
        return datetime.strptime(stamp[0], _STAMP_FORMAT).replace(tzinfo=UTC)
    return datetime.fromtimestamp(copy.stat().st_mtime, UTC)


def remove_copy(copy: Path) -> None:
    """Remove a copy and the files that SQLite may have made beside it."""
    for suffix in ("", *_BESIDE):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def _free_name(wanted: Path) -> Path:
    names = (wanted, *(wanted.with_stem(f"{wanted.stem}-{number}") for number in range(2, 1_000)))
    return next(name for name in names if not name.exists())


def _copy_bare(present: Path, kept: Path) -> None:
    for suffix in ("", *_BESIDE):
        source, target = present.with_name(present.name + suffix), kept.with_name(kept.name + suffix)
        if source.is_file():
            try:
                os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                shutil.copyfile(source, target)
            except OSError as error:
                raise OperatorError(f"{source} could not be kept as {target}: {error}.", "check the disk.") from error


def restore_database(url: str, source: Path, clock: Clock) -> Path | None:
    """Replace the database's content by a backup's, in one transaction; a running server goes on with the new content.

    A backup of an older format is brought up to date; salts that should be destroyed by now are. What is replaced is
    kept beside it. A database that cannot be opened is replaced as a file.

    Args:
        url: SQLAlchemy URL; the database is made if it does not exist.
        source: What `backup_database` wrote.

    Returns:
        Where the replaced database is kept; None if there was none.

    Raises:
        OperatorError: The database is not SQLite, the backup is missing, damaged or of a newer format, or what is there
            cannot be kept. Nothing is changed then.
    """
    target = _sqlite_path(url)
    if not source.is_file():
        raise OperatorError(f"There is no backup at {source}.", "check the name.")
    _check(source)
    kept_copy = keep_present(url, clock)
    engine = _open_or_begin_anew(url, target)
    try:
        with (
            closing(sqlite3.connect(_read_only(source), uri=True)) as kept,
            closing(sqlite3.connect(target, timeout=30)) as live,
        ):
            kept.backup(live)
        _bring_up_to_date(engine, clock)
    except sqlite3.Error as error:
        raise OperatorError(
            f"{source} was not restored: {error}.", "stop the server and try again; the old content is untouched."
        ) from error
    finally:
        engine.dispose()
    return kept_copy


def _open_or_begin_anew(url: str, target: Path) -> Engine:
    try:
        return open_database(url)
    except OperatorError:
        remove_copy(target)  # kept already
        return open_database(url)


def _bring_up_to_date(engine: Engine, clock: Clock) -> None:
    engine.dispose()  # connections that were open saw the old content
    migrate(engine)
    destroy_old_salts(engine, clock.now())


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(_read_only(path), uri=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise OperatorError(f"{path} is not a backup of Dalil: {error}.", "choose a file of `kb backup`.") from error
    if verdict != "ok":
        raise OperatorError(f"{path} is damaged: {verdict}.", "choose another backup.")
    refuse_newer_format(row[0] if row else None, known_formats())


def _read_only(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"


def _sqlite_path(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise OperatorError("Only an SQLite database can be backed up and restored here.", _POSTGRESQL_REMEDY)
    if not parsed.database or parsed.database == ":memory:":
        raise OperatorError("A database in memory has no file.", "set KB_DATABASE_URL to a file.")
    return Path(parsed.database)
