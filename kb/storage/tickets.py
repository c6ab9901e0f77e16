"""Takes tickets and forgets them: a ticket, its place in the outbox and its event are stored together or not at all."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from kb.clock import Clock
from kb.contact.model import Part, ReadArticle, Ticket, TicketDraft, Trail
from kb.events import EventId, Origin, TicketId, TicketSent, Traffic
from kb.model import Language
from kb.storage.contact_tables import outbox, tickets
from kb.storage.database import insert_once, reading, writing
from kb.storage.event_log import EventLog
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds

_ALPHABET = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_FORGOTTEN = {"name": "", "email": "", "subject": "", "message": "", "trail": None, "forgotten": 1}


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a form that was sent.

    Attributes:
        repeated: The form had been sent before; `ticket` is the one that it made then.
    """

    ticket: Ticket
    repeated: bool


class Tickets:
    """Keeps the tickets.

    Args:
        engine: The database.
        clock: Tells when a ticket was sent.
        events: Where sent tickets are counted.
        new_id: Gives random ids.
        parts: What is delivered of a ticket; programs that send one get no receipt.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        events: EventLog,
        new_id: Callable[[], uuid.UUID] = uuid.uuid4,
        parts: Sequence[Part] = (Part.TICKET,),
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._events = events
        self._new_id = new_id
        self._parts = parts

    def submit(self, draft: TicketDraft, origin: Origin) -> Submission:
        """Store a ticket once; when this returns, it survives whatever happens to the process.

        Args:
            draft: The same `form` always gives the same ticket.
            origin: Who sent it, for the statistics.

        Raises:
            SQLAlchemyError: The database failed; nothing is stored.
        """
        made = self._new_id()
        ticket = Ticket(TicketId(made.hex), reference_of(made), self._clock.now(), draft)
        with writing(self._engine) as connection:
            if not insert_once(connection, tickets, ["form"], _columns(ticket)):
                return Submission(_existing(connection, draft.form), repeated=True)
            waiting = {
                "ticket": ticket.id,
                "state": "waiting",
                "attempts": 0,
                "due": instant_to_microseconds(ticket.at),
            }
            connection.execute(insert(outbox), [waiting | {"part": part} for part in self._parts_for(origin)])
            event = TicketSent(id=EventId(f"ticket-{made.hex[:28]}"), at=ticket.at, origin=origin, ticket=ticket.id)
            self._events.record_in(connection, event)
        return Submission(ticket, repeated=False)

    def _parts_for(self, origin: Origin) -> tuple[Part, ...]:
        is_person = origin.traffic in {Traffic.READER, Traffic.STAFF}
        return tuple(part for part in self._parts if part is Part.TICKET or is_person)

    def find(self, ticket: TicketId) -> Ticket | None:
        """Return a ticket; its personal parts are empty once they were forgotten."""
        return find_ticket(self._engine, ticket)


def find_ticket(engine: Engine, ticket: TicketId) -> Ticket | None:
    """Return a ticket; its personal parts are empty once they were forgotten."""
    with reading(engine) as connection:
        row = connection.execute(select(tickets).where(tickets.c.id == ticket)).first()
    return ticket_of(row) if row else None


def forget_tickets(engine: Engine, delivered_before: datetime) -> int:
    """Empty the personal parts of tickets that were delivered before an instant, and return how many there were."""
    delivered = (
        select(outbox.c.ticket)
        .where(
            outbox.c.part == Part.TICKET,
            outbox.c.state == "delivered",
            outbox.c.delivered < instant_to_microseconds(delivered_before),
        )
        .scalar_subquery()
    )
    with writing(engine) as connection:
        forgotten = update(tickets).where(tickets.c.forgotten == 0, tickets.c.id.in_(delivered)).values(**_FORGOTTEN)
        return connection.execute(forgotten).rowcount


def reference_of(ticket: uuid.UUID) -> str:
    """Return what the customer is told: eight characters that cannot be mistaken for each other."""
    letters = base64.b32encode(ticket.bytes[:5]).decode("ascii").translate(_ALPHABET)
    return f"{letters[:4]}-{letters[4:]}"


def ticket_of(row: Row[Any]) -> Ticket:
    """Return the ticket of a row of the table `tickets`."""
    draft = TicketDraft(
        form=row.form,
        lang=Language(row.lang),
        name=row.name,
        email=row.email,
        subject=row.subject,
        message=row.message,
        trail=_trail(row.trail),
    )
    return Ticket(TicketId(row.id), row.reference, instant_from_microseconds(row.at), draft)


def _existing(connection: Connection, form: str) -> Ticket:
    return ticket_of(connection.execute(select(tickets).where(tickets.c.form == form)).one())


def _columns(ticket: Ticket) -> dict[str, object]:
    draft = ticket.draft
    return {
        "id": ticket.id,
        "form": draft.form,
        "reference": ticket.reference,
        "at": instant_to_microseconds(ticket.at),
        "lang": draft.lang,
        "name": draft.name,
        "email": draft.email,
        "subject": draft.subject,
        "message": draft.message,
        "trail": json.dumps(asdict(draft.trail), ensure_ascii=False) if draft.trail else None,
        "forgotten": 0,
    }


def _trail(stored: str | None) -> Trail | None:
    if stored is None:
        return None
    values = json.loads(stored)
    return Trail(tuple(values["searches"]), tuple(ReadArticle(**article) for article in values["articles"]))
