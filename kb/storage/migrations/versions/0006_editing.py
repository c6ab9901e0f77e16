"""Editors' queues: items, their history, and the daily figures behind them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and have the next rollup fill the new figures for the days that raw rows still cover."""
    _make_figures()
    _make_items()
    op.execute(
        "INSERT INTO dirty_days (day) SELECT DISTINCT day FROM search_days "
        "WHERE day NOT IN (SELECT day FROM dirty_days) "
        "AND day >= COALESCE((SELECT value FROM rollup_state WHERE name = 'pruned_day'), 0)"
    )


def _make_figures() -> None:
    op.create_table(
        "query_outcome_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.BigInteger(), nullable=False),
        sa.Column("reformulated", sa.Integer(), nullable=False),
        sa.Column("contacted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("query_id", "day", name=op.f("pk_query_outcome_days")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_query_outcome_days_day"), "query_outcome_days", ["day"])
    op.create_table(
        "crossing_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("article_lang", sa.String(length=8), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "article_id", "article_lang", name=op.f("pk_crossing_days")),
    )
    op.create_table(
        "query_vectors",
        sa.Column("query_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("query_id", name=op.f("pk_query_vectors")),
    )


def _make_items() -> None:
    op.create_table(
        "editing_items",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("queue", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=220), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_day", sa.Integer(), nullable=True),
        sa.Column("closed_cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editing_items")),
        sa.UniqueConstraint("queue", "subject", name=op.f("uq_editing_items_queue_subject")),
    )
    op.create_table(
        "editing_members",
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("query_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("item", "query_id", name=op.f("pk_editing_members")),
    )
    op.create_table(
        "editing_history",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_editing_history")),
    )
    op.create_index(op.f("ix_editing_history_item"), "editing_history", ["item"])
