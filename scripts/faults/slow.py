"""Serves hundreds of clients that take their time, of every habit, beside somebody who searches."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice

import requests

from indexer.articles.loading import load_tree
from scripts.faults.report import Report, Task
from scripts.faults.site import settings_for
from scripts.simulation.serving import Meaning, build_index, serving
from scripts.simulation.slow_clients import Habit, SlowClients
from scripts.simulation.sustained import Searcher, questions_of
from search.judging.evaluation import percentile

CLIENTS, FEWEST_CLIENTS = 500, 100
SECONDS = 20
SEARCHES_PER_SECOND = 10
SLOWER = 0.2
"""Share by which slow clients may make a search slower at the 95th percentile; judged in whole runs only."""

LONGEST_HEALTH_S = 1.0


def serve_slow_clients(task: Task) -> Report:
    """Search alone and beside slow clients, in turns; meanwhile ask whether the process lives."""
    settings = settings_for(task.directory)
    build_index(settings, Meaning.WORDS_ONLY)
    questions = cycle(questions_of(load_tree(settings.articles_dir).articles))
    clients = max(FEWEST_CLIENTS, task.times(CLIENTS))
    seconds, blocks = (SECONDS, 3) if task.share == 1 else (5, 1)
    unlimited = {"KB_API_REQUESTS_PER_MINUTE": "0", "KB_FORMS_PER_MINUTE": "0", "KB_EVENTS_PER_MINUTE": "0"}
    alone, beside = [], []
    with serving(task.directory, unlimited | {"KB_EMBEDDING_MODEL": settings.embedding_model}) as (server, _):
        searcher = Searcher(server.address)

        def search() -> tuple[float, ...]:
            return searcher.for_a_while(list(islice(questions, SEARCHES_PER_SECOND * seconds)))

        search()
        health: list[float] = []
        for _ in range(blocks):
            alone.append(search())
            port = int(server.address.rsplit(":", 1)[1])
            with SlowClients(port, tuple(Habit), clients, 2.0), _asking(server.address, health):
                beside.append(search())
    before, after = (statistics.median(percentile(each, 95) for each in times) for times in (alone, beside))
    faults = []
    if max(health) > LONGEST_HEALTH_S:
        faults.append(f"/healthz took {max(health):.1f} s")
    if task.share == 1 and after > before * (1 + SLOWER):
        faults.append(f"a search's p95 rose from {before:.1f} to {after:.1f} ms")
    told = {"clients": clients, "p95 alone (ms)": round(before, 1), "p95 beside (ms)": round(after, 1)}
    return Report(told | {"slowest /healthz (ms)": round(1000 * max(health))}, tuple(faults))


@contextmanager
def _asking(address: str, took_s: list[float]) -> Iterator[None]:
    stop = threading.Event()

    def ask() -> None:
        while True:
            started = time.monotonic()
            requests.get(f"{address}/healthz", timeout=60)
            took_s.append(time.monotonic() - started)
            if stop.wait(0.5):
                return

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield
    finally:
        stop.set()
        asking.join()
