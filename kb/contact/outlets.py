"""What carries a ticket to whoever answers it: the port, what may go wrong, and the choice by the settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from kb.contact.model import Part, Ticket
from kb.contact.settings import ContactSettings, OutletKind
from kb.contact.surveys import SurveyLinks
from kb.errors import OperatorError
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


def open_outlet(settings: ContactSettings, site_url: str, surveys: SurveyLinks) -> Outlet:
    """Return the outlet that the settings choose.

    Args:
        site_url: Public address of the site.
        surveys: Makes the links by which customers rate the answer.

    Raises:
        OperatorError: Names every setting that the outlet needs and does not have.
    """
    _require(settings)
    match settings.contact_outlet:
        case OutletKind.NONE:
            return KeepHere()
        case OutletKind.EMAIL:
            from kb.contact.email import EmailOutlet

            return EmailOutlet(settings, site_url, surveys)
        case OutletKind.WEBHOOK:
            from kb.contact.webhook import WebhookOutlet

            return WebhookOutlet(settings.webhook_url, settings.webhook_secret, surveys)
        case OutletKind.CHATWOOT:
            from kb.contact.chatwoot import ChatwootOutlet

            return ChatwootOutlet(settings.chatwoot_url, settings.chatwoot_inbox_token, surveys)
        case OutletKind.ZENDESK:
            from kb.contact.zendesk import ZendeskOutlet

            return ZendeskOutlet(settings.zendesk_url, settings.zendesk_email, settings.zendesk_token, surveys)


class ReceiptPace(Protocol):
    """Keeps the form, which is open to everybody, from being used to fill somebody's mailbox."""

    def claim(self, ticket: TicketId, mailbox: str) -> bool:
        """Return whether the receipt of a ticket may go to a mailbox now; asking again for it changes nothing."""
        ...


def open_receipts(settings: ContactSettings, site_url: str, pace: ReceiptPace) -> Outlet | None:
    """Return what tells customers that their tickets arrived; None: the receiving system does that itself, or nobody.

    Args:
        site_url: Public address of the site.
        pace: How often one mailbox gets a receipt.
    """
    if settings.contact_outlet is not OutletKind.EMAIL:
        return None
    from kb.contact.email import ReceiptOutlet

    return ReceiptOutlet(settings, site_url, pace)


def parts_of(settings: ContactSettings) -> tuple[Part, ...]:
    """Return what is delivered of a ticket: helpdesks write to customers themselves, a mailbox does not."""
    return tuple(Part) if settings.contact_outlet is OutletKind.EMAIL else (Part.TICKET,)


_NEEDED = {
    OutletKind.NONE: (),
    OutletKind.EMAIL: ("smtp_host", "contact_email_to"),
    OutletKind.WEBHOOK: ("webhook_url", "webhook_secret"),
    OutletKind.CHATWOOT: ("chatwoot_url", "chatwoot_inbox_token"),
    OutletKind.ZENDESK: ("zendesk_url", "zendesk_email", "zendesk_token"),
}


def _require(settings: ContactSettings) -> None:
    missing = [name for name in _NEEDED[settings.contact_outlet] if not getattr(settings, name)]
    if missing:
        names = ", ".join(f"KB_{name.upper()}" for name in missing)
        raise OperatorError(
            f"Tickets cannot go to {settings.contact_outlet}: {names} not set.",
            "set them, or KB_CONTACT_OUTLET=none.",
        )
