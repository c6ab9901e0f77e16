"""What becomes of a message to the team, and what is recorded of it: one way for the contact page and the widget."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from kb.contact.model import Ticket, Trail
from kb.events import ContactOpened, ContactTyped, EventId
from kb.model import Language
from web.contact.forms import ContactForm, FormPass
from web.services import services
from web.tracking.recording import half_hour, record_paced, stable_id

_log = logging.getLogger(__name__)


class NotStoredError(Exception):
    """The database did not take the message; it can be sent again."""


class SentBeforeError(Exception):
    """Another message was sent under this pass.

    Args:
        reference: What the customer may call it.
    """

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


def send(form: ContactForm, form_pass: FormPass, lang: Language, trail: Trail | None) -> Ticket:
    """Make the ticket of a valid form, once for each pass, and deliver it soon.

    Args:
        trail: What may be sent along if the customer agrees.

    Raises:
        NotStoredError: The database did not take it.
        SentBeforeError: Another message was sent under this pass.
    """
    draft = form.draft(form_pass.form, lang, trail)
    try:
        submission = services().tickets.submit(draft, form_pass.origin())
    except SQLAlchemyError as error:
        _log.exception("a ticket could not be stored")
        raise NotStoredError from error
    if submission.repeated and submission.ticket.draft != draft:
        raise SentBeforeError(submission.ticket.reference)
    services().outbox.wake()
    return submission.ticket


def record_opened(form_pass: FormPass) -> None:
    """Record that somebody opened the form."""
    now = services().clock.now()
    opened = EventId(stable_id("contact", form_pass.key, half_hour(now)))
    record_paced(ContactOpened(id=opened, at=now, origin=form_pass.origin(), arm=form_pass.arm))


def record_typed(form: ContactForm, form_pass: FormPass) -> None:
    """Record that somebody means to write, once enough was typed to say so."""
    if form.means_it:
        typed = EventId(stable_id("typed", form_pass.form))
        record_paced(ContactTyped(id=typed, at=services().clock.now(), origin=form_pass.origin()))
