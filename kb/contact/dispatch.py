"""Brings waiting tickets to the outlet: one after the other, later again if it fails, by a thread of the server."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kb.clock import Clock
from kb.contact.model import Part
from kb.contact.outlets import DeliveryError, DeliveryRefusedError, KeepHere, Outlet
from kb.storage.outbox import Leased, Outbox

FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=6)
ATTEMPTS = 14
"""Tries before a ticket is given up; with the delays above they span two days."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """What one round did, in tickets and receipts."""

    delivered: int = 0
    postponed: int = 0
    dead: int = 0


class Dispatcher:
    """Delivers whatever is due.

    Args:
        outbox: Where tickets wait.
        outlet: Where they go.
        clock: Tells what is due.
        receipts: Tells customers that their tickets arrived.
    """

    def __init__(self, outbox: Outbox, outlet: Outlet, clock: Clock, receipts: Outlet | None = None) -> None:
        self._outbox = outbox
        self._outlets = {Part.TICKET: outlet, Part.RECEIPT: receipts or KeepHere()}
        self._clock = clock

    def run_once(self) -> DispatchReport:
        """Try every ticket that is due, once.

        Raises:
            SQLAlchemyError: The database failed; leased tickets are tried again later.
        """
        started = self._clock.now()
        delivered = postponed = dead = 0
        while (leased := self._outbox.lease(started)) is not None:
            try:
                remote = self._outlets[leased.part].deliver(leased.ticket)
            except DeliveryError as error:
                final = isinstance(error, DeliveryRefusedError) or leased.attempt >= ATTEMPTS
                dead, postponed = dead + final, postponed + (not final)
                self._set_aside(leased, error) if final else self._postpone(leased, error)
            else:
                self._outbox.delivered(leased, self._clock.now(), remote)
                delivered += 1
        return DispatchReport(delivered, postponed, dead)

    def _postpone(self, leased: Leased, error: DeliveryError) -> None:
        wait = max(delay_after(leased.attempt), error.retry_after or timedelta(0))
        reference = leased.ticket.reference
        _log.warning("%s %s was not delivered: %s; next try in %s", leased.part, reference, error.reason, wait)
        self._outbox.postpone(leased, self._clock.now() + wait, error.reason)

    def _set_aside(self, leased: Leased, error: DeliveryError) -> None:
        _log.error(
            "%s %s is given up after %d tries: %s; see `kb outbox list`, then `kb outbox retry`",
            leased.part,
            leased.ticket.reference,
            leased.attempt,
            error.reason,
        )
        self._outbox.bury(leased, error.reason)


def delay_after(attempt: int) -> timedelta:
    """Return how long to wait after a failed try, counted from 1: doubled each time, up to six hours."""
    return min(FIRST_DELAY * (1 << min(attempt - 1, 20)), LONGEST_DELAY)


class OutboxWorker:
    """Runs a dispatcher in a thread of this process, and forgets old tickets.

    Args:
        dispatcher: What to run.
        forget: Forgets tickets that were delivered before the instant it is given.
        retention: How long delivered tickets are kept.
        interval_s: Seconds between rounds without a call of `wake`.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        clock: Clock,
        forget: Callable[[datetime], object],
        retention: timedelta,
        interval_s: float = 15.0,
    ) -> None:
        self._dispatcher = dispatcher
        self._clock = clock
        self._forget = forget
        self._retention = retention
        self._interval_s = interval_s
        self._due = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._forgotten_at: datetime | None = None

    def wake(self) -> None:
        """Deliver soon; starts the thread if it does not run in this process, as after a fork."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._ended.clear()
                self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
                self._thread.start()
        self._due.set()

    def ensure_running(self) -> None:
        """Start the thread if it does not run in this process."""
        if self._thread is None or not self._thread.is_alive():
            self.wake()

    def close(self) -> None:
        """End the thread after the delivery that it is at."""
        self._ended.set()
        self._due.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._due.clear()
            try:
                self._dispatcher.run_once()
                self._forget_daily()
            except Exception:  # noqa: BLE001 - the thread's edge: it must outlive any one ticket
                _log.exception("the outbox failed; it is tried again")
            self._due.wait(self._interval_s)

    def _forget_daily(self) -> None:
        now = self._clock.now()
        if self._forgotten_at is None or now - self._forgotten_at >= timedelta(days=1):
            self._forget(now - self._retention)
            self._forgotten_at = now
