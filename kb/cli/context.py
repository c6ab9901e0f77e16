"""What commands work with: the settings, the clock, and the database, closed again whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.clock import Clock, SystemClock
from kb.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What a command works with."""

    settings: Settings
    clock: Clock
    engine: Engine


@contextmanager
def open_context(settings: Settings | None = None) -> Iterator[CommandContext]:
    """Open the database that the settings name, for as long as the context is open.

    Args:
        settings: None: those of the environment.
    """
    from kb.storage.database import open_database

    settings = settings or load_settings()
    engine = open_database(settings.effective_database_url)
    try:
        yield CommandContext(settings, SystemClock(), engine)
    finally:
        engine.dispose()
