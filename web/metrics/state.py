"""What is true at the moment of asking: the event log, the queue of tickets, the index."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from kb.contact.outbox import Outbox
from kb.errors import OperatorError
from kb.results import Degradation
from web.services import Services

_log = logging.getLogger(__name__)


class State(Collector):
    """Looks at the services when it is asked."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> Iterator[Metric]:
        """Return nothing, so that registering asks nobody."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield every figure that can be had; what is out of order is said to be."""
        yield from self._events()
        yield from self._database()
        yield from self._index()

    def _events(self) -> Iterator[Metric]:
        worker, health = str(os.getpid()), self._services.event_log.health
        events = CounterMetricFamily(
            "dalil_events", "Events of readers, by what became of them.", labels=("result", "worker")
        )
        for result in ("stored", "dropped", "failed"):
            events.add_metric((result, worker), getattr(health, result))
        yield events
        waiting = GaugeMetricFamily("dalil_events_waiting", "Events that wait to be written.", labels=("worker",))
        waiting.add_metric((worker,), health.waiting)
        yield waiting

    def _database(self) -> Iterator[Metric]:
        try:
            counts = Outbox(self._services.engine).counts()
        except SQLAlchemyError:
            _log.warning("the queue of tickets cannot be counted", exc_info=True)
            yield GaugeMetricFamily("dalil_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("dalil_database_up", "Whether the database answers.", value=1)
        tickets = GaugeMetricFamily(
            "dalil_outbox_tickets", "Tickets by where their delivery stands.", labels=("state",)
        )
        for state, count in counts.items():
            tickets.add_metric((state.value,), count)
        yield tickets

    def _index(self) -> Iterator[Metric]:
        try:
            snapshot = self._services.snapshots.current()
        except OperatorError:
            yield GaugeMetricFamily("dalil_index_up", "Whether there is an index to answer from.", value=0)
            return
        yield GaugeMetricFamily("dalil_index_up", "Whether there is an index to answer from.", value=1)
        age = (self._services.clock.now() - snapshot.created).total_seconds()
        yield GaugeMetricFamily("dalil_index_age_seconds", "Time since the index was built.", value=max(0.0, age))
        degraded = GaugeMetricFamily(
            "dalil_search_degraded", "Whether a part of the search is out of order.", labels=("part",)
        )
        stale = {Degradation.CURATION} if self._services.curation.rules().stale else set()
        for part in Degradation:
            degraded.add_metric((part.value,), float(part in stale.union(snapshot.degraded)))
        yield degraded
