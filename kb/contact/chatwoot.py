"""Opens a conversation in Chatwoot for each ticket, through the public interface of an API inbox.

Every step looks before it makes, so that a ticket that is delivered again, after any step, leaves one conversation:
the ticket's id names the contact's place in the inbox (`source_id`), and that place holds this conversation only.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from kb.contact.http import Call, send
from kb.contact.model import Ticket
from kb.contact.outlets import DeliveryError
from kb.contact.surveys import SurveyLinks
from kb.contact.wording import ticket_subject, ticket_text
from kb.events import Survey


class ChatwootOutlet:
    """Delivers to Chatwoot.

    Args:
        url: Address of Chatwoot.
        inbox: Identifier of the API inbox.
    """

    def __init__(self, url: str, inbox: str, surveys: SurveyLinks) -> None:
        self._contacts = f"{url}/public/api/v1/inboxes/{quote(inbox, safe='')}/contacts"
        self._surveys = surveys

    def deliver(self, ticket: Ticket) -> str:
        """Make contact, conversation and message, each unless it is there already."""
        draft = ticket.draft
        contact = {"source_id": ticket.id, "name": draft.name or draft.email, "email": draft.email}
        _call("POST", self._contacts, contact)
        place = f"{self._contacts}/{ticket.id}/conversations"
        conversation = _first(_call("GET", place)) or _call("POST", place, {"custom_attributes": self._about(ticket)})
        try:
            number = str(int(conversation["id"]))
        except (KeyError, TypeError, ValueError) as error:
            raise DeliveryError("Chatwoot did not say which conversation it made") from error
        messages = f"{place}/{number}/messages"
        if not _call("GET", messages):
            text = f"{ticket_subject(ticket)}\n\n{ticket_text(ticket, self._surveys)}"
            _call("POST", messages, {"content": text, "echo_id": ticket.id})
        return number

    def _about(self, ticket: Ticket) -> dict[str, str]:
        lang = ticket.draft.lang
        return {
            "dalil_reference": ticket.reference,
            "dalil_lang": lang,
            "dalil_survey": self._surveys.link(Survey.SATISFACTION, ticket.id, lang),
        }


def _call(method: str, url: str, document: object = None) -> Any:
    body = None if document is None else json.dumps(document, ensure_ascii=False).encode()
    return send(Call(method, url, {"Content-Type": "application/json"}, body))


def _first(found: Any) -> Any:
    return found[0] if isinstance(found, list) and found else None
