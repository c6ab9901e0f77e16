"""Makes SQLAlchemy engines for SQLite and PostgreSQL that give up in good time where the database fails.

SQLite commits with ``synchronous=NORMAL``: what is committed survives a killed process at once; a loss of power may
take the last moments with it, never the consistency. Writers take the write lock at the start (``BEGIN IMMEDIATE``),
so that waiting is bounded and a read never has to be upgraded. An SQLite file that is removed or replaced while it is
open is noticed at the next use: nothing is written into a file that has no name any more, a restored one is taken up,
and no empty one is made in its place.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DisconnectionError,
    InterfaceError,
    InternalError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from kb.errors import OperatorError
from kb.private_files import close_to_others

_PRAGMAS = (
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # destroyed salts and expired rows are overwritten
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32768",
)
_TURNS: Final = "kb_turns"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a database that does not answer.

    Attributes:
        connect_s: For a connection.
        lock_s: For the right to write, SQLite only.
        statement_s: For one statement, PostgreSQL only; None: for ever.
        pause_s: How long nobody asks again after a failure; others are refused at once meanwhile.
    """

    connect_s: int
    lock_s: float
    statement_s: int | None
    pause_s: float


WORKING: Final = Patience(connect_s=10, lock_s=5.0, statement_s=None, pause_s=0.0)
"""For commands: somebody waits for the end of the work."""

SERVING: Final = Patience(connect_s=2, lock_s=2.0, statement_s=15, pause_s=3.0)
"""For the site: eight threads answer all readers, and none may wait for long."""


class WriteRefusedError(SQLAlchemyError):
    """The right to write could not be had in time; nothing was written."""


