"""The tables of editors' work: items of queues with their history, and the daily figures that only queues ask for."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from kb.storage.tables import metadata

_ID = 32
_LANG = 8
_ARTICLE = 200
_SEQUENCE = BigInteger().with_variant(Integer, "sqlite")

query_outcome_days = Table(
    "query_outcome_days",
    metadata,
    Column("day", Integer, nullable=False, index=True),
    Column("query_id", BigInteger, nullable=False),
    Column("reformulated", Integer, nullable=False),
    Column("contacted", Integer, nullable=False),
    PrimaryKeyConstraint("query_id", "day"),
    sqlite_with_rowid=False,  # kept in the order of the key, as `query_days` is
)
"""Searches by query and day that were tried again in other words, or whose reader opened a result and then wrote."""

query_rescue_days = Table(
    "query_rescue_days",
    metadata,
    Column("day", Integer, nullable=False, index=True),
    Column("query_id", BigInteger, nullable=False),
    Column("article_id", String(_ARTICLE), nullable=False),
    Column("visitors", Integer, nullable=False),
    PrimaryKeyConstraint("query_id", "day", "article_id"),
    sqlite_with_rowid=False,  # kept in the order of the key, as `query_days` is
)
"""Articles that readers opened from another search soon after one from which they had opened nothing."""

crossing_days = Table(
    "crossing_days",
    metadata,
    Column("day", Integer, nullable=False),
    Column("article_id", String(_ARTICLE), nullable=False),
    Column("article_lang", String(_LANG), nullable=False),
    Column("opened", Integer, nullable=False),
    PrimaryKeyConstraint("day", "article_id", "article_lang"),
)
"""Results that readers of one language opened in the other."""

query_vectors = Table(
    "query_vectors",
    metadata,
    Column("query_id", BigInteger, primary_key=True, autoincrement=False),
    Column("model", String(200), nullable=False),
    Column("vector", LargeBinary, nullable=False),
)
"""Meaning of failed queries as little-endian float32, so that a queue opens without the model."""

editing_items = Table(
    "editing_items",
    metadata,
    Column("id", String(_ID), primary_key=True),
    Column("queue", String(16), nullable=False),
    Column("subject", String(220), nullable=False),
    Column("state", String(12), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("closed_day", Integer),
    Column("closed_cases", Integer, nullable=False),
    UniqueConstraint("queue", "subject"),
)
"""What somebody works on or worked on; entries of queues that nobody touched have no row."""

editing_members = Table(
    "editing_members",
    metadata,
    Column("item", String(_ID), nullable=False),
    Column("query_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("item", "query_id"),
)
"""Queries of a cluster when it was worked on: by them it is known again after the clusters changed."""

editing_history = Table(
    "editing_history",
    metadata,
    Column("seq", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("item", String(_ID), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(200), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "item"),
)
"""What was done about an item, oldest first."""
