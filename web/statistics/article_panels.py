"""Articles in tables: who still contacted support after reading, what readers voted, what changed most."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import Engine

from kb.model import ArticleKey
from kb.statistics.feedback import ArticleReading, ArticleVotes, reading_by_article, votes_by_revision
from kb.statistics.intervals import Interval
from kb.statistics.movers import Mover, top_movers
from web.i18n import gettext, ngettext, number
from web.statistics.selection import Selection
from web.statistics.tables import Panel, Row, Table
from web.statistics.wording import LANGUAGE_NAMES, NOTHING, article_title, difference_range, percent, share_range

MOST_ROWS = 50
_SHORT_REVISION = 8


def movers_panel(engine: Engine, selection: Selection, limit: int = 10) -> Panel:
    """Return the articles that changed most since the period before."""
    rows = tuple(_mover_row(each, selection) for each in top_movers(engine, selection.period, selection.filters, limit))
    headings = (
        gettext("Article"),
        gettext("Contact after reading, before"),
        gettext("Contact after reading, now"),
        gettext("Change"),
        gettext("Views, before"),
        gettext("Views, now"),
    )
    return Panel(
        "movers",
        gettext("What changed most"),
        gettext(
            "Compared with the period of the same length before. Changes that are certain come first: their interval "
            "does not contain zero."
        ),
        Table(headings, rows),
        "movers",
        empty=gettext("No article was read."),
        arguments=selection.arguments,
    )


def reading_panel(engine: Engine, selection: Selection) -> Panel:
    """Return how articles were read, most views first."""
    found = reading_by_article(engine, selection.period, selection.filters)[:MOST_ROWS]
    headings = (
        gettext("Article"),
        gettext("Language"),
        gettext("Views"),
        gettext("Journeys"),
        gettext("Contact after reading"),
    )
    return Panel(
        "articles",
        gettext("Articles by views"),
        ngettext(
            "The most viewed one; the exports hold all.",
            "The %(count)s most viewed; the exports hold all.",
            MOST_ROWS,
            count=number(MOST_ROWS),
        ),
        Table(headings, tuple(_reading_row(each, selection) for each in found)),
        "articles",
        empty=gettext("No article was read."),
        arguments=selection.arguments,
    )


def votes_panel(engine: Engine, selection: Selection) -> Panel:
    """Return what readers voted on each revision, most surely helpful first."""
    found = votes_by_revision(engine, selection.period, selection.filters)[:MOST_ROWS]
    headings = (
        gettext("Article"),
        gettext("Language"),
        gettext("Revision"),
        gettext("Helpful"),
        gettext("Not helpful"),
        gettext("Helpful share"),
    )
    return Panel(
        "votes",
        gettext("Votes by revision"),
        gettext("In the order of the lower bound: two friendly votes do not beat two hundred."),
        Table(headings, tuple(_votes_row(each, selection) for each in found)),
        "votes",
        empty=gettext("Nobody voted."),
        arguments=selection.arguments,
    )


def _mover_row(mover: Mover, selection: Selection) -> Row:
    return _row(
        mover.article,
        selection,
        _contact(mover.before),
        _contact(mover.now),
        difference_range(mover.change),
        number(mover.before.views),
        number(mover.now.views),
    )


def _reading_row(found: ArticleReading, selection: Selection) -> Row:
    language = str(LANGUAGE_NAMES[found.article.lang])
    return _row(found.article, selection, language, number(found.views), number(found.journeys), _contact(found))


def _votes_row(found: ArticleVotes, selection: Selection) -> Row:
    rate = found.rate.rate
    share = NOTHING if rate is None else _with_interval(rate, found.rate.interval)
    language, revision = str(LANGUAGE_NAMES[found.article.lang]), found.revision[:_SHORT_REVISION]
    return _row(found.article, selection, language, revision, number(found.helpful), number(found.unhelpful), share)


def _contact(found: ArticleReading) -> str:
    proportion = found.contact_after_read
    if proportion.rate is None:
        return gettext("%(part)s of %(whole)s", part=number(proportion.numerator), whole=number(proportion.denominator))
    return _with_interval(proportion.rate, proportion.interval)


def _with_interval(rate: float, interval: Interval | None) -> str:
    return f"{percent(rate)} ({share_range(interval)})"


def _row(article: ArticleKey, selection: Selection, *cells: str) -> Row:
    arguments = selection.arguments | {"article": str(article)}
    arguments.pop("category", None)
    return Row((article_title(article), *cells), path=url_for("statistics.home", **arguments))
