"""Takes tickets and forgets them: a ticket, its place in the outbox and its event are stored together or not at all."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from kb.clock import Clock
from kb.contact.model import DeliveryState, Part, ReadArticle, Ticket, TicketDraft, Trail
from kb.contact.tables import outbox, tickets
from kb.events import EventId, Origin, TicketId, TicketSent, Traffic
from kb.model import Language
from kb.storage.agent_tables import forget_names, tracked_links
from kb.storage.database import insert_once, reading, writing
from kb.storage.erasure import erase_leftovers
from kb.storage.event_log import EventLog
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds

QUARTER = timedelta(minutes=15)
"""How exactly the statistics know when a ticket was sent whose writer did not agree to have it joined to a journey."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
                "state": DeliveryState.WAITING,
                "attempts": 0,
                "due": instant_to_microseconds(ticket.at),
                "decided": instant_to_microseconds(ticket.at),
            }
            connection.execute(insert(outbox), [waiting | {"part": part} for part in self._parts_for(origin)])
            self._events.record_in(connection, self._sent(ticket, origin))
        return Submission(ticket, repeated=False)

    def _sent(self, ticket: Ticket, origin: Origin) -> TicketSent:
        """Return what the statistics learn: nothing that stands in the ticket too, unless its writer agreed.

        The visitor's key leads to what they searched. Neither id nor instant may therefore lead from it to the ticket.
        """
        event, agreed = EventId(self._new_id().hex), ticket.draft.trail is not None
        at = ticket.at if agreed else end_of_quarter(ticket.at)
        return TicketSent(id=event, at=at, origin=origin, ticket=ticket.id if agreed else None)

    def _parts_for(self, origin: Origin) -> tuple[Part, ...]:
        is_person = origin.traffic in {Traffic.READER, Traffic.STAFF}
        return tuple(part for part in self._parts if part is Part.TICKET or is_person)

    def find(self, ticket: TicketId) -> Ticket | None:
        """Return a ticket; its personal parts are empty once they were forgotten."""
        return find_ticket(self._engine, ticket)


def end_of_quarter(at: datetime) -> datetime:
    """Return the last moment of the quarter of an hour: after what was read, so that no ticket looks deflected."""
    return at + QUARTER - (at - _EPOCH) % QUARTER - timedelta.resolution


def find_ticket(engine: Engine, ticket: TicketId) -> Ticket | None:
    """Return a ticket; its personal parts are empty once they were forgotten."""
    with reading(engine) as connection:
        row = connection.execute(select(tickets).where(tickets.c.id == ticket)).first()
    return ticket_of(row) if row else None


def forget_tickets(engine: Engine, now: datetime, retention: timedelta) -> int:
    """Empty the personal parts of tickets that were delivered long enough ago, and return how many there were.

    Agents' links lose the ticket's name as well, which would lead from the links' readers to it. A delivery that lies
    ahead of the clock was noted by one that has since been set back; it counts from now.
    """
    instant, before = instant_to_microseconds(now), instant_to_microseconds(now - retention)
    delivered = (
        select(outbox.c.ticket)
        .where(outbox.c.part == Part.TICKET, outbox.c.state == DeliveryState.DELIVERED, outbox.c.delivered < before)
        .scalar_subquery()
    )
    with writing(engine) as connection:
        connection.execute(update(outbox).where(outbox.c.delivered > instant).values(delivered=instant))
        expired = (tickets.c.forgotten == 0) & tickets.c.id.in_(delivered)
        ours = select(tickets.c.reference).where(expired)
        theirs = select(outbox.c.remote).where(
            outbox.c.remote != "", outbox.c.ticket.in_(select(tickets.c.id).where(expired))
        )
        forget_names(connection, tracked_links.c.ticket.in_(ours.union(theirs)))
        count = connection.execute(update(tickets).where(expired).values(**_FORGOTTEN)).rowcount
    if count:
        erase_leftovers(engine)
    return count


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
