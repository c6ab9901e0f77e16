"""Fixtures that every kind of test may use."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.clock import FixedClock
from tests.templates import share_templates

share_templates()

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at noon of 21 November 2026."""
    return FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))


@pytest.fixture
def shared() -> Path:
    """The open sets beside the checkout; skips where they are not."""
    if not SHARED.is_dir():
        pytest.skip("the open sets are not beside this checkout")
    return SHARED
