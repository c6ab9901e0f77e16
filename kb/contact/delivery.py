"""What carries a ticket to whoever answers it: the ports, and what may go wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from kb.contact.model import Ticket
from kb.events import TicketId


class DeliveryError(Exception):
    """A ticket could not be delivered now; it is tried again.

    Args:
        reason: What happened, without personal data.
        retry_after: The least time to wait, if the receiver named one.
    """

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class DeliveryRefusedError(DeliveryError):
    """The receiver will never take this ticket as it is; trying again is of no use."""


class DeliverySkippedError(DeliveryError):
    """This is not to be delivered at all, and nothing is lost by that."""


class Outlet(Protocol):
    """Delivers tickets."""

    def deliver(self, ticket: Ticket) -> str:
        """Deliver a ticket; delivering one again must not make a second where the receiver can tell by its id.

        Returns:
            What the receiver calls it; empty if it does not say.

        Raises:
            DeliveryError: It may not have arrived.
        """
        ...


class KeepHere:
    """Delivers nowhere: tickets stay in the database, where `kb outbox show` reads them."""

    def deliver(self, ticket: Ticket) -> str:
        """Count the ticket as delivered."""
        return ""


class ReceiptPace(Protocol):
    """Keeps the form, which is open to everybody, from being used to fill somebody's mailbox."""

    def claim(self, ticket: TicketId, mailbox: str) -> bool:
        """Return whether the receipt of a ticket may go to a mailbox now; asking again for it changes nothing."""
        ...
