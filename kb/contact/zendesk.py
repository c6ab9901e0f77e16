"""Makes a Zendesk ticket for each ticket, found again by its external id."""

from __future__ import annotations

import json
from typing import Any

from kb.contact.http import Call, send
from kb.contact.model import Ticket
from kb.contact.outlets import DeliveryError
from kb.contact.surveys import SurveyLinks
from kb.contact.wording import ticket_text


class ZendeskOutlet:
    """Delivers to Zendesk.

    Zendesk remembers an idempotency key for two hours; a ticket that is delivered again is found by its external id.

    Args:
        url: Address of the Zendesk account.
        email: The agent that the token belongs to.
        token: An API token.
    """

    def __init__(self, url: str, email: str, token: str, surveys: SurveyLinks) -> None:
        self._tickets = f"{url}/api/v2/tickets.json"
        self._auth = (f"{email}/token", token)
        self._surveys = surveys

    def deliver(self, ticket: Ticket) -> str:
        """Make the ticket unless it is there already."""
        found = send(Call("GET", f"{self._tickets}?external_id={ticket.id}", auth=self._auth))
        if isinstance(found, dict) and found.get("tickets"):
            return _number(found["tickets"][0])
        body = json.dumps({"ticket": self._document(ticket)}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": ticket.id}
        made = send(Call("POST", self._tickets, headers, body, self._auth))
        return _number(made.get("ticket") if isinstance(made, dict) else None)

    def _document(self, ticket: Ticket) -> dict[str, Any]:
        draft = ticket.draft
        return {
            "external_id": ticket.id,
            "subject": draft.subject,
            "comment": {"body": ticket_text(ticket, self._surveys)},
            "requester": {"name": draft.name or draft.email, "email": draft.email},
            "tags": ["dalil", f"lang_{draft.lang}"],
        }


def _number(document: Any) -> str:
    try:
        return str(int(document["id"]))
    except (KeyError, TypeError, ValueError) as error:
        raise DeliveryError("Zendesk did not say which ticket it made") from error
