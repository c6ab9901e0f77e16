"""Which figures a page is asked for: its query string, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from kb.errors import UserError
from kb.events import Channel
from kb.model import ArticleKey, Language
from kb.statistics.filters import FigureFilters, Grain
from kb.statistics.periods import Period, Window, parse_period

DEFAULT_PERIOD = "last-30-days"
LONGEST_PERIOD = 3_660
_EARLIEST = date(2000, 1, 1)
_MOST_DAYS, _MOST_DAYS_OF_WEEKS = 14, 120

E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for.

    Attributes:
        period_text: The period as it was written.
        is_refused: The period could not be read; the default stands in its place.
    """

    period_text: str
    period: Period
    window: Window
    filters: FigureFilters
    grain: Grain
    is_refused: bool = False

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the query string that asks for the same, for links to other pages and exports."""
        filters = self.filters
        given = {
            "period": self.period_text,
            "window": self.window.value,
            "grain": self.grain.value,
            "lang": filters.lang.value if filters.lang else "",
            "channel": filters.channel.value if filters.channel else "",
            "category": filters.category or "",
            "article": str(filters.article) if filters.article else "",
        }
        return {name: value for name, value in given.items() if value}


def read_selection(
    arguments: Mapping[str, str], today: date, window_hours: int, default_period: str = DEFAULT_PERIOD
) -> Selection:
    """Read a query string; what is not understood is left out, an unreadable period is said to be.

    Args:
        arguments: `period`, or `from` and `to`; `lang`, `channel`, `category` or `article`; `window`; `grain`.
        today: What "today" means, in UTC.
        window_hours: `Settings.deflection_window_hours`.
        default_period: Where none is given.
    """
    text = _period_text(arguments) or default_period
    try:
        period, is_refused = _sensible(parse_period(text, today)), False
    except (UserError, OverflowError):
        text, period, is_refused = default_period, parse_period(default_period, today), True
    return Selection(
        text,
        period,
        _member(Window, arguments.get("window")) or Window.of_hours(window_hours),
        _filters(arguments),
        _member(Grain, arguments.get("grain")) or _grain_for(period),
        is_refused,
    )


def _period_text(arguments: Mapping[str, str]) -> str:
    first, last = arguments.get("from", "").strip(), arguments.get("to", "").strip()
    if first or last:
        return f"{first or last}..{last or first}"
    return arguments.get("period", "").strip()


def _sensible(period: Period) -> Period:
    if period.length > LONGEST_PERIOD or period.first < _EARLIEST:
        raise UserError(f"The period {period} is too long or too long ago.")
    return period


def _filters(arguments: Mapping[str, str]) -> FigureFilters:
    article = _article(arguments.get("article", ""))
    return FigureFilters(
        lang=_member(Language, arguments.get("lang")),
        category=None if article else arguments.get("category") or None,
        article=article,
        channel=_member(Channel, arguments.get("channel")),
    )


def _article(text: str) -> ArticleKey | None:
    with suppress(ValueError):
        return ArticleKey.parse(text)
    return None


def _grain_for(period: Period) -> Grain:
    if period.length <= _MOST_DAYS:
        return Grain.DAY
    return Grain.WEEK if period.length <= _MOST_DAYS_OF_WEEKS else Grain.MONTH


def _member(kind: type[E], text: str | None) -> E | None:
    return next((member for member in kind if member.value == text), None)
