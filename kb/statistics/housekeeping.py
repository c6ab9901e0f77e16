"""Keeps the figures fresh while the server runs: rolls up every minute, lets raw rows expire once a day."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from sqlalchemy import Engine

from kb.clock import Clock
from kb.statistics.retention import Terms, forget_expired, tend_copies
from kb.statistics.rollups import roll_up, set_state, state
from kb.storage.database import reading, writing
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds
from kb.visitors import prepare_salts

PRUNE_EVERY = timedelta(days=1)
_log = logging.getLogger(__name__)


class Housekeeping:
    """Runs the jobs of one server process; with several, whoever comes first does the work.

    Args:
        engine: The database; whoever opened it disposes of it.
        terms: How long what is kept.
        pause_s: Seconds between two runs.
    """

    def __init__(self, engine: Engine, clock: Clock, terms: Terms, *, pause_s: float = 60.0) -> None:
        self.engine = engine
        self._clock = clock
        self._terms = terms
        self._pause_s = pause_s
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run_once(self) -> None:
        """Roll up; let expire what is due if the last time is a day ago, in set-aside copies too; make salts ahead."""
        now = self._clock.now()
        prepare_salts(self.engine, now)
        with reading(self.engine) as connection:
            last = instant_from_microseconds(state(connection, "pruned_at"))
        if now - last < PRUNE_EVERY:
            roll_up(self.engine, self._clock)
        elif forget_expired(self.engine, self._clock, self._terms):
            tend_copies(self.engine, self._clock, self._terms)
            with writing(self.engine) as connection:
                set_state(connection, "pruned_at", instant_to_microseconds(now))

    def start(self) -> None:
        """Run in a thread of its own from now on, first after one pause."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a run in progress is finished."""
        self._stop.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stop.wait(self._pause_s):
            try:
                self.run_once()
            except Exception:  # noqa: BLE001 - the thread's edge: the next run may succeed
                _log.exception("the statistics were not brought up to date")
