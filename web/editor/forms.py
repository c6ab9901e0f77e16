"""What the forms of the queues take."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from kb.curation.store import LONGEST_TERM
from kb.editing.model import ChangeKind, Queue, State
from kb.editing.store import LONGEST_NOTE
from kb.events import Reason
from search.improving.diagnosis import Diagnosis

STATE_NAMES = {
    State.NEW: lazy_gettext("New"),
    State.IN_WORK: lazy_gettext("In progress"),
    State.DONE: lazy_gettext("Done"),
    State.DECLINED: lazy_gettext("Won't do"),
}
QUEUE_NAMES = {
    Queue.UNANSWERED: lazy_gettext("Without an answer"),
    Queue.UNOPENED: lazy_gettext("Found, but not helpful"),
    Queue.DISLIKED: lazy_gettext("Rated unhelpful"),
    Queue.CONTACTED: lazy_gettext("Read, then wrote to us"),
    Queue.OVERDUE: lazy_gettext("Review is due"),
    Queue.UNTRANSLATED: lazy_gettext("Translation wanted"),
}
QUEUE_SUMMARIES = {
    Queue.UNANSWERED: lazy_gettext("Searches that found nothing, or nothing that answers them."),
    Queue.UNOPENED: lazy_gettext("Searches whose results nobody opened, or after which people wrote to us anyway."),
    Queue.DISLIKED: lazy_gettext("Articles that most voters surely do not find helpful, with their reasons."),
    Queue.CONTACTED: lazy_gettext("Articles after which readers contacted support anyway."),
    Queue.OVERDUE: lazy_gettext("Articles whose review date has passed."),
    Queue.UNTRANSLATED: lazy_gettext("Articles that readers of the other language open, since theirs has none."),
}
DIAGNOSIS_NAMES = {
    Diagnosis.NO_CONTENT: lazy_gettext("Nothing is written about it"),
    Diagnosis.OTHER_WORDS: lazy_gettext("An article says it in other words"),
    Diagnosis.OTHER_LANGUAGE: lazy_gettext("It exists only in the other language"),
    Diagnosis.NOT_OPENED: lazy_gettext("It is found, but not opened"),
    Diagnosis.CONTACTED: lazy_gettext("It is read, and people write to us anyway"),
}
CHANGE_NAMES = {
    ChangeKind.STATE: lazy_gettext("State"),
    ChangeKind.OWNER: lazy_gettext("Owner"),
    ChangeKind.NOTE: lazy_gettext("Note"),
    ChangeKind.FIX: lazy_gettext("Fix"),
    ChangeKind.REOPENED: lazy_gettext("Opened again by new cases"),
}
REASON_NAMES = {
    Reason.OUT_OF_DATE: lazy_gettext("Out of date"),
    Reason.UNCLEAR: lazy_gettext("Hard to follow"),
    Reason.WRONG: lazy_gettext("Wrong"),
    Reason.MISSING: lazy_gettext("Something is missing"),
    Reason.OTHER: lazy_gettext("Something else"),
}
LONGEST_PERIOD = 90
_LONGEST_RULES = 60_000


class ItemForm(FlaskForm):
    """State, owner and note of an item; `version` is the one that the page showed."""

    version = HiddenField(validators=[DataRequired()])
    state = SelectField(
        lazy_gettext("State"), choices=[SelectChoice(state.value, name) for state, name in STATE_NAMES.items()]
    )
    owner = StringField(
        lazy_gettext("Who is doing it? (login)"), [Length(max=200)], render_kw={"list": "people", "autocomplete": "off"}
    )
    note = TextAreaField(
        lazy_gettext("Note for your colleagues"),
        [Length(max=LONGEST_NOTE, message=lazy_gettext("Write a shorter note."))],
        render_kw={"rows": 4},
    )


class SynonymFixForm(FlaskForm):
    """What readers say, and what the article says."""

    article = HiddenField(validators=[DataRequired()])
    terms = TextAreaField(
        lazy_gettext("Readers say, one per line"),
        [DataRequired(lazy_gettext("Write at least one term."))],
        render_kw={"rows": 3},
    )
    replacements = TextAreaField(
        lazy_gettext("The article says, one per line"),
        [DataRequired(lazy_gettext("Write what the article says."))],
        render_kw={"rows": 2},
    )


class PinFixForm(FlaskForm):
    """Queries for which an article comes first."""

    article = StringField(
        lazy_gettext("Id of the article"), [DataRequired(lazy_gettext("Write the id of an article."))]
    )
    patterns = TextAreaField(
        lazy_gettext("For queries with these words, one query per line"),
        [DataRequired(lazy_gettext("Write the words of a query.")), Length(max=20 * LONGEST_TERM)],
        render_kw={"rows": 3},
    )


class TranslationForm(FlaskForm):
    """An article that is wanted in a language."""

    article = HiddenField(validators=[DataRequired()])
    lang = HiddenField(validators=[DataRequired()])


class ReplayForm(FlaskForm):
    """What to compare the present state with."""

    days = IntegerField(
        lazy_gettext("Days"), [NumberRange(1, LONGEST_PERIOD, lazy_gettext("Choose 1 to 90 days."))], default=14
    )
    index = SelectField(lazy_gettext("Index to compare with"), default="")
    rules = TextAreaField(
        lazy_gettext("Rules as YAML"),
        [Optional(), Length(max=_LONGEST_RULES)],
        render_kw={"rows": 6, "dir": "ltr", "spellcheck": "false"},
    )
