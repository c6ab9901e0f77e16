"""What became of agents' links in the hands of each reader."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and have the next rollup fill it for the readers whose raw rows are still there."""
    op.create_table(
        "link_facts",
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("solved", sa.SmallInteger(), nullable=False),
        sa.Column("reopened", sa.SmallInteger(), nullable=False),
    )
    for column in ("visitor", "link", "day"):
        op.create_index(op.f(f"ix_link_facts_{column}"), "link_facts", [column])
    op.execute(
        "INSERT INTO touched_visitors (visitor) SELECT DISTINCT visitor FROM events "
        "WHERE kind = 'link_opened' AND traffic = 'reader' AND visitor NOT IN (SELECT visitor FROM touched_visitors)"
    )
