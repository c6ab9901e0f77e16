"""Signed values that know their age, by a clock that people and machines set."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from kb.clock import FixedClock
from kb.storage.generations import GenerationStore
from tests.web.reader_site import open_site
from web.signing import SigningFault, read_fresh, sign_for_a_while

HOUR = timedelta(hours=1)


@pytest.fixture
def app(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> Flask:
    return open_site(store, tmp_path, clock).app


@pytest.mark.parametrize("shift", [timedelta(0), -timedelta(seconds=1), -timedelta(minutes=50), timedelta(minutes=59)])
def test_a_clock_that_steps_back_refuses_nothing(app: Flask, clock: FixedClock, shift: timedelta) -> None:
    with app.test_request_context():
        signed = sign_for_a_while("test", "a", "b")
        clock.instant += shift
        assert read_fresh("test", signed, HOUR) == ("a", "b")


@pytest.mark.parametrize("shift", [timedelta(hours=1, seconds=2), -timedelta(hours=2)])
def test_what_is_too_old_or_from_far_ahead_is_stale(app: Flask, clock: FixedClock, shift: timedelta) -> None:
    with app.test_request_context():
        signed = sign_for_a_while("test", "a")
        clock.instant += shift
        assert read_fresh("test", signed, HOUR) is SigningFault.STALE


def test_forged_ones_stay_forged(app: Flask) -> None:
    with app.test_request_context():
        signed = sign_for_a_while("test", "a")
        assert read_fresh("other", signed, HOUR) is SigningFault.FORGED
        assert read_fresh("test", signed[:-1], HOUR) is SigningFault.FORGED
