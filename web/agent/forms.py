"""What the agents' forms take."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, Regexp

from kb.agents.replies import LONGEST_BODY, LONGEST_TITLE
from kb.model import Language
from web.agent.suggestions import LONGEST_MESSAGE
from web.desk.forms import LANGUAGES


class DeskForm(FlaskForm):
    """A customer's message."""

    message = TextAreaField(
        lazy_gettext("The customer's message"),
        [Length(max=LONGEST_MESSAGE, message=lazy_gettext("The message is too long. Paste the part that asks."))],
        render_kw={"rows": 9, "maxlength": LONGEST_MESSAGE, "data-draft": "agent-message", "autofocus": True},
    )
    ticket = StringField(
        lazy_gettext("Ticket (optional)"),
        [
            Optional(),
            Regexp(r"^\s*[A-Za-z0-9_#./:-]{1,40}\s*$", message=lazy_gettext("Write the ticket's number or reference.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false", "data-draft": "agent-ticket"},
    )
    lang = SelectField(
        lazy_gettext("Customer's language"),
        choices=[SelectChoice("", lazy_gettext("That of the message")), *LANGUAGES],
    )

    @property
    def chosen_language(self) -> Language | None:
        """Return the language that was chosen, None for that of the message."""
        return Language(self.lang.data) if self.lang.data else None


class ReplyForm(FlaskForm):
    """A saved reply."""

    lang = SelectField(lazy_gettext("Language"), choices=LANGUAGES)
    title = StringField(
        lazy_gettext("Name of the reply"),
        [DataRequired(lazy_gettext("Give the reply a name.")), Length(max=LONGEST_TITLE)],
        render_kw={"maxlength": LONGEST_TITLE, "autocomplete": "off"},
    )
    body = TextAreaField(
        lazy_gettext("Text"),
        [DataRequired(lazy_gettext("Write the text.")), Length(max=LONGEST_BODY)],
        render_kw={"rows": 12, "maxlength": LONGEST_BODY},
    )
    version = HiddenField(default="0")
