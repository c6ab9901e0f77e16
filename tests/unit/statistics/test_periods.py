"""Periods and windows."""

from datetime import UTC, date, datetime

import pytest

from kb.errors import UserError
from kb.statistics.periods import Period, Window, closes_at, day_number, day_of_number, parse_period

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", TODAY, TODAY),
        ("yesterday", date(2026, 11, 20), date(2026, 11, 20)),
        ("last-7-days", date(2026, 11, 15), TODAY),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-11-21", TODAY, TODAY),
        (" 2026-11-01..2026-11-15 ", date(2026, 11, 1), date(2026, 11, 15)),
    ],
)
def test_periods_are_read(text: str, first: date, last: date) -> None:
    assert parse_period(text, TODAY) == Period(first, last)


@pytest.mark.parametrize("text", ["", "soon", "last-0-days", "2026-13", "2026-W60", "2026-11-02..2026-11-01", "1..2"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse_period(text, TODAY)


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    assert Period(date(2026, 11, 8), date(2026, 11, 14)).previous() == Period(date(2026, 11, 1), date(2026, 11, 7))


def test_a_period_closes_when_the_window_of_its_last_moment_has_passed() -> None:
    assert closes_at(Period(TODAY, TODAY), Window.H72) == datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(("hours", "window"), [(24, Window.H24), (72, Window.H72), (168, Window.D7)])
def test_windows_are_found_by_their_hours(hours: int, window: Window) -> None:
    assert Window.of_hours(hours) is window


def test_day_numbers_go_both_ways() -> None:
    assert day_of_number(day_number(TODAY)) == TODAY
    assert day_number(date(1970, 1, 1)) == 0
