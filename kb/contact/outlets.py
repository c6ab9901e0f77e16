"""Chooses by the settings what carries tickets to whoever answers them."""

from __future__ import annotations

from kb.contact.delivery import KeepHere, Outlet, ReceiptPace
from kb.contact.model import Part
from kb.contact.settings import ContactSettings, OutletKind
from kb.contact.surveys import SurveyLinks
from kb.errors import OperatorError


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
