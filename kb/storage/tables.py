"""The tables of the database: raw events, state that events change, and the aggregates that dashboards read.

Instants are whole microseconds since 1970 in UTC, days are whole days since 1970 in UTC: exact, ordered, and the same
on SQLite and PostgreSQL. A change here needs a migration in `kb/storage/migrations/versions`.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_SEQUENCE = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER

events = Table(
    "events",
    metadata,
    Column("seq", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("kind", String(24), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("visitor", String(64), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("traffic", String(12), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("article_id", String(200)),
    Column("article_lang", String(8)),
    Column("category", String(200)),
    Column("revision", String(64)),
    Column("search", String(36)),
    Column("view", String(36)),
    Column("link", String(64)),
    Column("ticket", String(64)),
    Column("query", Text),
    Column("results", Integer),
    Column("no_answer", SmallInteger),
    Column("rewritten", SmallInteger),
    Column("rank", Integer),
    Column("dwell_s", Float),
    Column("verdict", String(12)),
    Column("reason", String(16)),
    Column("comment", Text),
    Column("arm", String(12)),
    Column("articles", Text),
    Column("chosen", String(12)),
    Column("survey", String(16)),
    Column("score", SmallInteger),
    Column("recognised", SmallInteger, nullable=False, server_default="1"),
    Index(None, "visitor", "at"),
    Index(None, "at"),
    Index("ix_events_link", "link", sqlite_where=text("link IS NOT NULL"), postgresql_where=text("link IS NOT NULL")),
    sqlite_autoincrement=True,
)
"""The append-only log; `seq` never goes back, also after rows expired."""

votes = Table(
    "votes",
    metadata,
    Column("visitor", String(64), nullable=False),
    Column("article_id", String(200), nullable=False),
    Column("article_lang", String(8), nullable=False),
    Column("revision", String(64), nullable=False),
    Column("category", String(200), nullable=False),
    Column("verdict", String(12), nullable=False),
    Column("reason", String(16)),
    Column("comment", Text, nullable=False, default=""),
    Column("search", String(36)),
    Column("lang", String(8), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("event", String(36), nullable=False),
    PrimaryKeyConstraint("visitor", "article_id", "article_lang", "revision"),
    Index(None, "article_id", "article_lang", "revision"),
    Index(None, "at"),
)
"""The present vote of each visitor on each revision."""

vote_totals = Table(
    "vote_totals",
    metadata,
    Column("day", Integer, nullable=False),
    Column("article_id", String(200), nullable=False),
    Column("article_lang", String(8), nullable=False),
    Column("revision", String(64), nullable=False),
    Column("category", String(200), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("verdict", String(12), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("votes", Integer, nullable=False),
    PrimaryKeyConstraint(
        "day", "article_id", "article_lang", "revision", "category", "lang", "channel", "verdict", "reason"
    ),
)
"""Votes whose rows expired."""

salts = Table(
    "salts",
    metadata,
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False),
)
"""Keys of the visitors' hashes, by week since 1970; deleted when the week after has passed."""

calendar_notes = Table(
    "annotations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("day", Integer, nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
)
"""What happened on a day (release, incident), shown in charts."""

