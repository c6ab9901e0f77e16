"""Brings waiting tickets to the outlet: one after the other, later again if it fails, by a thread of the server."""

from __future__ import annotations

import logging
import os
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kb.clock import Clock
from kb.contact.delivery import DeliveryError, DeliveryRefusedError, DeliverySkippedError, KeepHere, Outlet
from kb.contact.model import DeliveryState, Part
from kb.contact.outbox import Leased, Outbox

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
    skipped: int = 0


class Dispatcher:
    """Delivers whatever is due; whatever goes wrong with one ticket is a failed try of that ticket alone.

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

    def run_once(self, is_ended: Callable[[], bool] = lambda: False) -> DispatchReport:
        """Try every ticket that is due, once.

        Args:
            is_ended: Asked before each delivery; True leaves the rest for later.

        Raises:
            SQLAlchemyError: The database failed; leased tickets are tried again later.
        """
        started = self._clock.now()
        done: Counter[DeliveryState] = Counter()
        while not is_ended() and (leased := self._outbox.lease(self._clock.now(), started)) is not None:
            done[self._try(leased)] += 1
        return DispatchReport(
            done[DeliveryState.DELIVERED],
            done[DeliveryState.WAITING],
            done[DeliveryState.DEAD],
            done[DeliveryState.SKIPPED],
        )

    def _try(self, leased: Leased) -> DeliveryState:
        try:
            remote = self._deliver(leased)
        except DeliverySkippedError as error:
            return self._skip(leased, error)
        except DeliveryError as error:
            return self._fail(leased, error)
        except Exception as error:  # noqa: BLE001 - the ticket's edge: others must not wait for this one
            # Neither the message nor the values in the frames may be logged: they are the customer's.
            trace = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s in the delivery of %s %s\n%s", type(error).__name__, leased.part, leased.reference, trace)
            return self._fail(leased, DeliveryError(f"a fault of Dalil: {type(error).__name__} in {_place_of(error)}"))
        self._outbox.delivered(leased, self._clock.now(), remote)
        return DeliveryState.DELIVERED

    def _deliver(self, leased: Leased) -> str:
        if leased.attempt > ATTEMPTS:  # each of them ended its process before it could be counted as failed
            raise DeliveryRefusedError(f"{leased.attempt - 1} deliveries were cut short")
        return self._outlets[leased.part].deliver(self._outbox.ticket(leased))

    def _skip(self, leased: Leased, error: DeliveryError) -> DeliveryState:
        _log.info("%s %s is not sent: %s", leased.part, leased.reference, error.reason)
        self._outbox.skip(leased, error.reason)
        return DeliveryState.SKIPPED

    def _fail(self, leased: Leased, error: DeliveryError) -> DeliveryState:
        if isinstance(error, DeliveryRefusedError) or leased.attempt >= ATTEMPTS:
            _log.error(
                "%s %s is given up after %d tries: %s; see `kb outbox list`, then `kb outbox retry`",
                leased.part,
                leased.reference,
                leased.attempt,
                error.reason,
            )
            self._outbox.bury(leased, error.reason)
            return DeliveryState.DEAD
        wait = max(delay_after(leased.attempt), error.retry_after or timedelta(0))
        _log.warning("%s %s was not delivered: %s; next try in %s", leased.part, leased.reference, error.reason, wait)
        self._outbox.postpone(leased, self._clock.now(), wait, error.reason)
        return DeliveryState.WAITING


def _place_of(error: Exception) -> str:
    """Return the last line of our own code that an exception came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{os.sep}kb{os.sep}" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "an unknown place"


def delay_after(attempt: int) -> timedelta:
    """Return how long to wait after a failed try, counted from 1: doubled each time, up to six hours."""
    return min(FIRST_DELAY * (1 << min(attempt - 1, 20)), LONGEST_DELAY)


class OutboxWorker:
    """Runs a dispatcher in a thread of this process, and forgets old tickets.

    Args:
        dispatcher: What to run.
        forget: Forgets what has been kept long enough at the instant it is given.
        interval_s: Seconds between rounds without a call of `wake`.
    """

    def __init__(
        self, dispatcher: Dispatcher, clock: Clock, forget: Callable[[datetime], object], interval_s: float = 15.0
    ) -> None:
        self._dispatcher = dispatcher
        self._clock = clock
        self._forget = forget
        self._interval_s = interval_s
        self._due = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._forgotten_at: datetime | None = None

    def start(self) -> None:
        """Deliver in a thread of its own from now on, until `close`."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Deliver soon, where the thread runs."""
        self._due.set()

    def close(self) -> None:
        """End the thread after the delivery that it is at."""
        self._ended.set()
        self._due.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._due.clear()
            self._guarded(lambda: self._dispatcher.run_once(self._ended.is_set))
            self._guarded(self._forget_daily)
            self._due.wait(self._interval_s)

    def _guarded(self, do: Callable[[], object]) -> None:
        try:
            do()
        except Exception:  # noqa: BLE001 - the thread's edge: deliveries and forgetting outlive each other's faults
            _log.exception("the outbox failed; it is tried again")

    def _forget_daily(self) -> None:
        now = self._clock.now()
        # A clock that was set back must not put forgetting off until it has caught up.
        if self._forgotten_at is None or abs(now - self._forgotten_at) >= timedelta(days=1):
            self._forget(now)
            self._forgotten_at = now
