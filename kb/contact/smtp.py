"""Hands e-mails to a mail server: within a time, believing no answer of any length, and once."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from typing import Any

from kb.contact.deadline import Deadline
from kb.contact.delivery import DeliveryError, DeliveryRefusedError, DeliverySkippedError
from kb.contact.letters import Letter, wire_bytes
from kb.contact.settings import ContactSettings, SmtpSecurity

STEP_TIMEOUT_S = 20.0
DEADLINE_S = 45.0
"""For one e-mail, from connecting to its acknowledgement."""

LONGEST_ANSWERS = 64 * 1024
_PERMANENT = 500
_UNKNOWN_MAILBOX = 550


class Mailer:
    """Hands e-mails to the mail server of the settings.

    Args:
        deadline_s: How long one e-mail may take.
    """

    def __init__(self, settings: ContactSettings, deadline_s: float = DEADLINE_S) -> None:
        self._settings = settings
        self._deadline_s = deadline_s

    def send(self, letter: Letter, *bounces_to: str) -> str:
        """Send an e-mail and return its Message-ID.

        Args:
            bounces_to: Sender of the envelope, to whom it comes back; `""` is nobody. Of several, the first that the
                server takes.

        Raises:
            DeliveryError: The server did not take it.
            DeliveryRefusedError: It will never take it.
            DeliverySkippedError: It has no SMTPUTF8, which an address of this e-mail needs.
        """
        data = wire_bytes(letter)
        with Deadline(self._deadline_s) as deadline:
            try:
                server = self._connect(deadline)
                try:
                    _hand_over(server, letter, data, bounces_to)
                    with suppress(smtplib.SMTPException, OSError):  # it has the e-mail, whatever it says now
                        server.quit()
                finally:
                    server.close()
            except smtplib.SMTPException as error:
                raise self._said(error, deadline) from error
            except OSError as error:
                reason = f"{type(error).__name__}: the mail server did not take the e-mail"
                raise DeliveryError(self._late(deadline) or reason) from error
        return letter.message_id

    def _said(self, error: smtplib.SMTPException, deadline: Deadline) -> DeliveryError:
        """Return what an answer of the server, or none, means."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code = min(code for code, _ in error.recipients.values())
            kind = DeliveryRefusedError if code >= _UNKNOWN_MAILBOX else DeliveryError
            return kind(f"the mail server refused the address: {code}")
        if isinstance(error, smtplib.SMTPResponseException):
            is_final = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= _PERMANENT
            kind = DeliveryRefusedError if is_final else DeliveryError
            return kind(f"the mail server answered {error.smtp_code}")
        reason = f"{type(error).__name__}: the mail server did not take the e-mail"
        return DeliveryError(self._late(deadline) or reason)

    def _late(self, deadline: Deadline) -> str:
        return f"the mail server took longer than {self._deadline_s:g} s" if deadline.is_over else ""

    def _connect(self, deadline: Deadline) -> smtplib.SMTP:
        settings = self._settings
        kind = _TlsConnection if settings.smtp_security is SmtpSecurity.TLS else _Connection
        server = kind(deadline, settings.smtp_host, settings.smtp_port)
        try:
            if settings.smtp_security is SmtpSecurity.STARTTLS:
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.ehlo_or_helo_if_needed()
        except BaseException:  # also an interrupt: nobody but this function knows the connection yet
            server.close()
            raise
        return server


def _hand_over(server: smtplib.SMTP, letter: Letter, data: bytes, bounces_to: tuple[str, ...]) -> None:
    options: list[str] = []
    if letter.needs_smtputf8:
        if not server.has_extn("smtputf8"):
            raise DeliverySkippedError("the mail server has no SMTPUTF8, which this address needs")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    *preferred, last = bounces_to
    for sender in preferred:
        # Servers refuse a sender that they do not like at any of these steps.
        with suppress(smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
            server.sendmail(sender, letter.recipients, data, options)
            return
    server.sendmail(last, letter.recipients, data, options)


class _Connection(smtplib.SMTP):
    """A connection that a deadline watches and whose answers are bounded."""

    def __init__(self, deadline: Deadline, host: str, port: int) -> None:
        self._deadline = deadline
        super().__init__(host, port, timeout=STEP_TIMEOUT_S)

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        return self._deadline.watch(super()._get_socket(host, port, timeout))  # type: ignore[misc]

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer."""
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()


class _TlsConnection(smtplib.SMTP_SSL, _Connection):
    """The same under TLS from the first byte on."""

    def __init__(self, deadline: Deadline, host: str, port: int) -> None:
        self._deadline = deadline
        smtplib.SMTP_SSL.__init__(self, host, port, timeout=STEP_TIMEOUT_S, context=ssl.create_default_context())


class _Bounded:
    """A file that is read in lines, up to a size."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = LONGEST_ANSWERS

    def readline(self, limit: int) -> bytes:
        line: bytes = self._file.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("the mail server answers without end")
        return line

    def close(self) -> None:
        self._file.close()