rollup_state = Table(
    "rollup_state",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""How far the rollup has read, and up to which day raw rows have expired."""

touched_visitors = Table(
    "touched_visitors",
    metadata,
    Column("visitor", String(64), primary_key=True),
)
"""Visitors with new events, whose facts have not been computed anew yet."""

dirty_days = Table("dirty_days", metadata, Column("day", Integer, primary_key=True, autoincrement=False))
"""Days whose facts changed and whose aggregates have not been rebuilt yet."""

journey_facts = Table(
    "journey_facts",
    metadata,
    Column("id", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("visitor", String(64), nullable=False, index=True),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("day", Integer, nullable=False, index=True),
    Column("lang", String(8), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("arm", String(12), nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("forms", Integer, nullable=False),
    Column("contact_opened", SmallInteger, nullable=False),
    Column("contact_delay", BigInteger),
    Column("outcome_24h", String(16), nullable=False),
    Column("outcome_72h", String(16), nullable=False),
    Column("outcome_7d", String(16), nullable=False),
)
"""One row a journey: what `kb.statistics.facts` found; expires with the raw rows."""

journey_scopes = Table(
    "journey_scopes",
    metadata,
    Column("visitor", String(64), nullable=False, index=True),
    Column("start", BigInteger, nullable=False),
    Column("day", Integer, nullable=False, index=True),
    Column("scope", String(12), nullable=False),
    Column("value", String(220), nullable=False),
    Column("contact_after", SmallInteger, nullable=False),
)
"""The articles and categories that a journey opened, and whether a contact followed; expires with the raw rows."""

link_facts = Table(
    "link_facts",
    metadata,
    Column("visitor", String(64), nullable=False, index=True),
    Column("link", String(64), nullable=False, index=True),
    Column("day", Integer, nullable=False, index=True),
    Column("solved", SmallInteger, nullable=False),
    Column("reopened", SmallInteger, nullable=False),
)
"""The agents' links that a reader opened, by the day of opening; expires with the raw rows."""

search_facts = Table(
    "search_facts",
    metadata,
    Column("visitor", String(64), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("day", Integer, nullable=False, index=True),
    Column("lang", String(8), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("query", Text, nullable=False),
    Column("zero", SmallInteger, nullable=False),
    Column("rank", Integer),
    Column("reformulated", SmallInteger, nullable=False),
    Column("recognised", SmallInteger, nullable=False, server_default="1"),
)
"""One row a search, keystrokes collapsed; expires with the raw rows."""

journey_days = Table(
    "journey_days",
    metadata,
    Column("day", Integer, nullable=False),
    Column("scope", String(12), nullable=False),
    Column("value", String(220), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("arm", String(12), nullable=False),
    Column("outcome_24h", String(16), nullable=False),
    Column("outcome_72h", String(16), nullable=False),
    Column("outcome_7d", String(16), nullable=False),
    Column("journeys", Integer, nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("forms", Integer, nullable=False),
    Column("contact_after", Integer, nullable=False),
    Column("last_end", BigInteger, nullable=False),
    PrimaryKeyConstraint("scope", "value", "day", "lang", "channel", "arm", "outcome_24h", "outcome_72h", "outcome_7d"),
    Index(None, "day"),
    sqlite_with_rowid=False,  # kept in the order of the key, which dashboards scan
)
"""Journeys by day of their start; scope `all` counts each once, `category` and `article` once for each it opened."""

holdout_days = Table(
    "holdout_days",
    metadata,
    Column("day", Integer, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("arm", String(12), nullable=False),
    Column("opened", Integer, nullable=False),
    Column("contacted_24h", Integer, nullable=False),
    Column("contacted_72h", Integer, nullable=False),
    Column("contacted_7d", Integer, nullable=False),
    PrimaryKeyConstraint("day", "lang", "channel", "arm"),
)
"""Visitors' first journeys with the contact form opened, by arm, and how many contacted support in each window."""

search_days = Table(
    "search_days",
    metadata,
    Column("day", Integer, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("searches", Integer, nullable=False),
    Column("zero", Integer, nullable=False),
    Column("clicked", Integer, nullable=False),
    Column("no_click", Integer, nullable=False),
    Column("reformulated", Integer, nullable=False),
    Column("reciprocal_ranks", Float, nullable=False),
    PrimaryKeyConstraint("day", "lang", "channel"),
)
"""Searches by day, keystrokes collapsed."""

queries = Table(
    "queries",
    metadata,
    Column("id", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("lang", String(8), nullable=False),
    Column("query", Text, nullable=False),
    Column("visitors", Integer, nullable=False),
    Index(None, "lang", "query", unique=True),
    Index(None, "visitors"),
)
"""Queries as typed (masked), and the most different visitors that typed one within a single week."""

query_days = Table(
    "query_days",
    metadata,
    Column("day", Integer, nullable=False, index=True),
    Column("query_id", BigInteger, nullable=False),
    Column("channel", String(12), nullable=False),
    Column("searches", Integer, nullable=False),
    Column("zero", Integer, nullable=False),
    Column("no_click", Integer, nullable=False),
    PrimaryKeyConstraint("query_id", "day", "channel"),
    sqlite_with_rowid=False,  # kept in the order of the key, which dashboards scan
)
"""Searches by query and day."""

article_days = Table(
    "article_days",
    metadata,
    Column("day", Integer, nullable=False),
    Column("article_id", String(200), nullable=False),
    Column("article_lang", String(8), nullable=False),
    Column("category", String(200), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("views", Integer, nullable=False),
    PrimaryKeyConstraint("day", "article_id", "article_lang", "category", "lang", "channel"),
    sqlite_with_rowid=False,  # kept in the order of the key, which dashboards scan
)
"""Views of articles by day."""

traffic_days = Table(
    "traffic_days",
    metadata,
    Column("day", Integer, nullable=False),
    Column("traffic", String(12), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("events", Integer, nullable=False),
    PrimaryKeyConstraint("day", "traffic", "kind"),
)
"""Events by kind of traffic, the excluded ones too."""

link_days = Table(
    "link_days",
    metadata,
    Column("day", Integer, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("sent", Integer, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("solved", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    PrimaryKeyConstraint("day", "lang"),
)
"""Agents' links by the day on which they were sent, and what became of them."""

survey_days = Table(
    "survey_days",
    metadata,
    Column("day", Integer, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("survey", String(16), nullable=False),
    Column("score", SmallInteger, nullable=False),
    Column("answers", Integer, nullable=False),
    PrimaryKeyConstraint("day", "lang", "channel", "survey", "score"),
)
"""Answers to the one-question surveys."""
