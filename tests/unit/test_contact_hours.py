"""Opening hours: how they are read, and what they say at an instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.contact.hours import DAYS, Hours, parse_hours, state_at

RIYADH = ZoneInfo("Asia/Riyadh")
BERLIN = ZoneInfo("Europe/Berlin")
SHOP = parse_hours("sat-thu 09:00-21:00, fri 14:00-23:00")


def riyadh(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant of November 2026; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=RIYADH)


@pytest.mark.parametrize(
    ("instant", "is_open", "changes"),
    [
        (riyadh(19, 20, 59), True, riyadh(19, 21)),
        (riyadh(19, 21), False, riyadh(20, 14)),
        (riyadh(20, 9), False, riyadh(20, 14)),
        (riyadh(20, 14), True, riyadh(20, 23)),
        (riyadh(20, 23, 30), False, riyadh(21, 9)),
    ],
)
def test_a_week_opens_and_closes_as_written(instant: datetime, is_open: bool, changes: datetime) -> None:
    state = state_at(SHOP, instant.astimezone(UTC), RIYADH)

    assert (state.is_open, state.changes) == (is_open, changes)


def test_no_hours_at_all_mean_always() -> None:
    state = state_at(parse_hours(""), riyadh(20, 3), RIYADH)

    assert (state.is_open, state.changes) == (True, None)


def test_hours_that_run_through_midnight_do_not_close_there() -> None:
    night = parse_hours("thu 20:00-24:00, fri 00:00-02:00")

    assert state_at(night, riyadh(19, 22), RIYADH).changes == riyadh(20, 2)


def test_all_day_every_day_never_changes() -> None:
    state = state_at(parse_hours("mon-sun 00:00-24:00"), riyadh(20, 3), RIYADH)

    assert (state.is_open, state.changes) == (True, None)


def test_hours_follow_the_wall_clock_when_it_is_set_back() -> None:
    hours = parse_hours("mon-sun 09:00-17:00")
    before = datetime(2026, 10, 24, 18, tzinfo=BERLIN)

    assert state_at(hours, before, BERLIN).changes == datetime(2026, 10, 25, 9, tzinfo=BERLIN)


@pytest.mark.parametrize(
    "text",
    ["sat 9:00-17:00", "sat", "foo 09:00-17:00", "sat 17:00-09:00", "sat 09:00-25:00", "sat 09:60-17:00",
     "sat 09:00-12:00, sat 11:00-13:00", "sat-thu"],
)  # fmt: skip
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write hours as|must end after|not a time of day|overlap"):
        parse_hours(text)


@given(
    st.lists(st.tuples(st.sampled_from(DAYS), st.integers(0, 23)), max_size=5, unique_by=lambda each: each[0]),
    st.integers(0, 20_000),
)
def test_what_is_promised_for_the_next_change_comes_true(days: list[tuple[str, int]], minutes: int) -> None:
    hours: Hours = parse_hours(", ".join(f"{day} {hour:02}:00-{hour:02}:45" for day, hour in days))
    now = riyadh(1, 0) + timedelta(minutes=minutes)

    state = state_at(hours, now, RIYADH)

    if state.changes is not None:
        assert state.changes > now
        assert state_at(hours, state.changes, RIYADH).is_open is not state.is_open
        assert state_at(hours, state.changes - timedelta(minutes=1), RIYADH).is_open is state.is_open
