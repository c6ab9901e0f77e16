"""Articles that changed most since the period before: in how often readers turn to support after them, and in views."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from kb.model import ArticleKey
from kb.statistics.feedback import ArticleReading, reading_by_article
from kb.statistics.filters import FigureFilters
from kb.statistics.intervals import MINIMUM_SAMPLE, Interval, newcombe
from kb.statistics.periods import Period


@dataclass(frozen=True, slots=True)
class Mover:
    """One article in a period and in the period before."""

    article: ArticleKey
    before: ArticleReading
    now: ArticleReading

    @property
    def change(self) -> Interval | None:
        """Return the 95 % interval of the change of contact-after-read; None under 30 journeys in either period."""
        if min(self.before.journeys, self.now.journeys) < MINIMUM_SAMPLE:
            return None
        return newcombe(self.now.contact_after_read, self.before.contact_after_read)

    @property
    def certain_change(self) -> float:
        """Return the least change that the interval allows, in the direction of the change; 0 if it allows none."""
        if self.change is None or 0 in self.change:
            return 0.0
        return min(self.change.low, self.change.high, key=abs)


def top_movers(engine: Engine, period: Period, filters: FigureFilters, limit: int = 10) -> tuple[Mover, ...]:
    """Return the articles that moved most, surest changes of contact-after-read first, then changes of views."""
    before = {each.article: each for each in reading_by_article(engine, period.previous(), filters)}
    now = {each.article: each for each in reading_by_article(engine, period, filters)}
    movers = [
        Mover(key, before.get(key, ArticleReading(key, 0, 0, 0)), now.get(key, ArticleReading(key, 0, 0, 0)))
        for key in before.keys() | now.keys()
    ]
    movers.sort(key=lambda each: (-abs(each.certain_change), -abs(each.now.views - each.before.views), each.article))
    return tuple(movers[:limit])
