"""Sends e-mails: tickets to the team, receipts to customers."""

from __future__ import annotations

import smtplib
import ssl
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from kb.contact.hours import parse_hours, state_at
from kb.contact.model import Ticket
from kb.contact.outlets import DeliveryError, DeliveryRefusedError
from kb.contact.settings import ContactSettings, SmtpSecurity
from kb.contact.surveys import SurveyLinks
from kb.contact.wording import Receipt, receipt_subject, receipt_text, ticket_subject, ticket_text

TIMEOUT_S = 20.0
_PERMANENT = 550


class Mailer:
    """Hands e-mails to the mail server of the settings."""

    def __init__(self, settings: ContactSettings) -> None:
        self._settings = settings

    def send(self, message: EmailMessage) -> str:
        """Send an e-mail and return its Message-ID.

        Raises:
            DeliveryError: The server did not take it.
            DeliveryRefusedError: It will never take e-mails for this address.
        """
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            kind = DeliveryRefusedError if min(codes) >= _PERMANENT else DeliveryError
            raise kind(f"the mail server refused the address: {min(codes)}") from error
        except smtplib.SMTPResponseException as error:
            raise DeliveryError(f"the mail server answered {error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"{type(error).__name__}: the mail server did not take the e-mail") from error
        return str(message["Message-ID"])

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.smtp_security is SmtpSecurity.TLS:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_S)
        try:
            if settings.smtp_security is SmtpSecurity.STARTTLS:
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server


class EmailOutlet:
    """Sends each ticket as one e-mail; its Message-ID is made from the ticket's id, by which mailboxes drop repeats.

    Args:
        site_url: Public address of the site; names the Message-ID.
    """

    def __init__(self, settings: ContactSettings, site_url: str, surveys: SurveyLinks) -> None:
        self._settings = settings
        self._mailer = Mailer(settings)
        self._host = _host_of(site_url)
        self._surveys = surveys

    def deliver(self, ticket: Ticket) -> str:
        """Send the e-mail, to be answered to the customer."""
        try:
            message = self._message(ticket)
        except ValueError as error:
            raise DeliveryRefusedError("the ticket cannot be written as an e-mail") from error
        return self._mailer.send(message)

    def _message(self, ticket: Ticket) -> EmailMessage:
        draft, settings = ticket.draft, self._settings
        message = EmailMessage()
        message["From"] = settings.smtp_from or settings.contact_email_to
        message["To"] = settings.contact_email_to
        message["Reply-To"] = Address(" ".join(draft.name.split()), addr_spec=draft.email)
        message["Subject"] = ticket_subject(ticket)
        message["Date"] = format_datetime(ticket.at)
        message["Message-ID"] = f"<{ticket.id}@{self._host}>"
        message["X-Dalil-Ticket"] = ticket.reference
        message.set_content(ticket_text(ticket, self._surveys))
        return message


class ReceiptOutlet:
    """Tells customers by e-mail that their tickets arrived.

    The form is open to everybody, so that anybody can have this e-mail sent to anybody: nothing in it is the sender's.

    Args:
        site_url: Public address of the site; names the Message-ID.
    """

    def __init__(self, settings: ContactSettings, site_url: str) -> None:
        self._settings = settings
        self._mailer = Mailer(settings)
        self._site_url = site_url

    def deliver(self, ticket: Ticket) -> str:
        """Send the receipt, to be answered to the team."""
        try:
            message = self._message(ticket)
        except ValueError as error:
            raise DeliveryRefusedError("the receipt cannot be written as an e-mail") from error
        return self._mailer.send(message)

    def _message(self, ticket: Ticket) -> EmailMessage:
        settings, receipt = self._settings, self._receipt(ticket)
        message = EmailMessage()
        message["From"] = settings.smtp_from or settings.contact_email_to
        message["To"] = Address(addr_spec=ticket.draft.email)
        message["Reply-To"] = settings.contact_email_to
        message["Subject"] = receipt_subject(receipt)
        message["Date"] = format_datetime(ticket.at)
        message["Message-ID"] = f"<{ticket.id}.receipt@{_host_of(self._site_url)}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers it
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(receipt_text(receipt))
        message["Content-Language"] = receipt.lang
        return message

    def _receipt(self, ticket: Ticket) -> Receipt:
        settings, lang = self._settings, ticket.draft.lang
        hours = parse_hours(settings.contact_form_hours)
        is_open = state_at(hours, ticket.at, ZoneInfo(settings.contact_time_zone)).is_open
        reply = timedelta(minutes=settings.contact_form_reply_minutes)
        return Receipt(ticket.reference, lang, reply, is_open, f"{self._site_url}/{lang}/")


def _host_of(site_url: str) -> str:
    return urlsplit(site_url).hostname or "localhost"