class Turns:
    """Lets one thread of this process write at a time, as SQLite would; but who waits is woken at once.

    After a failure one thread at a time tries, and the others are refused without waiting, until one succeeds.

    Args:
        patience: How long to wait for one's turn.
        timer: Monotonic, in seconds.
    """

    def __init__(self, patience: Patience, timer: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._timer = timer
        self._lock = threading.Lock()
        self._refused_until = float("-inf")
        self._failing = False

    @contextmanager
    def turn(self, lock_s: float | None = None) -> Iterator[None]:
        """Hold the right to write, as far as this process goes.

        Args:
            lock_s: How long to wait for it; None: as patiently as others. Who waits for less says nothing about the
                database by giving up.

        Raises:
            WriteRefusedError: It was not free in time.
        """
        if self._timer() < self._refused_until:
            raise WriteRefusedError("the database could not be written to a moment ago")
        patience = self._patience.lock_s if lock_s is None else lock_s
        if not self._lock.acquire(timeout=0 if self._failing else patience):
            raise WriteRefusedError("others have been writing to the database for too long")
        try:
            yield
            self._failing = False
        except SQLAlchemyError as error:
            if is_outage(error) and self._patience.pause_s and lock_s is None:
                self._failing, self._refused_until = True, self._timer() + self._patience.pause_s
            raise
        finally:
            self._lock.release()


def is_outage(error: SQLAlchemyError) -> bool:
    """Tell whether a database failed rather than what was asked of it: it is away, locked, full, read-only, damaged."""
    failures = (WriteRefusedError, OperationalError, InterfaceError, InternalError, PoolTimeoutError)
    return isinstance(error, failures) or type(error) is DatabaseError


def turns_of(engine: Engine) -> Turns | None:
    """Return who may write when, None where the database sees to it."""
    turns: Turns | None = engine.get_execution_options().get(_TURNS)
    return turns


def parse_url(url: str) -> URL:
    """Return the URL of a database with the driver that we use.

    Raises:
        OperatorError: It is none, or names a database that we do not know.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise OperatorError(
            "KB_DATABASE_URL is not a database URL.",
            "write sqlite:////absolute/path.db or postgresql://user:password@host/database.",
        ) from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise OperatorError(
            f"KB_DATABASE_URL names {parsed.get_backend_name()}, which is not supported.", "use SQLite or PostgreSQL."
        )
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def make_engine(url: URL, patience: Patience) -> Engine:
    """Return an engine; an SQLite file is made if it is missing.

    Raises:
        OperatorError: The driver is missing, or the file's directory cannot be made.
    """
    try:
        if url.get_backend_name() == "postgresql":
            return _postgresql(url, patience)
        return _sqlite(url, patience)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise OperatorError(
            f"The driver of {url.drivername} is not installed.", "pip install 'psycopg[binary]'."
        ) from error
    except OSError as error:
        raise OperatorError(
            f"The directory of {url.database} cannot be made: {error.strerror}.", "set KB_VAR_DIR or make it writable."
        ) from error


def _postgresql(url: URL, patience: Patience) -> Engine:
    # A server that vanishes without a word is noticed by the connection, not after the system's quarter of an hour.
    settings: dict[str, Any] = {
        "connect_timeout": patience.connect_s,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "tcp_user_timeout": patience.connect_s * 1000,
    }
    if patience.statement_s is not None:
        settings["options"] = f"-c statement_timeout={patience.statement_s * 1000}"
    engine = create_engine(
        url, pool_pre_ping=True, hide_parameters=True, connect_args=settings, pool_timeout=patience.connect_s
    )
    if patience.pause_s:
        _refuse_after_failures(engine, patience.pause_s)
    return engine


def _refuse_after_failures(engine: Engine, pause_s: float) -> None:
    """Let nobody wait for a connection for a moment after one was not to be had."""
    refused_until = float("-inf")

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: object, arguments: Any, parameters: Any) -> Any:
        nonlocal refused_until
        failure: type[Exception] = dialect.loaded_dbapi.OperationalError
        if time.monotonic() < refused_until:
            raise failure("the database did not answer a moment ago")
        try:
            return dialect.connect(*arguments, **parameters)
        except failure:
            refused_until = time.monotonic() + pause_s
            raise


def _sqlite(url: URL, patience: Patience) -> Engine:
    connect_arguments: dict[str, Any] = {"timeout": patience.lock_s}
    options = {_TURNS: Turns(patience)}
    if not url.database or url.database == ":memory:":
        engine = create_engine(url, connect_args=connect_arguments, hide_parameters=True, execution_options=options)
    else:
        path = Path(url.database).absolute()
        path.parent.mkdir(parents=True, exist_ok=True)
        _make_private_file(path)
        sqlite3.connect(path, timeout=patience.lock_s).close()  # makes it; from here on nobody may
        address = f"file:{quote(str(path))}?mode=rw"
        engine = create_engine(
            url,
            connect_args=connect_arguments,
            hide_parameters=True,
            execution_options=options,
            creator=lambda: sqlite3.connect(address, uri=True, check_same_thread=False, **connect_arguments),
        )
        _watch_file(engine, path)
    event.listen(engine, "connect", _preparation(patience))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private_file(path: Path) -> None:
    """Let nobody else read the file, nor those that SQLite makes beside it with the same permissions."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        close_to_others(each)


def _watch_file(engine: Engine, path: Path) -> None:
    """Give up connections to a file that has been removed or replaced."""

    def remember(_connection: object, record: Any) -> None:
        record.info["file"] = _identity(path)

    def compare(_connection: object, record: Any, _proxy: object) -> None:
        if record.info.get("file") != _identity(path):
            raise DisconnectionError(f"{path.name} has been removed or replaced")

    event.listen(engine, "connect", remember)
    event.listen(engine, "checkout", compare)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - twice as fast, and asked for every transaction
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _preparation(patience: Patience) -> Callable[[sqlite3.Connection, object], None]:
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
        _enter_wal_mode(connection, patience.lock_s)
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    return prepare


def _enter_wal_mode(connection: sqlite3.Connection, patience_s: float) -> None:
    # The switch needs the database alone and, unlike other statements, does not wait for it.
    if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        return
    deadline = time.monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("kb_writing"):
        connection.exec_driver_sql("BEGIN")
    elif (lock_s := options.get("kb_lock_s")) is None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        usual_ms = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(1000 * lock_s)}")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={usual_ms}")
