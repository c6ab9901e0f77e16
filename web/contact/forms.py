"""What the contact form takes, and the pass that it carries.

The pass is signed and names this one form: what is sent twice makes one ticket, and a form that another site sends is
refused together with `web.same_origin`. Unlike a session's token its refusal keeps what the customer typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, Form, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from kb.contact.addresses import AddressError, AddressFault, read_address
from kb.contact.model import LONGEST_EMAIL, LONGEST_MESSAGE, LONGEST_NAME, LONGEST_SUBJECT, Trail
from kb.contact.model import TicketDraft as Draft
from kb.contact.plain_text import message_text, one_line
from kb.contact.settings import own_mailboxes
from kb.events import Arm, Origin, VisitorKey
from kb.model import Language
from kb.statistics.holdout import assign_arm
from web.i18n import gettext
from web.services import services
from web.signing import SigningFault, read_fresh, sign_for_a_while
from web.tracking.reader import present_reader
from web.tracking.recording import stable_id

PASS_LIFE = timedelta(hours=48)
"""A form that is left open overnight, or for a day, can still be sent."""
INTENT_LENGTH = 3
"""Characters typed after which the reader means to write (docs/STATISTICS.md)."""

_PURPOSE = "contact-form"


@dataclass(frozen=True, slots=True)
class FormPass:
    """What a form carries.

    Attributes:
        form: Names it.
        arm: Whether it suggests articles; fixed when it was opened.
        key: Who opened it, for events.
    """

    form: str
    arm: Arm
    key: VisitorKey

    def signed(self) -> str:
        """Return the pass as the form's hidden field holds it."""
        return sign_for_a_while(_PURPOSE, self.form, self.arm, self.key)

    def origin(self) -> Origin:
        """Return what events of this form say about who and where."""
        present = present_reader().origin()
        return replace(present, visitor=self.key)


def new_pass() -> FormPass:
    """Return the pass of a form that is opened now."""
    key = present_reader().key
    return FormPass(services().new_id(), assign_arm(key, services().settings.holdout_share), key)


def read_pass(text: str) -> FormPass | SigningFault:
    """Return the pass that a form carries, or why it is not believed."""
    parts = read_fresh(_PURPOSE, text, PASS_LIFE)
    if isinstance(parts, SigningFault):
        return parts
    return FormPass(parts[0], Arm(parts[1]), VisitorKey(parts[2]))


class IsAddressOfACustomer:
    """Reads the address as the code does that sends to it, and puts it into the field as that understood it."""

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse what cannot be written to, and our own mailboxes: an answer to them would reach nobody."""
        try:
            address = read_address(field.data or "")
        except AddressError as error:
            raise ValidationError(_what_is_wrong(error)) from error
        if address.mailbox in own_mailboxes(services().settings):
            raise ValidationError(gettext("This is our own address. Write yours, so that our answer reaches you."))
        field.data = address.text


def _what_is_wrong(error: AddressError) -> str:
    match error.fault:
        case AddressFault.DOTS:
            return gettext("There is one dot too many: two in a row, or one at the start or right before the @.")
        case AddressFault.CHARACTER:
            # Between isolates, from left to right, so that a bracket is shown as it was typed.
            character = f"\u2066{error.character}\u2069" if error.character.strip() else gettext("a space")
            return gettext("An e-mail address cannot hold %(character)s.", character=character)
        case AddressFault.DOMAIN:
            return gettext("The part after the @ is incomplete or misspelt. It should look like example.com.")
        case AddressFault.SEVERAL:
            return gettext("Write one address only.")
        case AddressFault.LONG:
            return gettext("That is too long for an e-mail address.")
        case AddressFault.SHAPE:
            return gettext("Write it like name@example.com.")


def _on_one_line(text: str | None) -> str | None:
    return one_line(text) if text else text


class ContactForm(Form):
    """The fields of the form, in the order of the page."""

    subject = StringField(
        lazy_gettext("What is it about?"),
        [
            DataRequired(lazy_gettext("Say in a few words what it is about.")),
            Length(max=LONGEST_SUBJECT, message=lazy_gettext("Say it more briefly here, and the details below.")),
        ],
        filters=[_on_one_line],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_SUBJECT},
    )
    message = TextAreaField(
        lazy_gettext("What happened, and what do you need?"),
        [
            DataRequired(lazy_gettext("Write your message.")),
            Length(max=LONGEST_MESSAGE, message=lazy_gettext("The message is too long. Shorten it a little.")),
        ],
        render_kw={"rows": 7, "maxlength": LONGEST_MESSAGE},
    )
    name = StringField(
        lazy_gettext("Your name (optional)"),
        [Length(max=LONGEST_NAME, message=lazy_gettext("That is too long for a name."))],
        filters=[_on_one_line],
        render_kw={"autocomplete": "name", "maxlength": LONGEST_NAME},
    )
    email = StringField(
        lazy_gettext("E-mail address for our answer"),
        [
            DataRequired(lazy_gettext("Write the address we should reply to.")),
            IsAddressOfACustomer(),
        ],
        # Not of the type `email`: browsers write "example.com،" as Punycode, the comma of the sentence included.
        render_kw={"autocomplete": "email", "maxlength": LONGEST_EMAIL, "inputmode": "email", "spellcheck": "false"},
    )
    consent = BooleanField()
    website = StringField()
    """Hidden from people; programs that fill in every field betray themselves."""

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Return whether all fields are sound; the first that is not takes the focus, also without a script."""
        is_sound: bool = super().validate(extra_validators)
        for field in self:
            if field.errors:
                field.render_kw = {**(field.render_kw or {}), "autofocus": True}
                break
        return is_sound

    @property
    def typed(self) -> str:
        """Return what the suggestions are looked up with."""
        return f"{self.subject.data or ''} {self.message.data or ''}".strip()

    @property
    def means_it(self) -> bool:
        """Return whether enough was typed to call it intent."""
        return max(len((self.subject.data or "").strip()), len((self.message.data or "").strip())) >= INTENT_LENGTH

    def draft(self, form: str, lang: Language, trail: Trail | None) -> Draft:
        """Return the ticket that this form makes.

        Ids of events are made from the form's name as well: the ticket keeps what cannot be turned back into it.
        """
        return Draft(
            form=stable_id("ticket", form),
            lang=lang,
            name=self.name.data or "",
            email=self.email.data or "",
            subject=self.subject.data or "",
            message=message_text(self.message.data or "").strip(),
            trail=trail if self.consent.data else None,
        )
