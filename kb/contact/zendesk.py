"""Makes a Zendesk ticket for each ticket, found again by its external id."""

from __future__ import annotations

import json
from typing import Any

from kb.contact.addresses import find_address
from kb.contact.delivery import DeliveryError, DeliveryRefusedError
from kb.contact.http import DEADLINE_S, Call, Receiver, open_receiver
from kb.contact.model import Ticket
from kb.contact.surveys import SurveyLinks
from kb.contact.wording import ticket_text


class ZendeskOutlet:
    """Delivers to Zendesk.

    Zendesk remembers an idempotency key for two hours; a ticket that is delivered again is found by its external id.

    Args:
        url: Address of the Zendesk account.
        email: The agent that the token belongs to.
        token: An API token.
        deadline_s: How long one delivery may take.
    """

    def __init__(self, url: str, email: str, token: str, surveys: SurveyLinks, deadline_s: float = DEADLINE_S) -> None:
        self._tickets = f"{url}/api/v2/tickets.json"
        self._auth = (f"{email}/token", token)
        self._surveys = surveys
        self._deadline_s = deadline_s

    def deliver(self, ticket: Ticket) -> str:
        """Make the ticket unless it is there already."""
        with open_receiver(self._deadline_s) as zendesk:
            found = zendesk.ask(Call("GET", f"{self._tickets}?external_id={ticket.id}", auth=self._auth))
            if isinstance(found, dict) and found.get("tickets"):
                return _number(found["tickets"])
            made = self._make(zendesk, ticket)
            return _number([made.get("ticket") if isinstance(made, dict) else None])

    def _make(self, zendesk: Receiver, ticket: Ticket) -> Any:
        """Make the ticket; from the agent of the token where Zendesk does not take the customer's address."""
        if (address := find_address(ticket.draft.email)) is not None:
            name = ticket.draft.name or address.text
            document = self._document(ticket) | {"requester": {"name": name, "email": address.sendable}}
            try:
                return self._post(zendesk, document, ticket.id)
            except DeliveryRefusedError:
                pass
        # Zendesk refuses one key with two bodies.
        return self._post(zendesk, self._document(ticket, by_hand=True), f"{ticket.id}-by-hand")

    def _post(self, zendesk: Receiver, document: dict[str, Any], key: str) -> Any:
        body = json.dumps({"ticket": document}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return zendesk.ask(Call("POST", self._tickets, headers, body, self._auth))

    def _document(self, ticket: Ticket, *, by_hand: bool = False) -> dict[str, Any]:
        return {
            "external_id": ticket.id,
            "subject": ticket.draft.subject,
            "comment": {"body": ticket_text(ticket, self._surveys, by_hand=by_hand)},
            "tags": ["dalil", f"lang_{ticket.draft.lang}"],
        }


def _number(tickets: Any) -> str:
    try:
        return str(int(tickets[0]["id"]))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DeliveryError("Zendesk did not say which ticket it made") from error
