"""Alembic's entry: runs the steps on the connection and in the transaction that `kb.storage.database` opened."""

from __future__ import annotations

from alembic import context

from kb.storage import account_tables, agent_tables, contact_tables, curation_tables, editing_tables
from kb.storage.tables import metadata

# Tables that describe themselves elsewhere register with the metadata when they are imported.
assert {
    account_tables.users.metadata,
    agent_tables.saved_replies.metadata,
    contact_tables.tickets.metadata,
    curation_tables.redirects.metadata,
    editing_tables.editing_items.metadata,
} == {metadata}

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
