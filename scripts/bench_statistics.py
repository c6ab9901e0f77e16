"""Measures the event log and the statistics against what they must reach, on a database of its own.

* `python -m scripts.bench_statistics rollup --events 1000000`: append, roll up, and the dashboard's queries
* `python -m scripts.bench_statistics dashboard`: the same queries on the daily figures of 5,000,000 events
* `python -m scripts.bench_statistics append`: how long a page waits for one event
* `python -m scripts.bench_statistics sustain --seconds 600`: 200 events a second beside searches, nothing lost
* `python -m scripts.bench_statistics kill --rounds 50`: kill -9 of a recording process, nothing confirmed lost
* `python -m scripts.bench_statistics kill-server --rounds 50`: the same with the whole server under votes and tickets
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import Engine, delete, func, select

from kb.clock import SystemClock
from kb.events import Event
from kb.statistics.deflection import Dimension, deflection_by, deflection_over_time, deflection_range
from kb.statistics.feedback import reading_by_article, votes_by_revision
from kb.statistics.filters import FigureFilters
from kb.statistics.overview import overview
from kb.statistics.periods import Period, Window, day_number
from kb.statistics.rollups import roll_up
from kb.statistics.search_quality import disclosed_queries, search_quality_over_time
from kb.storage.database import open_database, reading, writing
from kb.storage.event_log import EventLog, append_many
from kb.storage.tables import journey_days, metadata
from scripts.simulation.crash import kill_again_and_again
from scripts.simulation.scenario import Scenario
from scripts.simulation.server_crash import kill_server_again_and_again
from scripts.simulation.sustained import Beside, sustain_events
from scripts.simulation.world import FIRST_DAY, simulate

SLOWER = 0.1
"""Share by which events may make a search slower."""

_PEOPLE_AT_ONCE = 5_000


@click.group()
def main() -> None:
    """Measure the event log and the statistics."""


@main.command("rollup")
@click.option("--events", "count", default=1_000_000, show_default=True)
@click.option("--days", default=90, show_default=True)
def rollup_command(count: int, days: int) -> None:
    """Append that many events over that many days, roll them up, and ask what a dashboard asks."""
    with _database() as engine:
        _fill(engine, count, days)
        _roll_up(engine)
        _ask(engine, Period(FIRST_DAY, FIRST_DAY + timedelta(days=days - 1)))


@main.command()
@click.option("--events", "count", default=220_000, show_default=True, help="Events of the first days.")
@click.option("--copies", default=22, show_default=True, help="Times that these days' figures are there in the end.")
def dashboard(count: int, copies: int) -> None:
    """Ask what a dashboard asks of the daily figures of 5,000,000 events: four dense days, and copies of them."""
    days = 4
    with _database() as engine:
        _fill(engine, count, days)
        _roll_up(engine)
        for table in (each for each in metadata.sorted_tables if each.name.endswith("_days") and "day" in each.c):
            names = [column.name for column in table.columns]
            with writing(engine) as connection:
                connection.execute(delete(table).where(~table.c.day.between(*_numbers(days))))  # late tickets' days
                for copy in range(1, copies):
                    later = [table.c.day + days * copy if name == "day" else table.c[name] for name in names]
                    original = select(*later).where(table.c.day.between(*_numbers(days)))
                    connection.execute(table.insert().from_select(names, original))
        with reading(engine) as connection:
            rows = connection.execute(select(func.count()).select_from(journey_days)).scalar_one()
        click.echo(f"figures of {count * copies} events, {rows} rows of journeys")
        _ask(engine, Period(FIRST_DAY, FIRST_DAY + timedelta(days=days * copies - 1)))


@main.command()
@click.option("--number", default=2_000, show_default=True)
def append(number: int) -> None:
    """Measure how long a page waits for one event, by kind."""
    with _database() as engine:
        log = EventLog(engine)
        waits: dict[str, list[float]] = {}
        for event in _world(1, 30)[:number]:
            started = time.perf_counter()
            log.append(event)
            waits.setdefault(type(event).__name__, []).append(1000 * (time.perf_counter() - started))
        log.close()
        for kind, times in sorted(waits.items()):
            ordered = sorted(times)
            p95 = ordered[int(0.95 * (len(ordered) - 1))]
            click.echo(f"{kind:18} median {statistics.median(times):6.3f} ms, p95 {p95:6.3f} ms, n {len(times)}")


@main.command()
@click.option("--rate", default=200, show_default=True, help="Events a second.")
@click.option("--seconds", default=600, show_default=True, help="Length of all blocks with events together.")
@click.option("--block", default=30, show_default=True, help="Seconds of a block with events; others are half as long.")
@click.pass_context
def sustain(context: click.Context, rate: int, seconds: int, block: int) -> None:
    """Search through the server without and with events; exits with 1 if one is lost or searching gets 10 % slower."""
    with tempfile.TemporaryDirectory(prefix="dalil-sustain-") as directory:
        found = sustain_events(Path(directory), rate, seconds, block)
    click.echo(f"{found.rate:.1f} events/s for {found.seconds:.0f} s: {found.accepted} taken, {found.stored} stored")
    for beside, latency in found.latencies.items():
        click.echo(f"a search {beside}: p50 {latency.p50:.1f} ms, p95 {latency.p95:.1f} ms")
    click.echo(f"p95 {found.slower(Beside.NOTHING):+.1%}, of which recording {found.slower(Beside.UNRECORDED):+.1%}")
    lost = found.stored != found.accepted or found.rate < 0.99 * rate
    context.exit(1 if lost or found.slower(Beside.NOTHING) > SLOWER else 0)


@main.command()
@click.option("--rounds", default=50, show_default=True)
@click.pass_context
def kill(context: click.Context, rounds: int) -> None:
    """Kill a recording process again and again; exits with 1 if anything confirmed is lost or doubled."""
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{Path(directory) / 'log.db'}"
        report = kill_again_and_again(url, rounds, random.Random(rounds))  # noqa: S311 - a simulation
    click.echo(f"{report}")
    context.exit(1 if report.lost or report.doubled else 0)


@main.command("kill-server")
@click.option("--rounds", default=50, show_default=True)
@click.pass_context
def kill_server(context: click.Context, rounds: int) -> None:
    """Kill `kb serve` under votes and tickets; exits with 1 if any is lost, doubled, or never delivered."""
    with tempfile.TemporaryDirectory(prefix="dalil-kill-") as directory:
        report = kill_server_again_and_again(Path(directory), rounds, random.Random(rounds))  # noqa: S311 - a simulation
    click.echo(f"{report}")
    context.exit(1 if report.faults else 0)


@contextmanager
def _database() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as directory:
        engine = open_database(f"sqlite:///{Path(directory) / 'log.db'}")
        yield engine
        engine.dispose()


def _world(seed: int, days: int) -> list[Event]:
    world = simulate(Scenario(people=_PEOPLE_AT_ONCE), random.Random(seed), days)  # noqa: S311 - a simulation
    return list(world.events)


def _numbers(days: int) -> tuple[int, int]:
    return day_number(FIRST_DAY), day_number(FIRST_DAY) + days - 1


def _fill(engine: Engine, count: int, days: int) -> None:
    started, appended = time.perf_counter(), 0
    for seed in range(count):
        if appended >= count:
            break
        batch = _world(seed, days)[: count - appended]
        append_many(engine, batch)
        appended += len(batch)
    click.echo(f"{appended} events simulated and appended in {time.perf_counter() - started:.0f} s")


def _roll_up(engine: Engine) -> None:
    wall, processor = time.perf_counter(), time.process_time()
    report = roll_up(engine, SystemClock())
    took, worked = time.perf_counter() - wall, time.process_time() - processor
    click.echo(f"rolled up in {took:.1f} s ({worked:.1f} s of processor): {report}")


def _ask(engine: Engine, period: Period) -> None:
    everything, some = FigureFilters(), FigureFilters(category="orders")
    questions: dict[str, Callable[[], object]] = {
        "overview": lambda: overview(engine, period, Window.H72, everything),
        "overview of a category": lambda: overview(engine, period, Window.H72, some),
        "deflection range": lambda: deflection_range(engine, period, Window.H72, everything),
        "deflection over time": lambda: deflection_over_time(engine, period, Window.H72, everything),
        "deflection by article": lambda: deflection_by(engine, period, Window.H72, everything, Dimension.ARTICLE),
        "search over time": lambda: search_quality_over_time(engine, period, everything),
        "disclosed queries": lambda: disclosed_queries(engine, period, everything, k=5),
        "articles": lambda: reading_by_article(engine, period, everything),
        "votes": lambda: votes_by_revision(engine, period, everything),
    }
    for name, ask in questions.items():
        waits, worked = [], []
        for _ in range(5):
            started, processor = time.perf_counter(), time.process_time()
            ask()
            waits.append(1000 * (time.perf_counter() - started))
            worked.append(1000 * (time.process_time() - processor))
        click.echo(
            f"{name:24} median {statistics.median(waits):6.0f} ms, first {waits[0]:6.0f} ms, "
            f"{statistics.median(worked):5.0f} ms of processor"
        )


if __name__ == "__main__":
    main()
