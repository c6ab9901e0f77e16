"""A process killed with -9 takes nothing along that was confirmed."""

import random
from pathlib import Path

import pytest

from scripts.simulation.crash import kill_again_and_again
from scripts.simulation.server_crash import kill_server_again_and_again


def test_ten_kills_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    report = kill_again_and_again(f"sqlite:///{tmp_path / 'log.db'}", 10, random.Random(1))

    assert report.acknowledged >= 20
    assert (report.lost, report.doubled) == (0, 0)


@pytest.mark.slow
def test_killing_the_server_loses_and_doubles_nothing_and_every_ticket_arrives(tmp_path: Path) -> None:
    report = kill_server_again_and_again(tmp_path, 2, random.Random(1))

    assert min(report.votes, report.tickets) >= 2
    assert report.deliveries >= report.tickets
    assert report.faults == 0, report
