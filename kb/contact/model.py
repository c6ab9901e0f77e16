"""What a ticket is: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb.events import TicketId
from kb.model import Language

LONGEST_NAME = 100
LONGEST_EMAIL = 254
LONGEST_SUBJECT = 200
LONGEST_MESSAGE = 5_000


class Part(StrEnum):
    """What is delivered of a ticket."""

    TICKET = "ticket"
    """To the team."""

    RECEIPT = "receipt"
    """To the customer: that the ticket arrived."""


class DeliveryState(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    SKIPPED = "skipped"
    """A receipt that was not to be sent; its error says why."""


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article that the customer opened before writing.

    Attributes:
        url: Full address.
    """

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Trail:
    """What the customer searched and read before writing, oldest first; personal data in searches is masked."""

    searches: tuple[str, ...] = ()
    articles: tuple[ReadArticle, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.searches or self.articles)


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """What a customer sends.

    Attributes:
        form: Names the one form that was filled in; a form makes one ticket, however often it is sent.
        name: May be empty.
        trail: None unless the customer agreed to send it.
    """

    form: str
    lang: Language
    name: str
    email: str
    subject: str
    message: str
    trail: Trail | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that was accepted.

    Attributes:
        reference: What the customer is told, e.g. ``7K3M-9QXZ``.
        at: Aware instant in UTC.
    """

    id: TicketId
    reference: str
    at: datetime
    draft: TicketDraft
