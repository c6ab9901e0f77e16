"""The pace of receipts, and when each next try was decided, by which a clock that was set back is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("deliveries", sa.Column("decided", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "receipt_claims",
        sa.Column("mailbox", sa.String(length=64), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_receipt_claims")),
    )
