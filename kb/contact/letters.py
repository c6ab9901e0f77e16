"""Writes e-mails out: every header and the text, so that nothing in them can end a header or be read as something else.

The standard library's `EmailMessage` reads what it is given as a header: `=?utf-8?b?…?=` typed by a customer is
decoded, line ends included, and folding drops spaces between encoded words (Python 3.11). Here each value is either a
token of ours, an address that was checked, or a text; one that is not plainly ASCII is encoded as a whole (RFC 2047).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.quoprimime import body_encode
from email.utils import format_datetime

from kb.contact.addresses import Mailbox
from kb.contact.plain_text import message_text, one_line
from kb.model import Language

_LINE = 76
_FOLD = "\r\n "
_TOKEN = re.compile(r"[!-~]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail of ours.

    Attributes:
        sender: Who it is from.
        to: Who gets it.
        reply_to: Who gets the answer; empty: nobody can be named.
        subject: On one line.
        text: The whole text.
        lang: Its language, empty if it is in several.
        message_id: With angle brackets.
        at: When what it tells of happened.
        answers: Message-ID of the e-mail whose conversation it belongs to, or empty.
        marks: Further headers; tokens only.
    """

    sender: Mailbox
    to: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    subject: str
    text: str
    lang: Language
    message_id: str
    at: datetime
    answers: str = ""
    marks: tuple[tuple[str, str], ...] = field(default=())

    @property
    def recipients(self) -> list[str]:
        """The addresses of the envelope."""
        return [box.address.sendable for box in self.to]

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only mail servers with SMTPUTF8 can carry it."""
        return any(box.address.needs_smtputf8 for box in (self.sender, *self.to, *self.reply_to))


def wire_bytes(letter: Letter) -> bytes:
    """Return the e-mail as it goes over the wire.

    Raises:
        ValueError: A token is none.
    """
    encoding, body = _body(letter.text)
    headers = [*_headers(letter), ("Content-Transfer-Encoding", encoding)]
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\n" + body


def _headers(letter: Letter) -> Iterator[tuple[str, str]]:
    yield "From", _mailboxes("From", (letter.sender,))
    yield "To", _mailboxes("To", letter.to)
    if letter.reply_to:
        yield "Reply-To", _mailboxes("Reply-To", letter.reply_to)
    yield "Subject", _text("Subject", letter.subject)
    yield "Date", format_datetime(letter.at)
    yield "Message-ID", _token(letter.message_id)
    if letter.answers:
        yield "In-Reply-To", _token(letter.answers)
        yield "References", _token(letter.answers)
    # RFC 3834: nothing that answers by itself answers this, and no two programs write to each other for ever.
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "All"
    yield from ((_token(name), _token(value)) for name, value in letter.marks)
    yield "MIME-Version", "1.0"
    yield "Content-Type", 'text/plain; charset="utf-8"'
    yield "Content-Language", _token(letter.lang)


def _text(header: str, text: str) -> str:
    line = one_line(text)
    # What does not fit is encoded too: an unbroken word would be folded onto a line of its own, after an empty one.
    is_plain = line.isascii() and "=?" not in line and len(header) + len(": ") + len(line) <= _LINE
    return Header(line, "us-ascii" if is_plain else "utf-8", _LINE, header).encode(linesep="\r\n")


def _mailboxes(header: str, boxes: tuple[Mailbox, ...]) -> str:
    return f",{_FOLD}".join(_mailbox(header, box) for box in boxes)


def _mailbox(header: str, box: Mailbox) -> str:
    address, name = box.address.sendable, one_line(box.name)
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        phrase = _text(header, name)
    elif _ATOMS.fullmatch(name):
        phrase = name
    else:
        phrase = '"' + re.sub(r'([\\"])', r"\\\1", name) + '"'
    # Folded only where it must be, so that people who read headers find the address beside its name.
    fits = len(header) + len(": ") + len(phrase) + len(f" <{address}>") <= _LINE
    return f"{phrase}{' ' if fits else _FOLD}<{address}>"


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError("a header's token has a space, a line end or a letter beyond ASCII")
    return text


def _body(text: str) -> tuple[str, bytes]:
    """Return the encoding and the encoded text, whichever encoding is shorter."""
    data = message_text(text).replace("\n", "\r\n").encode()
    coded = base64.encodebytes(data).replace(b"\n", b"\r\n")
    readable = body_encode(data.decode("latin-1"), eol="\r\n").encode("ascii")
    return ("quoted-printable", readable) if len(readable) <= len(coded) else ("base64", coded)
