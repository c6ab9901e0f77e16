"""Finds out whether what people send could be stored now, by storing something."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from kb.clock import Clock
from kb.storage.database import upsert, writing
from kb.storage.event_rows import instant_to_microseconds
from kb.storage.tables import rollup_state

LEAST_FREE: Final = 16 * 1024 * 1024
"""Bytes that must be free where the product writes: below that, the next index or ticket may not fit."""

REMEMBERED_S: Final = 1.0
"""How long a finding holds, so that whoever asks often does not make the database write often."""

_NAME = "probed_at"


class StorageProbe:
    """Writes one row, and looks at the free space; thread-safe.

    Args:
        engine: The database.
        directory: Where the product writes.
        clock: What is written.
        timer: Monotonic, in seconds.
    """

    def __init__(
        self, engine: Engine, directory: Path, clock: Clock, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._directory = directory
        self._clock = clock
        self._timer = timer
        self._lock = threading.Lock()
        self._found: dict[str, str] = {}
        self._asked = float("-inf")

    def faults(self) -> dict[str, str]:
        """Return what keeps things from being stored, by part (`database`, `disk`); empty if nothing does."""
        with self._lock:
            if self._timer() - self._asked >= REMEMBERED_S:
                self._found = self._look()
                self._asked = self._timer()
            return self._found

    def forget(self) -> None:
        """Look again when next asked."""
        with self._lock:
            self._asked = float("-inf")

    def _look(self) -> dict[str, str]:
        found = {}
        try:
            with writing(self._engine) as connection:
                row = {"name": _NAME, "value": instant_to_microseconds(self._clock.now())}
                connection.execute(upsert(connection, rollup_state, ["name"]), row)
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()
            found["database"] = f"nothing can be stored: {reason[0] if reason else type(error).__name__}"
        try:
            free = shutil.disk_usage(self._directory).free
        except OSError as error:
            found["disk"] = f"the directory of the product cannot be read: {error.strerror}"
        else:
            if free < LEAST_FREE:
                found["disk"] = f"{free // 1024} KiB are free, {LEAST_FREE // 1024} KiB are needed"
        return found
