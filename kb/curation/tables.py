"""The tables of what editors decided."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from kb.storage.tables import metadata

_LANG = 8

synonym_rules = Table(
    "synonym_rules",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("terms", Text, nullable=False),
    Column("replacements", Text, nullable=False),
    Column("lang", String(_LANG)),
    Column("by", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
)
"""Synonyms; terms and replacements one a line."""

result_rules = Table(
    "result_rules",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("action", String(12), nullable=False),
    Column("pattern", Text, nullable=False),
    Column("match", String(12), nullable=False),
    Column("lang", String(_LANG)),
    Column("article", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
)
"""Pinned and hidden results."""

redirects = Table(
    "redirects",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("lang", String(_LANG), nullable=False),
    Column("slug", String(300), nullable=False),
    Column("article", String(200), nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
)
"""Redirects of old addresses."""

curation_version = Table(
    "curation_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)
"""One row that grows with every change, so that servers notice at once."""
