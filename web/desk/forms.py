"""What the forms of sign-in, account and people take."""

from __future__ import annotations

from flask_babel import lazy_gettext, lazy_ngettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length, Optional
from wtforms.widgets import CheckboxInput

from kb.accounts.model import Role, Scope
from kb.accounts.secrets import LONGEST_PASSWORD, SHORTEST_PASSWORD, PasswordFault
from kb.model import Language

LANGUAGES = [
    SelectChoice(Language.AR.value, "العربية"),
    SelectChoice(Language.EN.value, "English"),
]  # each in its own words
ROLE_NAMES = {
    Role.WRITER: lazy_gettext("Writer"),
    Role.AGENT: lazy_gettext("Agent"),
    Role.EDITOR: lazy_gettext("Editor"),
    Role.MANAGER: lazy_gettext("Support manager"),
    Role.ADMIN: lazy_gettext("Administrator"),
}
SCOPE_NAMES = {
    Scope.AGENT: lazy_gettext("Suggest articles and make links"),
    Scope.STATISTICS: lazy_gettext("Read statistics"),
    Scope.CURATION: lazy_gettext("Change synonyms and pins"),
}
PASSWORD_FAULTS = {
    PasswordFault.TOO_SHORT: lazy_ngettext(
        "Choose a password of at least %(count)s character.",
        "Choose a password of at least %(count)s characters.",
        SHORTEST_PASSWORD,
        count=SHORTEST_PASSWORD,
    ),
    PasswordFault.TOO_LONG: lazy_ngettext(
        "Choose a password of at most %(count)s character.",
        "Choose a password of at most %(count)s characters.",
        LONGEST_PASSWORD,
        count=LONGEST_PASSWORD,
    ),
    PasswordFault.GUESSABLE: lazy_gettext(
        "This password is easy to guess. Take a few words that have nothing to do with you."
    ),
}
_LONGEST_NAME = 200


class Checkboxes(SelectMultipleField):
    """Several choices, each a checkbox; the macro `field` shows them."""

    option_widget = CheckboxInput()


class SignInForm(FlaskForm):
    """Login and password."""

    login = StringField(
        lazy_gettext("Login or e-mail"),
        [DataRequired(lazy_gettext("Write your login.")), Length(max=_LONGEST_NAME)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "autofocus": True},
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [DataRequired(lazy_gettext("Write your password.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


def current_password(identity: str = "current") -> PasswordField:
    """Return the field for the password of whoever is signed in.

    Args:
        identity: Its id, where a page has several.
    """
    return PasswordField(
        lazy_gettext("Your current password"),
        [Optional(strip_whitespace=False), Length(max=LONGEST_PASSWORD)],
        id=identity,
        render_kw={"autocomplete": "current-password"},
    )


class ProofForm(FlaskForm):
    """Asks for the password again, before what a stolen session must not do; who has none signs in anew."""

    current = current_password()


class PasswordForm(FlaskForm):
    """A new password, twice."""

    password = PasswordField(
        lazy_gettext("New password"),
        [DataRequired(PASSWORD_FAULTS[PasswordFault.TOO_SHORT])],
        render_kw={"autocomplete": "new-password", "minlength": SHORTEST_PASSWORD},
    )
    again = PasswordField(
        lazy_gettext("The same again"),
        [EqualTo("password", lazy_gettext("The two are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )


class NewPasswordForm(PasswordForm, ProofForm):
    """Another password."""

    current = current_password("password-current")


class InviteForm(ProofForm):
    """A new one-time link for somebody."""

    current = current_password("invite-current")


class ProfileForm(FlaskForm):
    """Name and language of the person who is signed in."""

    name = StringField(lazy_gettext("Name"), [DataRequired(lazy_gettext("Write a name.")), Length(max=_LONGEST_NAME)])
    lang = SelectField(lazy_gettext("Language of the desk"), choices=LANGUAGES)


class TokenForm(ProofForm):
    """A new API token."""

    name = StringField(
        lazy_gettext("What is the token for?"),
        [DataRequired(lazy_gettext("Give the token a name.")), Length(max=_LONGEST_NAME)],
        id="token-name",
    )
    scopes = Checkboxes(
        lazy_gettext("What may it do?"),
        [DataRequired(lazy_gettext("Choose at least one."))],
        choices=[SelectChoice(scope.value, name) for scope, name in SCOPE_NAMES.items()],
    )
    current = current_password("token-current")


class PersonForm(ProofForm):
    """A person of the support team."""

    login = StringField(
        lazy_gettext("Login or e-mail"),
        [DataRequired(lazy_gettext("Write a login.")), Length(max=_LONGEST_NAME)],
        render_kw={"autocapitalize": "none", "autocomplete": "off"},
    )
    name = StringField(lazy_gettext("Name"), [DataRequired(lazy_gettext("Write a name.")), Length(max=_LONGEST_NAME)])
    lang = SelectField(lazy_gettext("Language of the desk"), choices=LANGUAGES)
    roles = Checkboxes(
        lazy_gettext("Roles"),
        [DataRequired(lazy_gettext("Choose at least one."))],
        choices=[SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()],
    )


class PersonChangeForm(PersonForm):
    """A person who exists already."""

    active = BooleanField(lazy_gettext("May sign in"))
