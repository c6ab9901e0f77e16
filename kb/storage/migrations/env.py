"""Alembic's entry: runs the steps on the connection and in the transaction that `kb.storage.database` opened."""

from __future__ import annotations

from alembic import context

from kb.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,  # its naming convention: the steps say themselves which tables there are
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
