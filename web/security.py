"""What protects the site: headers, form tokens, limits on bodies, trust in proxies and in names."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, abort, current_app, request, session
from flask_talisman import Talisman
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadData, URLSafeTimedSerializer

from kb.accounts.secrets import fingerprint, new_secret
from kb.settings import Settings
from web.hosts import OwnNames, TrustedProxies
from web.prefix import below_path
from web.same_origin import is_same_origin
from web.services import services_of
from web.theme import choose_theme

# No inline scripts or styles, nothing from elsewhere. JSON-LD blocks are data, which script-src does not govern.
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
LARGEST_BODY = 64 * 1024
DESK = "/desk"
DESK_COOKIE = "desk"
"""Holds the secret of a session of the desk."""

_FORMS_OF_BROWSER = "forms"
_FORM_TOKEN = "csrf_token"  # noqa: S105 - the name that flask-wtf gives its field, and its place in the session
_FORM_SALT = "wtf-csrf-token"
SECRET_FILE = "secret-key"  # noqa: S105 - the name of a file, not a secret


def configure_security(app: Flask) -> None:
    """Set headers, cookies, the limits of bodies, and CSRF protection of every form."""
    settings = services_of(app).settings
    secure = settings.site_url.startswith("https://")
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        WTF_CSRF_TIME_LIMIT=None,
    )
    Talisman(
        app,
        content_security_policy=CONTENT_SECURITY_POLICY,
        force_https=False,
        strict_transport_security=secure,
        session_cookie_secure=secure,
        referrer_policy="strict-origin-when-cross-origin",
        permissions_policy={"camera": "()", "geolocation": "()", "microphone": "()"},
    )
    app.before_request(tie_forms_to_session)  # before the tokens are looked at
    CSRFProtect(app).exempt(choose_theme)
    app.after_request(lead_on_within)
    app.before_request(refuse_json_for_forms)


def refuse_json_for_forms() -> None:
    """Answer 415 to JSON where a form is wanted: the library of forms reads it too, and breaks at a list."""
    if request.is_json and request.method not in {"GET", "HEAD", "OPTIONS"} and not request.path.startswith("/api/"):
        abort(415)


def configure_names(app: Flask) -> None:
    """Believe what the trusted proxies say about who asks, and answer to our own names only; to be called last."""
    settings = services_of(app).settings
    site = below_path(app, OwnNames(app.wsgi_app, settings))
    app.wsgi_app = TrustedProxies(site, settings.trusted_proxies)  # type: ignore[method-assign]


def tie_forms_to_session() -> None:
    """Make the tokens of forms those of the desk's session: one of another is good for nothing.

    A form that was given back while nobody was signed in may be sent after signing in; its token is heard from our own
    pages only. Nobody who plants a cookie knows the others, since the session's secret is part of them.
    """
    if not request.path.startswith(DESK):
        return
    secret = request.cookies.get(DESK_COOKIE, "")
    browser = session.setdefault(_FORMS_OF_BROWSER, new_secret())
    session[_FORM_TOKEN] = _form_secret(browser, secret)
    unowned = _form_secret(browser, "")
    if request.method == "POST" and is_same_origin() and _sent_form_secret() == unowned:
        session[_FORM_TOKEN] = unowned


def _form_secret(browser: str, secret: str) -> str:
    return fingerprint(f"forms of {browser} {secret}")


def _sent_form_secret() -> object:
    """Return what the token of a form holds, as flask-wtf signed it; None without a good one."""
    try:
        return URLSafeTimedSerializer(current_app.secret_key or "", salt=_FORM_SALT).loads(
            request.form.get(_FORM_TOKEN, "")
        )
    except BadData:
        return None


def lead_on_within(response: Response) -> Response:
    """Redirect within the site by path alone: the router repeats the scheme and the name by which it was asked."""
    aim = urlsplit(response.headers.get("Location", ""))
    if aim.netloc and aim.netloc == request.host:
        response.headers["Location"] = urlunsplit(("", "", aim.path, aim.query, aim.fragment))
    return response


def secret_key(settings: Settings) -> str:
    """Return the key of the settings, else the one kept in `var_dir`, made at the first run."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.var_dir / SECRET_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    return _read_or_create(path)


def _read_or_create(path: Path) -> str:
    """Create by exclusive link, so that two processes that start together agree on one key."""
    if not path.exists():
        aside = path.with_suffix(f".{secrets.token_hex(4)}")
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_hex(32), "ascii")
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text("ascii").strip()
