"""What readers opened after they tried again in other words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and have the next rollup fill it for the days that raw rows still cover."""
    op.create_table(
        "query_rescue_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("query_id", "day", "article_id", name=op.f("pk_query_rescue_days")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_query_rescue_days_day"), "query_rescue_days", ["day"])
    op.execute(
        "INSERT INTO dirty_days (day) SELECT DISTINCT day FROM search_days "
        "WHERE day NOT IN (SELECT day FROM dirty_days) "
        "AND day >= COALESCE((SELECT value FROM rollup_state WHERE name = 'pruned_day'), 0)"
    )
