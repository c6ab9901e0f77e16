"""What is sent by e-mail: tickets to the team, receipts to customers."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from kb.contact.addresses import Mailbox, find_address, read_mailboxes
from kb.contact.delivery import DeliveryError, DeliveryRefusedError, DeliverySkippedError, ReceiptPace
from kb.contact.hours import parse_hours, state_at
from kb.contact.letters import Letter
from kb.contact.model import Ticket
from kb.contact.settings import ContactSettings, own_mailboxes
from kb.contact.smtp import DEADLINE_S, Mailer
from kb.contact.surveys import SurveyLinks
from kb.contact.wording import Receipt, receipt_subject, receipt_text, ticket_subject, ticket_text


class EmailOutlet:
    """Sends each ticket as one e-mail; its Message-ID is made from the ticket's id, by which mailboxes drop repeats.

    Args:
        site_url: Public address of the site; names the Message-ID.
        deadline_s: How long one delivery may take.
    """

    def __init__(
        self, settings: ContactSettings, site_url: str, surveys: SurveyLinks, deadline_s: float = DEADLINE_S
    ) -> None:
        self._mailer = Mailer(settings, deadline_s)
        self._own = own_mailboxes(settings)
        self._team = read_mailboxes(settings.contact_email_to)
        self._sender = _sender(settings)
        self._site_url = site_url
        self._surveys = surveys

    def deliver(self, ticket: Ticket) -> str:
        """Send the e-mail, to be answered to the customer."""
        try:
            return self._mailer.send(self._letter(ticket), self._sender.address.sendable)
        except (DeliveryRefusedError, DeliverySkippedError) as error:
            # Our own mailbox is out of order, or its server strict today: no reason to give a customer up.
            raise DeliveryError(error.reason) from error

    def _letter(self, ticket: Ticket) -> Letter:
        draft = ticket.draft
        address = find_address(draft.email)
        # An address beyond ASCII in a header has the whole e-mail refused by the first server that knows only ASCII.
        is_fit = address is not None and not address.needs_smtputf8 and address.mailbox not in self._own
        reply_to = (Mailbox(address, draft.name),) if address is not None and is_fit else ()
        return Letter(
            sender=self._sender,
            to=self._team,
            reply_to=reply_to,
            subject=ticket_subject(ticket),
            text=ticket_text(ticket, self._surveys, by_hand=not reply_to),
            lang=draft.lang,
            message_id=_ticket_message_id(ticket, self._site_url),
            at=ticket.at,
            marks=(("X-Dalil-Ticket", ticket.reference),),
        )


class ReceiptOutlet:
    """Tells customers by e-mail that their tickets arrived.

    The form is open to everybody, so that anybody can have this e-mail sent to anybody: nothing in it is the sender's,
    it goes to one mailbox once an hour, and never to one of ours.

    Args:
        site_url: Public address of the site; names the Message-ID.
        pace: How often one mailbox gets a receipt.
        deadline_s: How long one delivery may take.
    """

    def __init__(
        self, settings: ContactSettings, site_url: str, pace: ReceiptPace, deadline_s: float = DEADLINE_S
    ) -> None:
        self._settings = settings
        self._mailer = Mailer(settings, deadline_s)
        self._own = own_mailboxes(settings)
        self._team = read_mailboxes(settings.contact_email_to)
        self._sender = _sender(settings)
        self._site_url = site_url
        self._pace = pace

    def deliver(self, ticket: Ticket) -> str:
        """Send the receipt, to be answered to the team.

        Raises:
            DeliverySkippedError: It is not to be sent.
        """
        address = find_address(ticket.draft.email)
        if address is None:
            raise DeliverySkippedError("there is no address that it could go to")
        if address.mailbox in self._own:
            raise DeliverySkippedError("it would go to an address of our own")
        if not self._pace.claim(ticket.id, address.mailbox):
            raise DeliverySkippedError("this address got a receipt within the hour")
        return self._mailer.send(self._letter(ticket, Mailbox(address)), *self._bounces_to())

    def _bounces_to(self) -> tuple[str, ...]:
        """Return the envelope's senders to try: nobody first (RFC 3834), so that no bounce is answered."""
        named = read_mailboxes(self._settings.receipt_bounces_to)
        return (named[0].address.sendable,) if named else ("", self._sender.address.sendable)

    def _letter(self, ticket: Ticket, customer: Mailbox) -> Letter:
        receipt = self._receipt(ticket)
        return Letter(
            sender=self._sender,
            to=(customer,),
            reply_to=self._team,
            subject=receipt_subject(receipt),
            text=receipt_text(receipt),
            lang=receipt.lang,
            message_id=f"<{ticket.id}.receipt@{_host_of(self._site_url)}>",
            at=ticket.at,
            answers=_ticket_message_id(ticket, self._site_url),
        )

    def _receipt(self, ticket: Ticket) -> Receipt:
        settings, lang = self._settings, ticket.draft.lang
        hours = parse_hours(settings.contact_form_hours)
        is_open = state_at(hours, ticket.at, ZoneInfo(settings.time_zone)).is_open
        reply = timedelta(minutes=settings.contact_form_reply_minutes)
        return Receipt(ticket.reference, lang, reply, is_open, f"{self._site_url}/{lang}/")


def _sender(settings: ContactSettings) -> Mailbox:
    return read_mailboxes(settings.smtp_from or settings.contact_email_to)[0]


def _ticket_message_id(ticket: Ticket, site_url: str) -> str:
    return f"<{ticket.id}@{_host_of(site_url)}>"


def _host_of(site_url: str) -> str:
    host = urlsplit(site_url).hostname or "localhost"
    if ":" in host:
        return f"[{host}]"
    return host if host.isascii() else host.encode("idna").decode("ascii")
