"""Figures in the reader's language: numbers, ranges, names, definitions."""

from __future__ import annotations

from flask_babel import lazy_gettext

from kb.events import Channel
from kb.model import ArticleKey, Language
from kb.statistics.catalogue import Unit
from kb.statistics.filters import Grain
from kb.statistics.intervals import Interval
from kb.statistics.journeys import Outcome
from kb.statistics.operations import AnnotationKind
from kb.statistics.overview import Figure
from kb.statistics.periods import Window
from web.i18n import current_language, gettext, ngettext, number
from web.services import content

# A minus sign before a number stays there in Arabic only inside an isolate.
_ISOLATE, _END = "\u2066", "\u2069"
NOTHING = "\u2014"
_ONE_DECIMAL = "#,##0.0"

LANGUAGE_NAMES = {Language.AR: lazy_gettext("Arabic"), Language.EN: lazy_gettext("English")}
CHANNEL_NAMES = {
    Channel.SITE: lazy_gettext("Help centre"),
    Channel.WIDGET: lazy_gettext("Widget on other websites"),
    Channel.API: lazy_gettext("Programs (API)"),
}
WINDOW_NAMES = {
    Window.H24: lazy_gettext("24 hours"),
    Window.H72: lazy_gettext("72 hours"),
    Window.D7: lazy_gettext("7 days"),
}
GRAIN_NAMES = {
    Grain.DAY: lazy_gettext("Days"),
    Grain.WEEK: lazy_gettext("Weeks"),
    Grain.MONTH: lazy_gettext("Months"),
}
OUTCOME_NAMES = {
    Outcome.CONFIRMED: lazy_gettext("Confirmed"),
    Outcome.POTENTIAL: lazy_gettext("Potential"),
    Outcome.ABANDONED: lazy_gettext("Abandoned"),
    Outcome.FAILED: lazy_gettext("Read, and contacted all the same"),
    Outcome.NOT_ATTEMPTED: lazy_gettext("Contacted without reading"),
}
KIND_NAMES = {
    AnnotationKind.RELEASE: lazy_gettext("Release"),
    AnnotationKind.INCIDENT: lazy_gettext("Incident"),
    AnnotationKind.CAMPAIGN: lazy_gettext("Campaign"),
    AnnotationKind.OTHER: lazy_gettext("Other"),
}
_NOTES = {
    "For all articles.": lazy_gettext("For all articles."),
    "No forms are held out: see the setting holdout_share.": lazy_gettext(
        "No forms are held out: see the setting holdout_share."
    ),
}


def percent(share: float | None) -> str:
    """Return a share with one decimal, a dash for none."""
    return NOTHING if share is None else f"{number(share * 100, _ONE_DECIMAL)}%"


def points(difference: float | None) -> str:
    """Return a difference of shares in percentage points with its sign, a dash for none."""
    if difference is None:
        return NOTHING
    return ngettext("%(number)s point", "%(number)s points", _shown(difference), number=_signed(difference))


def share_range(interval: Interval | None) -> str:
    """Return an interval of a share, a dash for none."""
    if interval is None:
        return NOTHING
    return gettext("%(low)s to %(high)s", low=percent(interval.low), high=percent(interval.high))


def difference_range(interval: Interval | None) -> str:
    """Return an interval of a difference, a dash for none."""
    if interval is None:
        return NOTHING
    return ngettext(
        "%(low)s to %(high)s point",
        "%(low)s to %(high)s points",
        _shown(interval.high),
        low=_signed(interval.low),
        high=_signed(interval.high),
    )


def _shown(difference: float) -> float:
    """Return the points that are shown, whose form the noun takes."""
    return round(difference * 100, 1)


def _signed(difference: float) -> str:
    sign = "\u2212" if difference < 0 else "+"
    return f"{_ISOLATE}{sign}{number(abs(difference * 100), _ONE_DECIMAL)}{_END}"


def value_of(figure: Figure) -> str:
    """Return a figure's value as it is headed: never one number where only a range is known."""
    if figure.value is None:
        return interval_of(figure)
    if figure.metric.unit is Unit.MEAN:
        return number(figure.value, "0.00")
    return points(figure.value) if figure.metric.unit is Unit.DIFFERENCE else percent(figure.value)


def interval_of(figure: Figure) -> str:
    """Return a figure's 95 % interval."""
    is_difference = figure.metric.unit is Unit.DIFFERENCE
    return difference_range(figure.interval) if is_difference else share_range(figure.interval)


def counts_of(figure: Figure) -> str:
    """Return a figure's numerator and denominator."""
    return gettext("%(part)s of %(whole)s", part=number(round(figure.numerator, 1)), whole=number(figure.denominator))


def note_of(figure: Figure) -> str:
    """Return what else must be said with a figure."""
    return str(_NOTES.get(figure.note, figure.note))


def article_title(key: ArticleKey) -> str:
    """Return an article's title, its id if it is gone."""
    article = content().article(key)
    return article.title if article else key.id


def category_title(slug: str) -> str:
    """Return a category's title in the language of the page, its slug if it is gone."""
    categories = content().categories(current_language())
    return next((category.title for category in categories if category.slug == slug), slug)
