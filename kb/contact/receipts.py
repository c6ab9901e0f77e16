"""Lets one mailbox have one receipt an hour, whichever of the processes sends it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, select

from kb.clock import Clock
from kb.contact.tables import receipt_claims
from kb.events import TicketId
from kb.storage.database import insert_once, writing
from kb.storage.event_rows import instant_to_microseconds

INTERVAL = timedelta(hours=1)


class StoredReceiptPace:
    """Keeps for an hour which mailboxes got a receipt.

    Args:
        engine: The database, shared by all processes.
        clock: Tells when an hour is over.
        secret: Turns mailboxes into what is stored, so that the table names nobody.
    """

    def __init__(self, engine: Engine, clock: Clock, secret: str) -> None:
        self._engine = engine
        self._clock = clock
        self._secret = secret.encode()

    def claim(self, ticket: TicketId, mailbox: str) -> bool:
        """Return whether the receipt of a ticket may go to a mailbox now; asking again for it changes nothing."""
        now = self._clock.now()
        name = hmac.new(self._secret, f"receipt:{mailbox}".encode(), hashlib.sha256).hexdigest()
        row = {"mailbox": name, "ticket": ticket, "at": instant_to_microseconds(now)}
        with writing(self._engine) as connection:
            _forget(connection, now)
            if insert_once(connection, receipt_claims, ["mailbox"], row):
                return True
            holder = connection.execute(select(receipt_claims.c.ticket).where(receipt_claims.c.mailbox == name))
            return bool(holder.scalar() == ticket)

    def forget(self, now: datetime) -> None:
        """Delete what is over."""
        with writing(self._engine) as connection:
            _forget(connection, now)


def _forget(connection: Connection, now: datetime) -> None:
    # What lies ahead was written by a clock that has been set back.
    earliest, latest = (instant_to_microseconds(now + sign * INTERVAL) for sign in (-1, 1))
    connection.execute(delete(receipt_claims).where((receipt_claims.c.at <= earliest) | (receipt_claims.c.at > latest)))
