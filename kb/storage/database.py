"""Opens the database, brought to the newest format first; transactions that read and that write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from kb.errors import OperatorError
from kb.storage.engines import WORKING, Patience, make_engine, parse_url, turns_of

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"
_MIGRATION_LOCK = 0x44414C494C  # "DALIL": PostgreSQL's advisory lock of whoever migrates


def open_database(url: str, patience: Patience = WORKING) -> Engine:
    """Open the database and bring it to the newest format.

    Args:
        url: SQLAlchemy URL, `sqlite:///path` or `postgresql://…`.
        patience: How long to wait for it once it is open; migrations have their own.

    Returns:
        An engine; its owner disposes of it.

    Raises:
        OperatorError: The URL is wrong, the database cannot be reached, or a newer version of the product wrote it.
    """
    parsed = parse_url(url)
    engine = make_engine(parsed, WORKING)
    try:
        migrate(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise OperatorError(
            f"The database {engine.url.render_as_string()} cannot be opened: {_reason(error)}.",
            "check KB_DATABASE_URL, that the server runs, and that var_dir can be written.",
        ) from error
    except OperatorError:
        engine.dispose()
        raise
    if patience is WORKING:
        return engine
    engine.dispose()
    return make_engine(parsed, patience)


def is_new_file(url: str) -> bool:
    """Tell whether opening a database would make its file."""
    path = parse_url(url).database if url.startswith("sqlite") else None
    return path is not None and not Path(path).exists()


def migrate(engine: Engine) -> None:
    """Bring the database to the newest format; several processes may try at once.

    Raises:
        OperatorError: A newer version of the product wrote it.
    """
    from alembic import command

    config = _alembic_config()
    known = known_formats()
    with reading(engine) as connection:
        if stored_format(connection) == known[0]:
            return  # without waiting for whoever writes
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        current = stored_format(connection)
        if current == known[0]:
            return
        refuse_newer_format(current, known)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def known_formats() -> tuple[str, ...]:
    """Return the names of the formats that this version can read, newest first."""
    from alembic.script import ScriptDirectory

    return tuple(each.revision for each in ScriptDirectory.from_config(_alembic_config()).walk_revisions())


def stored_format(connection: Connection) -> str | None:
    """Return the name of the database's format, or None for an empty database."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def refuse_newer_format(stored: str | None, known: Sequence[str]) -> None:
    """Raise OperatorError for a format that this version does not know."""
    if stored is not None and stored not in known:
        raise OperatorError(
            f"The database has the format {stored}, which a newer version of Dalil wrote.",
            "install that version or newer, or restore a backup made by this one.",
        )


@contextmanager
def writing(engine: Engine, *, lock_s: float | None = None) -> Iterator[Connection]:
    """Give a connection inside a transaction that may write; commits at the end, rolls back on an error.

    Args:
        lock_s: How long to wait for the right to write, where somebody waits for a page; None: as long as usual.

    Raises:
        WriteRefusedError, OperationalError: The right to write was not to be had in time; nothing was written.
    """
    turns = turns_of(engine)
    with turns.turn(lock_s) if turns else nullcontext(), engine.connect() as connection:
        connection.execution_options(kb_writing=True, kb_lock_s=lock_s)
        with connection.begin():
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection inside a transaction that reads one consistent state."""
    with engine.connect() as connection, connection.begin():
        yield connection


def insert_new(connection: Connection, table: Table, keys: Sequence[str]) -> Any:
    """Return an INSERT that leaves a row alone whose `keys` are there already."""
    return _insert(connection, table).on_conflict_do_nothing(index_elements=list(keys))


def insert_once(connection: Connection, table: Table, keys: Sequence[str], row: Mapping[str, Any]) -> bool:
    """Insert one row unless one with the same `keys` is there already, and return whether it was inserted.

    The count of rows that drivers report for an INSERT cannot be relied on: PostgreSQL's is -1 here.
    """
    statement = insert_new(connection, table, keys).returning(*(table.c[key] for key in keys))
    return connection.execute(statement, row).first() is not None


def upsert(
    connection: Connection, table: Table, keys: Sequence[str], only_if: Callable[[Any], Any] | None = None
) -> Any:
    """Return an INSERT that replaces all other columns of a row whose `keys` are there already.

    Args:
        only_if: Given the new row's columns, the condition under which the old row gives way; None: always.
    """
    statement = _insert(connection, table)
    new = statement.excluded
    changed = {column.name: new[column.name] for column in table.columns if column.name not in keys}
    condition = None if only_if is None else only_if(new)
    return statement.on_conflict_do_update(index_elements=list(keys), set_=changed, where=condition)


def _alembic_config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def _insert(connection: Connection, table: Table) -> Any:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0].rstrip(".")
