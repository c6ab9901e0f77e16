"""Breaks the product on purpose and prints what it counted: ``python -m scripts.bench_faults``.

Every part works on this machine alone (loopback, directories of its own, which are removed) and ends by itself.

* `python -m scripts.bench_faults`: the whole run, about an hour on two cores
* `python -m scripts.bench_faults --share 0.01`: a hundredth of it, as continuous integration does
* `python -m scripts.bench_faults --part "kill servers" --part flips`: some parts

Exits with 1 if any part found a fault.
"""

from __future__ import annotations

import logging
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from scripts.faults.bits import flip_bits
from scripts.faults.clocks import step_clocks
from scripts.faults.disks import spoil_disks
from scripts.faults.fuzz import fuzz_requests
from scripts.faults.kills import kill_builders, kill_databases, kill_dispatchers, kill_servers
from scripts.faults.markup import run_markup
from scripts.faults.report import Part, Task
from scripts.faults.slow import serve_slow_clients

PARTS: Final[Mapping[str, Part]] = {
    "kill builders": kill_builders,
    "kill dispatchers": kill_dispatchers,
    "kill databases": kill_databases,
    "kill servers": kill_servers,
    "flip bits": flip_bits,
    "spoil disks": spoil_disks,
    "step clocks": step_clocks,
    "fuzz requests": fuzz_requests,
    "run markup": run_markup,
    "serve slow clients": serve_slow_clients,
}
SEED: Final = 20


@click.command()
@click.option("--share", type=click.FloatRange(0, 1, min_open=True), default=1.0, show_default=True)
@click.option(
    "--part", "names", type=click.Choice(tuple(PARTS)), multiple=True, help="Only this part; may be repeated."
)
@click.option("--seed", default=SEED, show_default=True)
def main(share: float, names: tuple[str, ...], seed: int) -> None:
    """Break what can be broken, and count."""
    logging.getLogger().addHandler(logging.NullHandler())  # what the parts provoke fills screens
    found = 0
    for name in names or PARTS:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="dalil-faults-") as directory:
            report = PARTS[name](Task(Path(directory), share, random.Random(f"{seed} {name}")))  # noqa: S311 - repeatable
        for line in report.lines(name):
            click.echo(line)
        click.echo(f"    {time.monotonic() - started:.0f} s")
        found += len(report.faults)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
