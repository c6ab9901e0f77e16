"""What figures are limited to, and how days are grouped; shared by all queries of the statistics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Table
from sqlalchemy.sql import ColumnElement

from kb.errors import UserError
from kb.events import Channel
from kb.model import ArticleKey, Language
from kb.statistics.periods import Period, day_number
from kb.storage.tables import journey_days


class Scope(StrEnum):
    """What a row of `journey_days` counts: all journeys, or those that opened a category or an article."""

    ALL = "all"
    CATEGORY = "category"
    ARTICLE = "article"


class Grain(StrEnum):
    """How many days one point of a curve stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class FigureFilters:
    """What figures are limited to; every given condition must hold.

    Attributes:
        lang: Language of the reader's page (of the journey's first page).
        category: Journeys that opened an article of this category.
        article: Journeys that opened this article; not together with `category`.
        channel: Where it happened: site, widget, API.
    """

    lang: Language | None = None
    category: str | None = None
    article: ArticleKey | None = None
    channel: Channel | None = None

    def __post_init__(self) -> None:
        if self.category is not None and self.article is not None:
            raise UserError("Choose a category or an article, not both.")

    @property
    def scope(self) -> tuple[Scope, str]:
        """Return the scope and its value, as `journey_days` has them."""
        if self.article is not None:
            return Scope.ARTICLE, str(self.article)
        if self.category is not None:
            return Scope.CATEGORY, self.category
        return Scope.ALL, ""


def journey_conditions(period: Period, filters: FigureFilters) -> list[ColumnElement[bool]]:
    """Return the conditions on `journey_days`."""
    scope, value = filters.scope
    return [
        journey_days.c.scope == scope.value,
        journey_days.c.value == value,
        *day_conditions(journey_days, period, filters),
    ]


def day_conditions(table: Table, period: Period, filters: FigureFilters) -> list[ColumnElement[bool]]:
    """Return the conditions on the day, and on language and channel where the table has them."""
    conditions: list[ColumnElement[bool]] = [table.c.day.between(day_number(period.first), day_number(period.last))]
    if filters.lang is not None and "lang" in table.c:
        conditions.append(table.c.lang == filters.lang.value)
    if filters.channel is not None and "channel" in table.c:
        conditions.append(table.c.channel == filters.channel.value)
    return conditions


def bucket_of(day: date, grain: Grain) -> date:
    """Return the first day of the day, week (from Monday) or month that a day belongs to."""
    if grain is Grain.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain is Grain.MONTH else day
