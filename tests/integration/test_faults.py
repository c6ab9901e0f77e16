"""Small runs of the fault bench; `python -m scripts.bench_faults` is the whole."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scripts.bench_faults import PARTS, SEED
from scripts.faults.report import Report, Task

# Servers, databases and slow clients are killed and kept waiting by tests of their own.
HERE = ("kill builders", "kill dispatchers", "step clocks", "spoil disks", "fuzz requests")


@pytest.mark.slow
@pytest.mark.parametrize("name", HERE)
def test_nothing_breaks_in_a_small_run(tmp_path: Path, name: str) -> None:
    report = PARTS[name](Task(tmp_path, 0.005, random.Random(f"{SEED} {name}")))

    assert report.faults == ()
    assert report.counts


def test_a_part_that_finds_a_fault_says_so() -> None:
    lines = Report({"kills": 3}, tuple(f"vote {each} is gone" for each in range(20))).lines("kill servers")

    assert lines[0] == "kill servers: kills 3; 20 faults"
    assert lines[-1].endswith("and 8 more faults")
