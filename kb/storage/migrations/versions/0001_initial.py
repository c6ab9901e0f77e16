"""The first format: event log, votes, salts, facts and aggregates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    _make_annotations()
    _make_article_days()
    _make_dirty_days()
    _make_events()
    _make_holdout_days()
    _make_journey_days()
    _make_journey_facts()
    _make_journey_scopes()
    _make_link_days()
    _make_queries()
    _make_query_days()
    _make_rollup_state()
    _make_salts()
    _make_search_days()
    _make_search_facts()
    _make_survey_days()
    _make_touched_visitors()
    _make_traffic_days()
    _make_vote_totals()
    _make_votes()


def _make_annotations() -> None:
    op.create_table(
        "annotations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
    )
    op.create_index(op.f("ix_annotations_day"), "annotations", ["day"], unique=False)


def _make_article_days() -> None:
    op.create_table(
        "article_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("article_lang", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "article_id", "article_lang", "category", "lang", "channel", name=op.f("pk_article_days")
        ),
        sqlite_with_rowid=False,
    )


def _make_dirty_days() -> None:
    op.create_table(
        "dirty_days",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_dirty_days")),
    )


def _make_events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("traffic", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=True),
        sa.Column("article_lang", sa.String(length=8), nullable=True),
        sa.Column("category", sa.String(length=200), nullable=True),
        sa.Column("revision", sa.String(length=64), nullable=True),
        sa.Column("search", sa.String(length=36), nullable=True),
        sa.Column("view", sa.String(length=36), nullable=True),
        sa.Column("link", sa.String(length=64), nullable=True),
        sa.Column("ticket", sa.String(length=64), nullable=True),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("results", sa.Integer(), nullable=True),
        sa.Column("no_answer", sa.SmallInteger(), nullable=True),
        sa.Column("rewritten", sa.SmallInteger(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("dwell_s", sa.Float(), nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("arm", sa.String(length=12), nullable=True),
        sa.Column("articles", sa.Text(), nullable=True),
        sa.Column("chosen", sa.String(length=12), nullable=True),
        sa.Column("survey", sa.String(length=16), nullable=True),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("id", name=op.f("uq_events_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"], unique=False)
    op.create_index(
        "ix_events_link",
        "events",
        ["link"],
        unique=False,
        sqlite_where=sa.text("link IS NOT NULL"),
        postgresql_where=sa.text("link IS NOT NULL"),
    )
    op.create_index(op.f("ix_events_visitor_at"), "events", ["visitor", "at"], unique=False)


def _make_holdout_days() -> None:
    op.create_table(
        "holdout_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("arm", sa.String(length=12), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("contacted_24h", sa.Integer(), nullable=False),
        sa.Column("contacted_72h", sa.Integer(), nullable=False),
        sa.Column("contacted_7d", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "lang", "channel", "arm", name=op.f("pk_holdout_days")),
    )


def _make_journey_days() -> None:
    op.create_table(
        "journey_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=220), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("arm", sa.String(length=12), nullable=False),
        sa.Column("outcome_24h", sa.String(length=16), nullable=False),
        sa.Column("outcome_72h", sa.String(length=16), nullable=False),
        sa.Column("outcome_7d", sa.String(length=16), nullable=False),
        sa.Column("journeys", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("forms", sa.Integer(), nullable=False),
        sa.Column("contact_after", sa.Integer(), nullable=False),
        sa.Column("last_end", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "scope",
            "value",
            "day",
            "lang",
            "channel",
            "arm",
            "outcome_24h",
            "outcome_72h",
            "outcome_7d",
            name=op.f("pk_journey_days"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_journey_days_day"), "journey_days", ["day"], unique=False)


def _make_journey_facts() -> None:
    op.create_table(
        "journey_facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("arm", sa.String(length=12), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("forms", sa.Integer(), nullable=False),
        sa.Column("contact_opened", sa.SmallInteger(), nullable=False),
        sa.Column("contact_delay", sa.BigInteger(), nullable=True),
        sa.Column("outcome_24h", sa.String(length=16), nullable=False),
        sa.Column("outcome_72h", sa.String(length=16), nullable=False),
        sa.Column("outcome_7d", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_facts")),
    )
    op.create_index(op.f("ix_journey_facts_day"), "journey_facts", ["day"], unique=False)
    op.create_index(op.f("ix_journey_facts_visitor"), "journey_facts", ["visitor"], unique=False)


def _make_journey_scopes() -> None:
    op.create_table(
        "journey_scopes",
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=220), nullable=False),
        sa.Column("contact_after", sa.SmallInteger(), nullable=False),
    )
    op.create_index(op.f("ix_journey_scopes_day"), "journey_scopes", ["day"], unique=False)
    op.create_index(op.f("ix_journey_scopes_visitor"), "journey_scopes", ["visitor"], unique=False)


def _make_link_days() -> None:
    op.create_table(
        "link_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "lang", name=op.f("pk_link_days")),
    )


def _make_queries() -> None:
    op.create_table(
        "queries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queries")),
    )
    op.create_index(op.f("ix_queries_lang_query"), "queries", ["lang", "query"], unique=True)
    op.create_index(op.f("ix_queries_visitors"), "queries", ["visitors"], unique=False)


def _make_query_days() -> None:
    op.create_table(
        "query_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("zero", sa.Integer(), nullable=False),
        sa.Column("no_click", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("query_id", "day", "channel", name=op.f("pk_query_days")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_query_days_day"), "query_days", ["day"], unique=False)


def _make_rollup_state() -> None:
    op.create_table(
        "rollup_state",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rollup_state")),
    )


def _make_salts() -> None:
    op.create_table(
        "salts",
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_salts")),
    )


def _make_search_days() -> None:
    op.create_table(
        "search_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("zero", sa.Integer(), nullable=False),
        sa.Column("clicked", sa.Integer(), nullable=False),
        sa.Column("no_click", sa.Integer(), nullable=False),
        sa.Column("reformulated", sa.Integer(), nullable=False),
        sa.Column("reciprocal_ranks", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "lang", "channel", name=op.f("pk_search_days")),
    )


def _make_search_facts() -> None:
    op.create_table(
        "search_facts",
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("zero", sa.SmallInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("reformulated", sa.SmallInteger(), nullable=False),
    )
    op.create_index(op.f("ix_search_facts_day"), "search_facts", ["day"], unique=False)
    op.create_index(op.f("ix_search_facts_visitor"), "search_facts", ["visitor"], unique=False)


def _make_survey_days() -> None:
    op.create_table(
        "survey_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("survey", sa.String(length=16), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "lang", "channel", "survey", "score", name=op.f("pk_survey_days")),
    )


def _make_touched_visitors() -> None:
    op.create_table(
        "touched_visitors",
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("visitor", name=op.f("pk_touched_visitors")),
    )


def _make_traffic_days() -> None:
    op.create_table(
        "traffic_days",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("traffic", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "traffic", "kind", name=op.f("pk_traffic_days")),
    )


def _make_vote_totals() -> None:
    op.create_table(
        "vote_totals",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("article_lang", sa.String(length=8), nullable=False),
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day",
            "article_id",
            "article_lang",
            "revision",
            "category",
            "lang",
            "channel",
            "verdict",
            "reason",
            name=op.f("pk_vote_totals"),
        ),
    )


def _make_votes() -> None:
    op.create_table(
        "votes",
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("article_lang", sa.String(length=8), nullable=False),
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("search", sa.String(length=36), nullable=True),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("visitor", "article_id", "article_lang", "revision", name=op.f("pk_votes")),
    )
    op.create_index(
        op.f("ix_votes_article_id_article_lang_revision"),
        "votes",
        ["article_id", "article_lang", "revision"],
        unique=False,
    )
    op.create_index(op.f("ix_votes_at"), "votes", ["at"], unique=False)
