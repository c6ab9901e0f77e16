"""The tables of people, sessions and tokens; secrets are kept as fingerprints only."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, SmallInteger, String, Table

from kb.storage.tables import metadata

users = Table(
    "users",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(200), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("roles", String(100), nullable=False),
    Column("active", SmallInteger, nullable=False),
    Column("password", String(200)),
    Column("stamp", String(64), nullable=False, server_default=""),
)
"""People of the desk; roles stand side by side, the password is an argon2 hash or missing.

The stamp is drawn anew whenever what rested on the credentials ends."""

invitations = Table(
    "invitations",
    metadata,
    Column("secret", String(64), primary_key=True),
    Column("user", String(32), nullable=False, index=True),
    Column("expires", BigInteger, nullable=False),
)
"""One-time links with which people set their password."""

sessions = Table(
    "desk_sessions",
    metadata,
    Column("secret", String(64), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("user", String(32), nullable=False, index=True),
    Column("opened", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("proved", BigInteger),
)
"""Signed-in browsers; `proved`: when their person proved last who they are, empty where the opening was that."""

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("secret", String(64), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("user", String(32), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("scopes", String(100), nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("used", BigInteger),
)
"""API tokens."""
