"""The tables of agents' work: tracked links, saved replies, recent and favourite articles."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal,
    update,
)
from sqlalchemy.sql import ColumnElement

from kb.storage.tables import metadata

_ID = 32
_LANG = 8
_ARTICLE = 200

tracked_links = Table(
    "tracked_links",
    metadata,
    Column("token", String(_ID), primary_key=True),
    Column("user", String(_ID), nullable=False),
    Column("ticket", String(64), nullable=False),
    Column("article_id", String(_ARTICLE), nullable=False),
    Column("article_lang", String(_LANG), nullable=False),
    Column("anchor", String(300), nullable=False),
    Column("made", BigInteger, nullable=False),
    UniqueConstraint("user", "ticket", "article_id", "article_lang", "anchor", name="uq_tracked_links_purpose"),
)
"""Links that agents sent; without a ticket, `ticket` holds a random text, so that each link is one of its own."""

saved_replies = Table(
    "saved_replies",
    metadata,
    Column("id", String(_ID), primary_key=True),
    Column("lang", String(_LANG), nullable=False),
    Column("title", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Texts that agents send often; `version` grows with every change."""

agent_articles = Table(
    "agent_articles",
    metadata,
    Column("user", String(_ID), primary_key=True),
    Column("shelf", String(12), primary_key=True),
    Column("article_id", String(_ARTICLE), primary_key=True),
    Column("article_lang", String(_LANG), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Index("ix_agent_articles_at", "user", "shelf", "at"),
)
"""Articles that an agent used last, and those kept as favourites."""


def forget_names(connection: Connection, expired: ColumnElement[bool]) -> None:
    """Let links forget which tickets they answered: through the links, what their readers searched would lead there."""
    nameless = literal("*").concat(tracked_links.c.token)
    connection.execute(
        update(tracked_links).where(expired, ~tracked_links.c.ticket.startswith("*")).values(ticket=nameless)
    )
