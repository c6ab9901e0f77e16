"""Measures what slow clients cost the others: `python -m scripts.bench_slow_clients --clients 500 --seconds 60`.

Searches at a steady pace, in alternating blocks alone and beside the clients; meanwhile asks whether the process lives.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

import click
import requests

from indexer.articles.loading import load_tree
from kb.settings import load_settings
from scripts.simulation.serving import Meaning, build_index, serving
from scripts.simulation.slow_clients import Habit, SlowClients
from scripts.simulation.sustained import Searcher, questions_of
from search.judging.evaluation import percentile

SEARCHES_PER_SECOND = 10
HEALTH_LIMIT_S = 120.0


@click.command()
@click.option("--clients", default=500, show_default=True)
@click.option("--seconds", default=30, show_default=True, help="Length of one block.")
@click.option("--blocks", default=3, show_default=True, help="Blocks of each kind.")
@click.option("--pause", default=2.0, show_default=True, help="Seconds between two pieces of what a client sends.")
@click.option(
    "--habit",
    "names",
    multiple=True,
    type=click.Choice([each.name.lower() for each in Habit]),
    help="Of these together; without: each alone, then all.",
)
def main(clients: int, seconds: int, blocks: int, pause: float, names: tuple[str, ...]) -> None:
    """Print how long searches take, alone and beside slow clients of each habit and of all."""
    chosen = tuple(Habit[name.upper()] for name in names)
    rounds = [chosen] if chosen else [*((each,) for each in Habit), tuple(Habit)]
    settings = load_settings()
    questions = cycle(questions_of(load_tree(settings.articles_dir).articles))
    with tempfile.TemporaryDirectory() as directory:
        build_index(settings.model_copy(update={"var_dir": Path(directory)}), Meaning.WITH_VECTORS)
        with serving(Path(directory), {"KB_API_REQUESTS_PER_MINUTE": "0", "KB_FORMS_PER_MINUTE": "0"}) as (server, _):
            searcher = Searcher(server.address)
            searcher.for_a_while(list(islice(questions, SEARCHES_PER_SECOND * 5)))
            for kinds in rounds:
                _compare(server.address, searcher, questions, kinds, clients, seconds, blocks, pause)


def _compare(
    address: str,
    searcher: Searcher,
    questions: Iterator[tuple[str, str]],
    kinds: tuple[Habit, ...],
    clients: int,
    seconds: int,
    blocks: int,
    pause: float,
) -> None:
    alone, beside, slowest, answers = [], [], 0.0, {}
    for _ in range(blocks):
        alone.append(searcher.for_a_while(list(islice(questions, SEARCHES_PER_SECOND * seconds))))
        with SlowClients(int(address.rsplit(":", 1)[1]), kinds, clients, pause) as crowd, _asking(address) as health:
            beside.append(searcher.for_a_while(list(islice(questions, SEARCHES_PER_SECOND * seconds))))
            answers = dict(crowd.answers())
        slowest = max(slowest, *health)
    before, after = (statistics.median(percentile(each, 95) for each in times) for times in (alone, beside))
    halves = [statistics.median(statistics.median(each) for each in times) for times in (alone, beside)]
    print(f"{clients} × {' / '.join(kinds) if len(kinds) == 1 else 'all of these'}")
    print(
        f"  alone  p50 {halves[0]:.1f} p95 {before:.1f} ms    beside p50 {halves[1]:.1f} p95 {after:.1f} ms"
        f"    {100 * (after / before - 1):+.1f} %    slowest healthz {1000 * slowest:.0f} ms    {answers}"
    )


@contextmanager
def _asking(address: str) -> Iterator[list[float]]:
    """Ask twice a second whether the process lives, and collect how long each answer took."""
    times, stop = [0.0], threading.Event()

    def ask() -> None:
        while not stop.wait(0.5):
            started = time.monotonic()
            requests.get(f"{address}/healthz", timeout=HEALTH_LIMIT_S)
            times.append(time.monotonic() - started)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield times
    finally:
        stop.set()
        asking.join()


if __name__ == "__main__":
    main()
