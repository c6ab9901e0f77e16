"""Tracked links: a random text in the address stands for agent, ticket and article, which are kept in the database.

A link names an article and never an address, so it cannot lead anywhere else; the random text tells of nobody.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Row, select

from kb.accounts.model import UserId
from kb.clock import Clock
from kb.errors import UserError
from kb.events import LinkId
from kb.model import ArticleId, ArticleKey, Language
from kb.storage.agent_tables import tracked_links
from kb.storage.database import insert_new, reading, writing
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds

_TICKET = re.compile(r"[\w#./:-]{0,40}", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16}", re.ASCII)
_TOKEN_BYTES = 12


@dataclass(frozen=True, slots=True)
class TrackedLink:
    """A link that an agent sent.

    Attributes:
        token: What its address ends with.
        ticket: Ticket that it answers, as the help desk names it; empty if none was given.
        anchor: Section that it opens; empty for the top.
    """

    token: LinkId
    user: UserId
    ticket: str
    article: ArticleKey
    anchor: str
    made: datetime


class TrackedLinks:
    """Keeps the links.

    Args:
        engine: The database.
        clock: Dates them.
        random_text: Gives a text that was never given before, safe in an address.
    """

    def __init__(
        self, engine: Engine, clock: Clock, random_text: Callable[[], str] = lambda: secrets.token_urlsafe(_TOKEN_BYTES)
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._random_text = random_text

    def make(self, user: UserId, ticket: str, article: ArticleKey, anchor: str = "") -> TrackedLink:
        """Return the link of an agent and a ticket to an article; without a ticket always a new one.

        Raises:
            UserError: The ticket's name is malformed.
        """
        ticket = ticket_name(ticket)
        link = TrackedLink(LinkId(self._random_text()), user, ticket, article, anchor[:300], self._clock.now())
        with writing(self._engine) as connection:
            keys = ["user", "ticket", "article_id", "article_lang", "anchor"]
            columns = _columns(link)
            connection.execute(insert_new(connection, tracked_links, keys), columns)
            same = select(tracked_links).where(*(tracked_links.c[key] == columns[key] for key in keys))
            return _link(connection.execute(same).one())

    def find(self, token: str) -> TrackedLink | None:
        """Return the link of an address, None if there is none."""
        if not _TOKEN.fullmatch(token):
            return None
        with reading(self._engine) as connection:
            row = connection.execute(select(tracked_links).where(tracked_links.c.token == token)).first()
        return _link(row) if row else None


def ticket_name(text: str) -> str:
    """Return the name of a ticket without spaces around it.

    Raises:
        UserError: It is longer than 40 characters or holds other signs than letters, digits and ``# . / : _ -``.
    """
    name = text.strip()
    if not _TICKET.fullmatch(name):
        raise UserError("Write the ticket's number or reference: letters, digits and # . / : _ - only.")
    return name


def _columns(link: TrackedLink) -> dict[str, object]:
    return {
        "token": link.token,
        "user": link.user,
        "ticket": link.ticket or f"*{link.token}",  # the star is in no ticket's name
        "article_id": link.article.id,
        "article_lang": link.article.lang,
        "anchor": link.anchor,
        "made": instant_to_microseconds(link.made),
    }


def _link(row: Row[tuple[object, ...]]) -> TrackedLink:
    return TrackedLink(
        LinkId(row.token),
        UserId(row.user),
        "" if row.ticket.startswith("*") else row.ticket,
        ArticleKey(ArticleId(row.article_id), Language(row.article_lang)),
        row.anchor,
        instant_from_microseconds(row.made),
    )
