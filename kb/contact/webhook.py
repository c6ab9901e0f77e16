"""Posts tickets to an address of the operator's, signed as https://www.standardwebhooks.com describes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from kb.contact.addresses import find_address
from kb.contact.http import DEADLINE_S, Call, open_receiver
from kb.contact.model import Ticket
from kb.contact.surveys import SurveyLinks
from kb.errors import OperatorError
from kb.events import Survey

PREFIX = "whsec_"
SHORTEST_KEY = 24


class WebhookOutlet:
    """Posts each ticket as JSON; the header ``webhook-id`` is the idempotency key.

    Args:
        url: Where to.
        secret: `whsec_` and base64.
        now: Unix time in seconds.
        deadline_s: How long one delivery may take.

    Raises:
        OperatorError: The secret is not as described.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        surveys: SurveyLinks,
        now: Callable[[], float] = time.time,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._url = url
        self._key = signing_key(secret)
        self._surveys = surveys
        self._now = now
        self._deadline_s = deadline_s

    def deliver(self, ticket: Ticket) -> str:
        """Post the ticket; any 2xx means that it arrived."""
        body = json.dumps(ticket_document(ticket, self._surveys), ensure_ascii=False).encode()
        timestamp = str(int(self._now()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Dalil-Webhook",
            "webhook-id": ticket.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self._key, ticket.id, timestamp, body),
        }
        with open_receiver(self._deadline_s) as receiver:
            receiver.send(Call("POST", self._url, headers, body))
        return ""


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """Return ``v1,`` and the base64 of the HMAC-SHA256 over id, timestamp and body."""
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def signing_key(secret: str) -> bytes:
    """Return the bytes of a secret.

    Raises:
        OperatorError: It is not base64, or too short.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if len(key) < SHORTEST_KEY:
        raise OperatorError(
            f"KB_WEBHOOK_SECRET is not {PREFIX} and the base64 of at least {SHORTEST_KEY} bytes.",
            f'make one: echo "{PREFIX}$(openssl rand -base64 32)".',
        )
    return key


def ticket_document(ticket: Ticket, surveys: SurveyLinks) -> Mapping[str, Any]:
    """Return what is posted; docs/CONTACT.md describes it."""
    draft = ticket.draft
    trail, address = draft.trail, find_address(draft.email)
    return {
        "type": "ticket.created",
        "timestamp": ticket.at.isoformat(),
        "data": {
            "id": ticket.id,
            "reference": ticket.reference,
            "lang": draft.lang,
            "name": draft.name,
            "email": address.sendable if address else draft.email,
            "subject": draft.subject,
            "message": draft.message,
            "searched": list(trail.searches) if trail else None,
            "read": [{"title": each.title, "url": each.url} for each in trail.articles] if trail else None,
            "survey_url": surveys.link(Survey.SATISFACTION, ticket.id, draft.lang),
        },
    }
