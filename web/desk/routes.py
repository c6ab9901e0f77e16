"""Signing in and out, invitations, and what people change about themselves."""

from __future__ import annotations

import logging

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.model import Scope, TokenId
from kb.accounts.secrets import HashingBusyError, WeakPasswordError
from kb.accounts.sign_in import PACE_MINUTES, OpenedSession, Refusal
from kb.errors import UserError
from kb.model import Language
from kb.storage.engines import is_outage
from web.desk.access import (
    SESSION_COOKIE,
    Anyone,
    SignedIn,
    drop_session,
    guarded,
    keep_session,
    present_caller,
    present_session,
    present_user,
    safe_next,
)
from web.desk.forms import PASSWORD_FAULTS, NewPasswordForm, PasswordForm, ProfileForm, SignInForm, TokenForm
from web.desk.pages import AccountPage, HomePage, InvitationPage, SignedInPage, SignInPage, menu, token_lines
from web.desk.proof import has_proved
from web.i18n import gettext
from web.layout import Head
from web.services import services

_BUSY_S = 5
_log = logging.getLogger(__name__)


def add_routes(blueprint: Blueprint) -> None:
    """Add sign-in and account pages to the desk."""
    blueprint.add_url_rule("/", "home", guarded(SignedIn, home))
    blueprint.add_url_rule("/sign-in", "sign_in", guarded(Anyone, sign_in), methods=["GET", "POST"])
    blueprint.add_url_rule("/signed-in", "signed_in", guarded(SignedIn, signed_in))
    blueprint.add_url_rule("/sign-out", "sign_out", guarded(Anyone, sign_out), methods=["POST"])
    blueprint.add_url_rule(
        "/sign-out-everywhere", "sign_out_everywhere", guarded(SignedIn, sign_out_everywhere), methods=["POST"]
    )
    blueprint.add_url_rule("/invitation/<secret>", "invitation", guarded(Anyone, invitation), methods=["GET", "POST"])
    blueprint.add_url_rule("/account", "account", guarded(SignedIn, account))
    blueprint.add_url_rule("/account/profile", "change_profile", guarded(SignedIn, change_profile), methods=["POST"])
    blueprint.add_url_rule("/account/password", "change_password", guarded(SignedIn, change_password), methods=["POST"])
    blueprint.add_url_rule("/account/tokens", "issue_token", guarded(SignedIn, issue_token), methods=["POST"])
    blueprint.add_url_rule(
        "/account/tokens/<token>/revoke", "revoke_token", guarded(SignedIn, revoke_token), methods=["POST"]
    )


def home() -> AnyResponse:
    """Show what this person may do."""
    user = present_user()
    return make_response(render_template("desk/home.html", page=HomePage(Head(gettext("Desk")), user, menu(user))))


def sign_in() -> AnyResponse:
    """Ask for login and password, and let in whoever has them."""
    wanted = safe_next(request.args.get("next"))
    if present_session() is not None:
        return redirect(wanted, 303)
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, status=400 if form.is_submitted() else 200)
    try:
        answer = services().accounts.sign_in.with_password(
            form.login.data or "", form.password.data or "", present_caller()
        )
    except SQLAlchemyError as error:
        if not is_outage(error):
            raise
        _log.error("%s: the database cannot be used: %s", request.path, error)
        return _sign_in_page(form, gettext("Nobody can sign in right now. Try again in a minute."), 503)
    if isinstance(answer, OpenedSession):
        return keep_session(redirect(wanted, 303), answer)
    _log.warning("%s: refused a sign-in: %s", request.path, answer.value)
    if answer is Refusal.SLOWED_DOWN:
        fault = gettext("Too many tries. Wait 15 minutes, or ask for a new invitation.")
        return _later(_sign_in_page(form, fault, 429), PACE_MINUTES * 60)
    if answer is Refusal.BUSY:
        return _later(_sign_in_page(form, _busy(), 503), _BUSY_S)
    return _sign_in_page(form, gettext("Login or password is wrong."), 401)


def signed_in() -> AnyResponse:
    """Send somebody back to the window in which their form waits."""
    return make_response(render_template("desk/signed_in.html", page=SignedInPage(Head(gettext("You are signed in")))))


def sign_out() -> AnyResponse:
    """End this session."""
    if secret := request.cookies.get(SESSION_COOKIE):
        services().accounts.sign_in.close(secret)
    return drop_session(redirect(url_for("desk.sign_in"), 303))


