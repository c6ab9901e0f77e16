"""What the pages of sign-in, account and people show."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app, url_for
from flask_wtf import FlaskForm

from kb.accounts.model import ApiToken, Role, User
from web.desk.access import present_session
from web.desk.forms import (
    ROLE_NAMES,
    SCOPE_NAMES,
    InviteForm,
    NewPasswordForm,
    PasswordForm,
    PersonForm,
    ProfileForm,
    SignInForm,
    TokenForm,
)
from web.feature import present_features
from web.layout import Head


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A part of the desk that this person may use."""

    title: str
    summary: str
    icon: str
    path: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """The desk's first page: what this person may do."""

    head: Head
    user: User
    parts: tuple[MenuEntry, ...]


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The way in.

    Attributes:
        fault: Why nobody is signed in yet; empty at first.
    """

    head: Head
    form: SignInForm
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SignedInPage:
    """Says to go back to the window with the form that was given back."""

    head: Head


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """Somebody sets their first password.

    Attributes:
        user: Who was invited; None: the link is used up.
    """

    head: Head
    user: User | None
    form: PasswordForm


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One API token in the list."""

    token: ApiToken
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What people change about themselves.

    Attributes:
        secret: Secret of the token just made, shown this once; empty otherwise.
        done: What was just changed, in words; empty otherwise.
    """

    head: Head
    user: User
    profile: ProfileForm
    password: NewPasswordForm
    token: TokenForm
    tokens: tuple[TokenLine, ...]
    secret: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in the list."""

    user: User
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody who works at the desk, and a form for one more.

    Attributes:
        invitation: Address to pass on to the person just made or invited, shown this once; empty otherwise.
        invited: Name of that person.
    """

    head: Head
    people: tuple[PersonLine, ...]
    form: PersonForm
    invitation: str = ""
    invited: str = ""


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person and what may be changed about them.

    Attributes:
        invite: Asks for the proof before a new one-time link is made.
    """

    head: Head
    user: User
    form: FlaskForm
    invite: InviteForm
    fault: str = ""


@dataclass(frozen=True, slots=True)
class DeskFrame:
    """What stands around every page of the desk."""

    user: User | None
    menu: tuple[MenuEntry, ...] = field(default=())


def desk_frame() -> DeskFrame:
    """Return the frame for whoever is signed in."""
    session = present_session()
    return DeskFrame(session.user, menu(session.user)) if session else DeskFrame(None)


def has_provider() -> bool:
    """Tell whether this site signs people in through an OpenID Connect provider too."""
    return "desk.to_provider" in current_app.view_functions


def menu(user: User) -> tuple[MenuEntry, ...]:
    """Return the parts of the desk that a person may use."""
    return tuple(
        MenuEntry(str(part.title), str(part.summary), part.icon, url_for(part.endpoint))
        for feature in present_features()
        if (part := feature.menu) and user.may(part.permission)
    )


def role_names(roles: frozenset[Role]) -> tuple[str, ...]:
    """Return the names of roles in the reader's language, in their usual order."""
    return tuple(str(ROLE_NAMES[role]) for role in Role if role in roles)


def token_lines(tokens: tuple[ApiToken, ...]) -> tuple[TokenLine, ...]:
    """Return tokens with their scopes in words."""
    return tuple(TokenLine(token, tuple(str(SCOPE_NAMES[scope]) for scope in sorted(token.scopes))) for token in tokens)
