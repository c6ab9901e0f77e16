"""What the forms of rules take."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from kb.curation.model import Match, ResultAction
from kb.curation.store import LONGEST_TERM
from kb.model import Language

BOTH = "both"
LANGUAGES = [
    SelectChoice(BOTH, lazy_gettext("Readers of both languages")),
    SelectChoice(Language.AR.value, lazy_gettext("Arabic readers")),
    SelectChoice(Language.EN.value, lazy_gettext("English readers")),
]
ACTION_NAMES = {
    ResultAction.PIN: lazy_gettext("Put it first"),
    ResultAction.HIDE: lazy_gettext("Leave it out"),
}
MATCH_NAMES = {
    Match.WORDS: lazy_gettext("Queries that contain these words"),
    Match.WHOLE: lazy_gettext("Exactly this query"),
}
_LONGEST_RULES = 60_000
_WHY = lazy_gettext("Why? (for your colleagues)")


class SynonymForm(FlaskForm):
    """Terms that mean the same."""

    terms = TextAreaField(
        lazy_gettext("Terms, one per line"),
        [DataRequired(lazy_gettext("Write at least one term."))],
        render_kw={"rows": 3},
    )
    replacements = TextAreaField(lazy_gettext("Search these too, one per line"), render_kw={"rows": 3})
    lang = SelectField(lazy_gettext("For whom?"), choices=LANGUAGES)
    why = StringField(_WHY, [Length(max=500)])


class ResultForm(FlaskForm):
    """An article to put first or to leave out."""

    pattern = StringField(
        lazy_gettext("Words of the query"),
        [DataRequired(lazy_gettext("Write the words of the query.")), Length(max=LONGEST_TERM)],
    )
    match = SelectField(
        lazy_gettext("Which queries?"), choices=[SelectChoice(match.value, name) for match, name in MATCH_NAMES.items()]
    )
    action = SelectField(
        lazy_gettext("What to do?"),
        choices=[SelectChoice(action.value, name) for action, name in ACTION_NAMES.items()],
    )
    article = StringField(
        lazy_gettext("Id of the article"), [DataRequired(lazy_gettext("Write the id of an article."))]
    )
    lang = SelectField(lazy_gettext("For whom?"), choices=LANGUAGES)
    why = StringField(_WHY, [Length(max=500)])


class RedirectForm(FlaskForm):
    """An old address that leads to an article."""

    slug = StringField(
        lazy_gettext("Last part of the old address"), [DataRequired(lazy_gettext("Write the old address."))]
    )
    lang = SelectField(
        lazy_gettext("Language of the old address"),
        choices=[SelectChoice(Language.AR.value, "العربية"), SelectChoice(Language.EN.value, "English")],
    )
    article = StringField(
        lazy_gettext("Id of the article"), [DataRequired(lazy_gettext("Write the id of an article."))]
    )
    why = StringField(_WHY, [Length(max=500)])


class ImportForm(FlaskForm):
    """Rules as YAML, which replace all present ones."""

    rules = TextAreaField(
        lazy_gettext("Rules as YAML"),
        [DataRequired(lazy_gettext("Paste the rules.")), Length(max=_LONGEST_RULES)],
        render_kw={"rows": 8, "dir": "ltr", "spellcheck": "false"},
    )


def language_of(choice: str | None) -> Language | None:
    """Return the language that was chosen, None for both."""
    return None if choice in (None, BOTH) else Language(choice)


def lines_of(text: str | None) -> tuple[str, ...]:
    """Return the lines of a field that are not empty."""
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())
