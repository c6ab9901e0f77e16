"""The queue of tickets that wait to be delivered: leased to one process at a time, kept until it says that it is done.

A process that dies while it delivers lets its lease end; the ticket is then delivered again under the same id, which is
the idempotency key: at least once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, func, select, update

from kb.contact.model import DeliveryState, Part, Ticket
from kb.contact.plain_text import one_line
from kb.contact.tables import outbox, tickets
from kb.contact.tickets import ticket_of
from kb.events import TicketId
from kb.privacy import mask_personal_data
from kb.storage.database import reading, writing
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds

LEASE = timedelta(minutes=2)
"""How long a delivery may take before another process tries too."""

SKEW = timedelta(minutes=5)
"""How far clocks of processes may be apart; what lies further ahead was written by a clock that has been set back."""

_LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Leased:
    """A part of a ticket to deliver now.

    Attributes:
        attempt: From 1.
        reference: What people call the ticket.
    """

    ticket: TicketId
    part: Part
    attempt: int
    reference: str


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

    def lease(self, now: datetime, due_by: datetime) -> Leased | None:
        """Return what has been due longest, counted as a try, and keep it from other processes for a while.

        Args:
            now: The lease runs from here.
            due_by: What becomes due after this is left for later.
        """
        instant, skewed = instant_to_microseconds(now), instant_to_microseconds(now + SKEW)
        is_due = (outbox.c.due <= instant_to_microseconds(due_by)) | (outbox.c.decided > skewed)
        is_free = (outbox.c.leased_until <= instant) | (
            outbox.c.leased_until > instant_to_microseconds(now + SKEW + LEASE)
        )
        reference = select(tickets.c.reference).where(tickets.c.id == outbox.c.ticket).scalar_subquery()
        due = (
            select(outbox.c.ticket, outbox.c.part, outbox.c.attempts, reference.label("reference"))
            .where(outbox.c.state == DeliveryState.WAITING, is_due, is_free)
            .order_by(outbox.c.due, outbox.c.ticket, outbox.c.part.desc())  # to the team first
            .limit(1)
            .with_for_update(skip_locked=True, of=outbox)
        )
        with writing(self._engine) as connection:
            entry = connection.execute(due).first()
            if entry is None:
                return None
            name = entry.reference or entry.ticket
            leased = Leased(TicketId(entry.ticket), Part(entry.part), entry.attempts + 1, name)
            until = instant_to_microseconds(now + LEASE)
            connection.execute(
                update(outbox).where(_row_of(leased)).values(attempts=leased.attempt, leased_until=until)
            )
        return leased

    def ticket(self, leased: Leased) -> Ticket:
        """Return the ticket of a lease; fails if it cannot be read, which is then a failed try like any other."""
        with reading(self._engine) as connection:
            return ticket_of(connection.execute(select(tickets).where(tickets.c.id == leased.ticket)).one())

    def delivered(self, leased: Leased, now: datetime, remote: str) -> None:
        """Note that it arrived."""
        instant = instant_to_microseconds(now)
        self._change(
            leased,
            state=DeliveryState.DELIVERED,
            delivered=instant,
            leased_until=0,
            remote=one_line(remote)[:200],
            error="",
        )

    def postpone(self, leased: Leased, now: datetime, wait: timedelta, error: str) -> None:
        """Try again after a wait."""
        times = {"due": instant_to_microseconds(now + wait), "decided": instant_to_microseconds(now)}
        self._change(leased, leased_until=0, error=_harmless(error), **times)

    def bury(self, leased: Leased, error: str) -> None:
        """Give up until somebody retries it by hand."""
        self._change(leased, state=DeliveryState.DEAD, leased_until=0, error=_harmless(error))

    def skip(self, leased: Leased, error: str) -> None:
        """Note that it is not to be delivered."""
        self._change(leased, state=DeliveryState.SKIPPED, leased_until=0, error=_harmless(error))

    def revive(self, now: datetime, ticket: TicketId | None = None) -> int:
        """Make whatever was given up or waits for its next try due now, with all attempts ahead of it.

        Args:
            now: When.
            ticket: Of this ticket only.

        Returns:
            How much there was. What is being delivered at this moment is left alone.
        """
        instant = instant_to_microseconds(now)
        is_held = (outbox.c.leased_until > instant) & (
            outbox.c.leased_until <= instant_to_microseconds(now + SKEW + LEASE)
        )
        undelivered = outbox.c.state.in_([DeliveryState.DEAD, DeliveryState.WAITING]) & ~is_held
        chosen = undelivered if ticket is None else undelivered & (outbox.c.ticket == ticket)
        values = {"state": DeliveryState.WAITING, "attempts": 0, "due": instant, "decided": instant, "leased_until": 0}
        with writing(self._engine) as connection:
            return connection.execute(update(outbox).where(chosen).values(**values)).rowcount

    def find(self, reference: str) -> TicketId | None:
        """Return the ticket that a customer's reference names."""
        with reading(self._engine) as connection:
            named = select(tickets.c.id).where(tickets.c.reference == reference.strip().upper())
            found = connection.execute(named).scalar()
        return TicketId(found) if found else None

    def entries(self, limit: int = 50) -> tuple[OutboxEntry, ...]:
        """Return the newest entries, latest first."""
        joined = outbox.outerjoin(tickets, tickets.c.id == outbox.c.ticket)
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
        return {state: stored.get(state, 0) for state in DeliveryState if state is not DeliveryState.SKIPPED}

    def _change(self, leased: Leased, **values: Any) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(_row_of(leased)).values(**values))


def _row_of(leased: Leased) -> ColumnElement[bool]:
    return (outbox.c.ticket == leased.ticket) & (outbox.c.part == leased.part)


def _harmless(error: str) -> str:
    """Return a reason that every database stores and every terminal shows."""
    return mask_personal_data(one_line(error))[:_LONGEST_ERROR]


def _entry(row: Row[Any]) -> OutboxEntry:
    return OutboxEntry(
        ticket=TicketId(row.ticket),
        part=Part(row.part),
        reference=row.reference or "",
        sent=instant_from_microseconds(row.at or 0),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        due=instant_from_microseconds(row.due),
        remote=row.remote,
        error=row.error,
    )
