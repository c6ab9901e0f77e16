"""Whether a reader's browser brought its mark back, so that who keeps none counts once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column to events and to the facts of searches; what is there counts as before."""
    for table in ("events", "search_facts"):
        op.add_column(table, sa.Column("recognised", sa.SmallInteger(), nullable=False, server_default="1"))
    # What joined a ticket to a reader's searches though its writer had not agreed.
    op.execute("UPDATE events SET visitor = id, ticket = NULL WHERE kind = 'survey_answered'")
    op.execute(
        "UPDATE events SET ticket = NULL WHERE kind = 'ticket_sent' "
        "AND ticket NOT IN (SELECT id FROM tickets WHERE trail IS NOT NULL)"
    )
