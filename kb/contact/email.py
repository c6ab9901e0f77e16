"""Delivers tickets by e-mail."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from kb.contact.model import Ticket
from kb.contact.outlets import DeliveryError, DeliveryRefusedError
from kb.contact.settings import ContactSettings, SmtpSecurity
from kb.contact.surveys import SurveyLinks
from kb.contact.wording import ticket_subject, ticket_text

TIMEOUT_S = 20.0


class EmailOutlet:
    """Sends each ticket as one e-mail; its Message-ID is made from the ticket's id, by which mailboxes drop repeats.

    Args:
        site_url: Public address of the site; names the Message-ID.
    """

    def __init__(self, settings: ContactSettings, site_url: str, surveys: SurveyLinks) -> None:
        self._settings = settings
        self._host = urlsplit(site_url).hostname or "localhost"
        self._surveys = surveys

    def deliver(self, ticket: Ticket) -> str:
        """Send the e-mail, to be answered to the customer."""
        try:
            message = self._message(ticket)
        except ValueError as error:
            raise DeliveryRefusedError("the ticket cannot be written as an e-mail") from error
        try:
            with self._connect() as server:
                server.send_message(message)
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
