"""The day that dates of articles are compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from kb.clock import day_in

LATE = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2026, 11, 20)),
        ("Asia/Riyadh", date(2026, 11, 21)),
        ("Africa/Cairo", date(2026, 11, 20)),
        ("Asia/Dubai", date(2026, 11, 21)),
        ("America/New_York", date(2026, 11, 20)),
        ("Pacific/Kiritimati", date(2026, 11, 21)),
    ],
)
def test_a_day_is_that_of_the_zone(zone: str, day: date) -> None:
    assert day_in(zone, LATE) == day
    assert day_in(zone, LATE.astimezone(timezone(timedelta(hours=-9)))) == day


def test_a_day_begins_at_midnight_of_the_zone_also_when_clocks_change() -> None:
    midnight = datetime(2026, 4, 23, 22, 0, tzinfo=UTC)  # Egypt: summer time begins in the night to 24 April 2026
    assert day_in("Africa/Cairo", midnight - timedelta(microseconds=1)) == date(2026, 4, 23)
    assert day_in("Africa/Cairo", midnight) == date(2026, 4, 24)
