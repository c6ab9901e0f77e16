"""Synonyms, pinned and hidden results, redirects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "synonym_rules",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("replacements", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=True),
        *_decision(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym_rules")),
    )
    op.create_table(
        "result_rules",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("match", sa.String(length=12), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=True),
        sa.Column("article", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_decision(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_rules")),
    )
    op.create_table(
        "redirects",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("slug", sa.String(length=300), nullable=False),
        sa.Column("article", sa.String(length=200), nullable=False),
        *_decision(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redirects")),
    )
    op.create_table(
        "curation_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curation_version")),
    )


def _decision() -> list[sa.Column[object]]:
    return [
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    ]
