"""Tracked links, saved replies, agents' recent and favourite articles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "tracked_links",
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=32), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("article_lang", sa.String(length=8), nullable=False),
        sa.Column("anchor", sa.String(length=300), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_tracked_links")),
        sa.UniqueConstraint("user", "ticket", "article_id", "article_lang", "anchor", name="uq_tracked_links_purpose"),
    )
    op.create_table(
        "saved_replies",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_replies")),
    )
    op.create_table(
        "agent_articles",
        sa.Column("user", sa.String(length=32), nullable=False),
        sa.Column("shelf", sa.String(length=12), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("article_lang", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user", "shelf", "article_id", "article_lang", name=op.f("pk_agent_articles")),
    )
    op.create_index("ix_agent_articles_at", "agent_articles", ["user", "shelf", "at"])
