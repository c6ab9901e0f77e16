"""What a customer did before they wrote: searched, read, voted down; only if they agreed to share it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine, select

from kb.contact.tables import outbox, tickets
from kb.events import ARTICLE_OPENINGS, Event, TicketId, Verdict, Voted
from kb.model import ArticleId
from kb.storage.database import reading
from kb.storage.event_log import stream_events
from kb.storage.tables import events

JOURNEY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Customer:
    """What is known of whoever sent a ticket through the contact page.

    Attributes:
        name: As they wrote it; empty if they did not, or if it was forgotten.
        searches: What they searched for, oldest first; personal data is masked.
        read: Articles that they opened in the day before.
        rejected: Articles among these that they voted down.
        shared: They agreed to share what they searched and read.
    """

    name: str
    reference: str
    searches: tuple[str, ...] = ()
    read: frozenset[ArticleId] = frozenset()
    rejected: frozenset[ArticleId] = frozenset()
    shared: bool = False


class Customers:
    """Looks up the customers of tickets.

    Args:
        engine: The database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, reference: str) -> Customer | None:
        """Return what is known of the sender of a ticket of the contact page, None if there is no such ticket.

        Args:
            reference: As the customer was told, in any case, or as the receiving help desk names it.
        """
        table, name = tickets.c, reference.strip()
        wanted = select(table.id, table.reference, table.name, table.trail, table.at)
        delivered = select(outbox.c.ticket).where(outbox.c.remote == name)
        with reading(self._engine) as connection:
            row = connection.execute(wanted.where(table.reference == name.upper())).first()
            row = row or connection.execute(wanted.where(table.id.in_(delivered)).limit(1)).first()
            if row is None:
                return None
            if row.trail is None:
                return Customer(row.name, row.reference)
            journey = _journey(connection, TicketId(row.id), row.at)
        searches = tuple(json.loads(row.trail)["searches"])
        return Customer(row.name, row.reference, searches, _read(journey), _rejected(journey), shared=True)


def _journey(connection: Connection, ticket: TicketId, sent: int) -> tuple[Event, ...]:
    """Return what the sender of a ticket did in the day before and until now."""
    visitor = connection.execute(
        select(events.c.visitor).where(events.c.kind == "ticket_sent", events.c.ticket == ticket)
    ).scalar()
    since = sent - JOURNEY // timedelta(microseconds=1)
    return tuple(stream_events(connection, events.c.visitor == visitor, events.c.at >= since)) if visitor else ()


def _read(journey: tuple[Event, ...]) -> frozenset[ArticleId]:
    return frozenset(event.article.key.id for event in journey if isinstance(event, ARTICLE_OPENINGS))


def _rejected(journey: tuple[Event, ...]) -> frozenset[ArticleId]:
    last = {event.article.key.id: event.verdict for event in journey if isinstance(event, Voted)}
    return frozenset(article for article, verdict in last.items() if verdict is Verdict.UNHELPFUL)