def sign_out_everywhere() -> AnyResponse:
    """End everything that the credentials of this person gave: sessions, tokens, panels, invitations."""
    services().accounts.people.end_everything(present_user().id)
    return drop_session(redirect(url_for("desk.sign_in"), 303))


def invitation(secret: str) -> AnyResponse:
    """Let somebody set a password by a one-time link: the first, or another where the account is taken back."""
    form = PasswordForm()
    user = services().accounts.people.invited(secret)
    if user is not None and form.validate_on_submit():
        try:
            opened = services().accounts.sign_in.accept_invitation(secret, form.password.data or "")
        except (WeakPasswordError, HashingBusyError) as error:
            form.password.errors = [_words_of(error)]
        else:
            if opened is not None:
                return keep_session(redirect(url_for("desk.home"), 303), opened)
            user = None
    page = InvitationPage(Head(gettext("Welcome to the desk")), user, form)
    status = 410 if user is None else 400 if form.is_submitted() else 200
    return make_response(render_template("desk/invitation.html", page=page), status)


def account() -> AnyResponse:
    """Show what people may change about themselves, and what they just changed."""
    done = {
        "profile": gettext("Saved."),
        "password": gettext(
            "Your new password is set. You are signed out on all other devices, and your API tokens have ended."
        ),
    }
    return _account_page(done=done.get(request.args.get("done", ""), ""))


def change_profile() -> AnyResponse:
    """Change name and language."""
    form, user = ProfileForm(), present_user()
    if not form.validate():
        return _account_page(profile=form, status=400)
    services().accounts.people.change(
        user.id, name=form.name.data or "", roles=user.roles, lang=Language(form.lang.data), active=True
    )
    return redirect(url_for("desk.account", done="profile"), 303)


def change_password() -> AnyResponse:
    """Change the password; this ends all sessions, so a new one is opened."""
    form, user = NewPasswordForm(), present_user()
    if not form.validate():
        return _account_page(password=form, status=400)
    if not has_proved(form):
        return _account_page(password=form, status=403)
    try:
        services().accounts.people.set_password(user.id, form.password.data or "")
    except (WeakPasswordError, HashingBusyError) as error:
        form.password.errors = [_words_of(error)]
        return _account_page(password=form, status=400)
    changed = services().accounts.people.get(user.id) or user
    return keep_session(
        redirect(url_for("desk.account", done="password"), 303), services().accounts.sign_in.open(changed)
    )


def issue_token() -> AnyResponse:
    """Make an API token and show its secret this once."""
    form = TokenForm()
    if not form.validate():
        return _account_page(token=form, status=400)
    if not has_proved(form):
        return _account_page(token=form, status=403)
    try:
        secret = services().accounts.tokens.issue(
            present_user(), form.name.data or "", [Scope(each) for each in form.scopes.data]
        )
    except UserError:
        form.scopes.errors = [gettext("Your roles do not allow what you chose.")]
        return _account_page(token=form, status=403)
    return _account_page(secret=secret)


def revoke_token(token: str) -> AnyResponse:
    """Delete an API token."""
    services().accounts.tokens.revoke(present_user().id, TokenId(token))
    return redirect(url_for("desk.account") + "#tokens", 303)


def _later(response: AnyResponse, seconds: int) -> AnyResponse:
    response.headers["Retry-After"] = str(seconds)
    return response


def _busy() -> str:
    return gettext("Many people are signing in right now. Try again in a few seconds.")


def _words_of(error: WeakPasswordError | HashingBusyError) -> str:
    return str(PASSWORD_FAULTS[error.fault]) if isinstance(error, WeakPasswordError) else _busy()


def _sign_in_page(form: SignInForm, fault: str = "", status: int = 200) -> AnyResponse:
    page = SignInPage(Head(gettext("Sign in to the desk")), form, fault)
    return make_response(render_template("desk/sign_in.html", page=page), status)


def _account_page(
    profile: ProfileForm | None = None,
    password: NewPasswordForm | None = None,
    token: TokenForm | None = None,
    secret: str = "",
    done: str = "",
    status: int = 200,
) -> AnyResponse:
    user = present_user()
    page = AccountPage(
        Head(gettext("Your account")),
        user,
        profile or ProfileForm(formdata=None, name=user.name, lang=user.lang.value),
        password or NewPasswordForm(formdata=None),
        token or TokenForm(formdata=None),
        token_lines(services().accounts.tokens.of(user.id)),
        secret,
        done,
    )
    return make_response(render_template("desk/account.html", page=page), status)
