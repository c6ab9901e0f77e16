"""Signing in through an OpenID Connect provider: Authlib does the protocol, an existing account is the condition.

Nobody gets an account by this: the provider's verified e-mail address must be the login of somebody who has one.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, make_response, redirect, render_template, request, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as AnyResponse

from kb.settings import Settings
from web.desk.access import SESSION_COOKIE, Anyone, guarded, keep_session, safe_next
from web.desk.forms import SignInForm
from web.desk.pages import SignInPage
from web.i18n import gettext
from web.layout import Head, absolute
from web.services import services

EXTENSION = "dalil_oidc"
_LAST_SECOND = 253_402_300_799  # of the year 9999
_NEXT = "oidc_next"
_ANEW = {"prompt": "login", "max_age": "0"}
"""Asks the provider not to take an old sign-in for a new one."""

_log = logging.getLogger(__name__)


def configure_provider(app: Flask, settings: Settings) -> None:
    """Make the provider of the settings known; its metadata is fetched when somebody signs in."""
    provider = OAuth(app).register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": 10},
    )
    app.extensions[EXTENSION] = provider


def add_routes(blueprint: Blueprint) -> None:
    """Add the way to the provider and the way back."""
    blueprint.add_url_rule("/sign-in/provider", "to_provider", guarded(Anyone, to_provider))
    blueprint.add_url_rule("/sign-in/provider/return", "from_provider", guarded(Anyone, from_provider))


def to_provider() -> AnyResponse:
    """Send somebody to the provider."""
    session[_NEXT] = safe_next(request.args.get("next"))
    back = absolute(url_for("desk.from_provider"))
    try:
        anew = _ANEW if "anew" in request.args else {}
        answer: AnyResponse = current_app.extensions[EXTENSION].authorize_redirect(back, **anew)
    except (OAuthError, RequestException) as error:
        return _refused(gettext("The sign-in service cannot be reached. Use your password."), 503, error)
    return answer


def from_provider() -> AnyResponse:
    """Open a session for whom the provider names, if they have an account."""
    try:
        token = current_app.extensions[EXTENSION].authorize_access_token()
    except (OAuthError, JoseError, RequestException, ValueError) as error:
        return _refused(gettext("The sign-in service did not confirm who you are. Try again."), 401, error)
    claims = token.get("userinfo") or {}
    login = claims.get("email") if claims.get("email_verified") is True else None
    user = services().accounts.people.by_login(login) if login else None
    if user is None or not user.active:
        return _refused(gettext("You have no account here yet. Ask an administrator."), 403)
    opened = services().accounts.sign_in.open(user, _proved(claims))
    if earlier := request.cookies.get(SESSION_COOKIE):
        services().accounts.sign_in.close(earlier)
    return keep_session(redirect(safe_next(session.pop(_NEXT, None)), 303), opened)


def _proved(claims: Mapping[str, object]) -> datetime | None:
    """Return when the provider saw the person prove who they are; None if it does not say."""
    at = claims.get("auth_time")
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int) and 0 < at < _LAST_SECOND else None


def _refused(fault: str, status: int, error: Exception | None = None) -> AnyResponse:
    if error is not None:
        _log.warning("signing in through the provider failed: %s", error)
    page = SignInPage(Head(gettext("Sign in to the desk")), SignInForm(formdata=None), fault)
    return make_response(render_template("desk/sign_in.html", page=page), status)
