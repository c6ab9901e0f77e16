"""The form that takes a note on the calendar."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from kb.statistics.operations import AnnotationKind
from web.statistics.wording import KIND_NAMES

LONGEST_NOTE = 200


class NoteForm(FlaskForm):
    """A note: releases, incidents and campaigns explain what charts show."""

    day = DateField(lazy_gettext("Day"), [DataRequired(lazy_gettext("Give the day as year-month-day."))])
    kind = SelectField(
        lazy_gettext("What was it?"), choices=[SelectChoice(kind.value, name) for kind, name in KIND_NAMES.items()]
    )
    text = StringField(
        lazy_gettext("In a few words"),
        [
            DataRequired(lazy_gettext("Write what happened.")),
            Length(max=LONGEST_NOTE, message=lazy_gettext("Write at most 200 characters.")),
        ],
    )

    @property
    def kind_value(self) -> AnnotationKind:
        """Return what the note is about, of a form that was validated."""
        return AnnotationKind(self.kind.data)
