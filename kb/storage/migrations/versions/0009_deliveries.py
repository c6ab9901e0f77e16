"""The outbox by ticket and part: what goes to the team, and the receipt that goes to the customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new table, and move what is on its way; all of it goes to the team."""
    op.create_table(
        "deliveries",
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=True),
        sa.Column("remote", sa.String(length=200), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("ticket", "part", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_state_due"), "deliveries", ["state", "due"])
    op.execute(
        "INSERT INTO deliveries (ticket, part, state, attempts, due, leased_until, delivered, remote, error) "
        "SELECT ticket, 'ticket', state, attempts, due, leased_until, delivered, remote, error FROM outbox"
    )
    op.drop_table("outbox")
