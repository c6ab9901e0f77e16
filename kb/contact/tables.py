"""The tables of tickets and of their delivery: the only place where names, e-mails and messages are kept."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String, Table, Text

from kb.storage.tables import metadata

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("form", String(64), nullable=False, unique=True),
    Column("reference", String(16), nullable=False, unique=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("lang", String(8), nullable=False),
    Column("name", String(100), nullable=False),
    Column("email", String(254), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("message", Text, nullable=False),
    Column("trail", Text),
    Column("forgotten", SmallInteger, nullable=False, default=0),
)
"""What customers wrote; when `forgotten`, the personal columns are empty."""

outbox = Table(
    "deliveries",
    metadata,
    Column("ticket", String(64), primary_key=True),
    Column("part", String(12), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("decided", BigInteger, nullable=False, default=0),
    Column("leased_until", BigInteger, nullable=False, default=0),
    Column("delivered", BigInteger),
    Column("remote", String(200), nullable=False, default=""),
    Column("error", String(300), nullable=False, default=""),
    Index(None, "state", "due"),
)
"""One row for each part of a ticket: whether it was delivered, when to try again, and when that was decided."""

receipt_claims = Table(
    "receipt_claims",
    metadata,
    Column("mailbox", String(64), primary_key=True),
    Column("ticket", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""To which mailboxes, by a keyed hash, receipts went within the hour, and of which tickets."""
