"""The queue of tickets that wait to be delivered: leased to one process at a time, kept until it says that it is done.

A process that dies while it delivers lets its lease end; the ticket is then delivered again under the same id, which is
the idempotency key: at least once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row, func, select, update

from kb.contact.model import Part, Ticket
from kb.events import TicketId
from kb.privacy import mask_personal_data
from kb.storage.contact_tables import outbox, tickets
from kb.storage.database import reading, writing
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds
from kb.storage.tickets import ticket_of

LEASE = timedelta(minutes=2)
"""How long a delivery may take before another process tries too."""

_LONGEST_ERROR = 300


class DeliveryState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Leased:
    """A part of a ticket to deliver now.

    Attributes:
        attempt: From 1.
    """

    ticket: Ticket
    part: Part
    attempt: int


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One line of the list of deliveries; holds nothing personal.

    Attributes:
        due: When it is tried next, if it waits.
        remote: What the receiving system calls the ticket.
        error: Why the last attempt failed.
    """

    ticket: TicketId
    part: Part
    reference: str
    sent: datetime
    state: DeliveryState
    attempts: int
    due: datetime
    remote: str
    error: str


class Outbox:
    """Hands out what is due and keeps what became of it.

    Args:
        engine: The database, shared by all processes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lease(self, now: datetime) -> Leased | None:
        """Return what has been due longest, and keep it from other processes for a while."""
        instant = instant_to_microseconds(now)
        due = (
            select(outbox.c.ticket, outbox.c.part, outbox.c.attempts)
            .where(outbox.c.state == DeliveryState.WAITING, outbox.c.due <= instant, outbox.c.leased_until <= instant)
            .order_by(outbox.c.due, outbox.c.ticket, outbox.c.part.desc())  # to the team first
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with writing(self._engine) as connection:
            entry = connection.execute(due).first()
            if entry is None:
                return None
            attempt = entry.attempts + 1
            until = instant_to_microseconds(now + LEASE)
            mine = (outbox.c.ticket == entry.ticket) & (outbox.c.part == entry.part)
            connection.execute(update(outbox).where(mine).values(attempts=attempt, leased_until=until))
            row = connection.execute(select(tickets).where(tickets.c.id == entry.ticket)).one()
        return Leased(ticket_of(row), Part(entry.part), attempt)

    def delivered(self, leased: Leased, now: datetime, remote: str) -> None:
        """Note that it arrived."""
        instant = instant_to_microseconds(now)
        self._change(
            leased, state=DeliveryState.DELIVERED, delivered=instant, leased_until=0, remote=remote[:200], error=""
        )

    def postpone(self, leased: Leased, due: datetime, error: str) -> None:
        """Try again later."""
        self._change(leased, due=instant_to_microseconds(due), leased_until=0, error=_harmless(error))

    def bury(self, leased: Leased, error: str) -> None:
        """Give up until somebody retries it by hand."""
        self._change(leased, state=DeliveryState.DEAD, leased_until=0, error=_harmless(error))

    def revive(self, now: datetime) -> int:
        """Make whatever was given up due again, with all its attempts ahead of it, and return how much there was."""
        values = {"state": DeliveryState.WAITING, "attempts": 0, "due": instant_to_microseconds(now), "leased_until": 0}
        with writing(self._engine) as connection:
            return connection.execute(
                update(outbox).where(outbox.c.state == DeliveryState.DEAD).values(**values)
            ).rowcount

    def entries(self, limit: int = 50) -> tuple[OutboxEntry, ...]:
        """Return the newest entries, latest first."""
        joined = outbox.join(tickets, tickets.c.id == outbox.c.ticket)
        newest = (
            select(outbox, tickets.c.reference, tickets.c.at)
            .select_from(joined)
            .order_by(tickets.c.at.desc(), tickets.c.id, outbox.c.part.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return tuple(_entry(row) for row in connection.execute(newest))

    def counts(self) -> dict[DeliveryState, int]:
        """Return how many tickets are in each state."""
        to_the_team = select(outbox.c.state, func.count()).where(outbox.c.part == Part.TICKET)
        with reading(self._engine) as connection:
            found = connection.execute(to_the_team.group_by(outbox.c.state)).all()
        stored = {row[0]: row[1] for row in found}
        return {state: stored.get(state, 0) for state in DeliveryState}

    def _change(self, leased: Leased, **values: Any) -> None:
        mine = (outbox.c.ticket == leased.ticket.id) & (outbox.c.part == leased.part)
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(mine).values(**values))


def _harmless(error: str) -> str:
    return mask_personal_data(error)[:_LONGEST_ERROR]


def _entry(row: Row[Any]) -> OutboxEntry:
    return OutboxEntry(
        ticket=TicketId(row.ticket),
        part=Part(row.part),
        reference=row.reference,
        sent=instant_from_microseconds(row.at),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        due=instant_from_microseconds(row.due),
        remote=row.remote,
        error=row.error,
    )
