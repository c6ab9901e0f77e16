"""A process killed with -9 takes nothing along that was confirmed."""

import random
from pathlib import Path

from scripts.simulation.crash import kill_again_and_again


def test_ten_kills_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    report = kill_again_and_again(f"sqlite:///{tmp_path / 'log.db'}", 10, random.Random(1))

    assert report.acknowledged >= 20
    assert (report.lost, report.doubled) == (0, 0)
