"""The contact page in tables: which links readers followed, which suggestions they opened."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import Engine

from kb.events import Channel
from kb.statistics.contact_page import (
    FollowedLink,
    PersonsWanted,
    SuggestedArticle,
    followed_links,
    persons_wanted,
    suggested_articles,
)
from web.i18n import gettext, number
from web.statistics.selection import Selection
from web.statistics.tables import Panel, Row, Table
from web.statistics.wording import LANGUAGE_NAMES, article_title

MOST_ROWS = 50


def links_panel(engine: Engine, selection: Selection) -> Panel:
    """Return the ways to support that readers took instead of the form."""
    found = followed_links(engine, selection.period, selection.filters)
    wanted = persons_wanted(engine, selection.period, selection.filters)
    headings = (gettext("Contact link"), gettext("Followed"), gettext("Readers"))
    return Panel(
        "contact-links",
        gettext("Contact links"),
        gettext("Links to other ways to support that readers followed, as far back as the event log reaches."),
        Table(headings, (*(_link_row(each) for each in found), *_wanted_rows(wanted))),
        "contact-links",
        empty=gettext("No contact link was followed."),
        arguments=selection.arguments,
    )


def suggestions_panel(engine: Engine, selection: Selection) -> Panel:
    """Return the articles that the contact form suggested."""
    found = suggested_articles(engine, selection.period, selection.filters)[:MOST_ROWS]
    headings = (gettext("Article"), gettext("Language"), gettext("Suggested"), gettext("Opened"))
    return Panel(
        "suggestions",
        gettext("Suggested in the contact form"),
        gettext("How often an article was suggested and opened there, as far back as the event log reaches."),
        Table(headings, tuple(_suggestion_row(each, selection) for each in found)),
        "suggestions",
        empty=gettext("Nothing was suggested."),
        arguments=selection.arguments,
    )


def _link_row(found: FollowedLink) -> Row:
    return Row((_name(found.channel), number(found.times), number(found.readers)))


def _wanted_rows(found: PersonsWanted) -> tuple[Row, ...]:
    """Return the row of those whom the search led to the contact card, none where nobody was."""
    if not found.times:
        return ()
    return (Row((gettext("Asked the search for a person"), number(found.times), number(found.readers))),)


def _name(channel: Channel) -> str:
    names = {
        Channel.EMAIL: gettext("E-mail"),
        Channel.PHONE: gettext("Phone"),
        Channel.CHAT: gettext("Chat"),
        Channel.WHATSAPP: gettext("WhatsApp"),
        Channel.BRANCH: gettext("Branch"),
    }
    return names.get(channel, channel.value)


def _suggestion_row(found: SuggestedArticle, selection: Selection) -> Row:
    arguments = selection.arguments | {"article": str(found.article)}
    arguments.pop("category", None)
    cells = (str(LANGUAGE_NAMES[found.article.lang]), number(found.shown), number(found.opened))
    return Row((article_title(found.article), *cells), path=url_for("statistics.home", **arguments))
