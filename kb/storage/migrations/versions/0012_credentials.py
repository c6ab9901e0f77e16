"""What rests on credentials can be ended; failed sign-ins are counted with all other limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the stamps, drop the table of failures."""
    op.add_column("users", sa.Column("stamp", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("desk_sessions", sa.Column("proved", sa.BigInteger(), nullable=True))
    op.drop_table("failed_sign_ins")
