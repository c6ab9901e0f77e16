"""Opens a conversation in Chatwoot for each ticket, through the public interface of an API inbox.

Every step looks before it makes, so that a ticket that is delivered again, after any step, leaves one conversation:
the ticket's id names the contact's place in the inbox (`source_id`), and that place holds this conversation only.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from kb.contact.addresses import find_address
from kb.contact.delivery import DeliveryError, DeliveryRefusedError
from kb.contact.http import DEADLINE_S, Call, Receiver, open_receiver
from kb.contact.model import Ticket
from kb.contact.surveys import SurveyLinks
from kb.contact.wording import ticket_subject, ticket_text
from kb.events import Survey


class ChatwootOutlet:
    """Delivers to Chatwoot.

    Args:
        url: Address of Chatwoot.
        inbox: Identifier of the API inbox.
        deadline_s: How long one delivery may take.
    """

    def __init__(self, url: str, inbox: str, surveys: SurveyLinks, deadline_s: float = DEADLINE_S) -> None:
        self._contacts = f"{url}/public/api/v1/inboxes/{quote(inbox, safe='')}/contacts"
        self._surveys = surveys
        self._deadline_s = deadline_s

    def deliver(self, ticket: Ticket) -> str:
        """Make contact, conversation and message, each unless it is there already."""
        with open_receiver(self._deadline_s) as chatwoot:
            has_address = self._make_contact(chatwoot, ticket)
            place = f"{self._contacts}/{ticket.id}/conversations"
            about = {"custom_attributes": self._about(ticket)}
            conversation = _first(_call(chatwoot, "GET", place)) or _call(chatwoot, "POST", place, about)
            try:
                number = str(int(conversation["id"]))
            except (KeyError, TypeError, ValueError) as error:
                raise DeliveryError("Chatwoot did not say which conversation it made") from error
            messages = f"{place}/{number}/messages"
            if not _call(chatwoot, "GET", messages):
                text = ticket_text(ticket, self._surveys, by_hand=not has_address)
                content = f"{ticket_subject(ticket)}\n\n{text}"
                _call(chatwoot, "POST", messages, {"content": content, "echo_id": ticket.id})
            return number

    def _make_contact(self, chatwoot: Receiver, ticket: Ticket) -> bool:
        """Make the contact, without an address where Chatwoot does not take it; return whether it has one."""
        draft = ticket.draft
        contact = {"source_id": ticket.id, "name": draft.name or draft.email}
        if (address := find_address(draft.email)) is not None:
            try:
                _call(chatwoot, "POST", self._contacts, contact | {"email": address.sendable})
            except DeliveryRefusedError:
                pass
            else:
                return True
        _call(chatwoot, "POST", self._contacts, contact)
        return False

    def _about(self, ticket: Ticket) -> dict[str, str]:
        lang = ticket.draft.lang
        return {
            "dalil_reference": ticket.reference,
            "dalil_lang": lang,
            "dalil_survey": self._surveys.link(Survey.SATISFACTION, ticket.id, lang),
        }


def _call(chatwoot: Receiver, method: str, url: str, document: object = None) -> Any:
    body = None if document is None else json.dumps(document, ensure_ascii=False).encode()
    return chatwoot.ask(Call(method, url, {"Content-Type": "application/json"}, body))


def _first(found: Any) -> Any:
    return found[0] if isinstance(found, list) and found else None
