"""What protects the site: headers, form tokens, limits on bodies and on the pace of requests, trust in proxies."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_talisman import Talisman
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from kb.accounts.secrets import fingerprint
from kb.settings import Settings
from web.bearer import sent_token
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
PACED_ENDPOINTS = ("public.search", "api.search", "api.suggest", "contact.suggestions", "widget.widget_offers")
PACED_FORMS = ("contact.form", "feedback.vote", "survey.survey", "widget.widget_vote", "widget.widget_ticket")
PACED_CALLS = ("agent_api.agent_suggest", "agent_api.agent_links")
LARGEST_BODY = 64 * 1024
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
    CSRFProtect(app).exempt(choose_theme)
    app.before_request(refuse_json_for_forms)


def refuse_json_for_forms() -> None:
    """Answer 415 to JSON where a form is wanted: the library of forms reads it too, and breaks at a list."""
    if request.is_json and request.method not in {"GET", "HEAD", "OPTIONS"} and not request.path.startswith("/api/"):
        abort(415)


def configure_proxies(app: Flask) -> None:
    """Believe what the trusted proxies say about who asks; to be called last, so that whatever answers knows it."""
    if hops := services_of(app).settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def configure_limits(app: Flask) -> None:
    """Limit the searches and the forms of one address, and the agents' calls of one token; each share one count."""
    settings = services_of(app).settings
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=True)
    if pace := settings.api_requests_per_minute:
        _pace(app, PACED_ENDPOINTS, limiter.shared_limit(f"{pace} per minute", scope="search"))
    if pace := settings.forms_per_minute:
        _pace(app, PACED_FORMS, limiter.shared_limit(f"{pace} per minute", scope="forms", methods=["POST"]))
    if pace := settings.agent_requests_per_minute:
        _pace(app, PACED_CALLS, limiter.shared_limit(f"{pace} per minute", scope="calls", key_func=_token))
        refused = limiter.shared_limit(f"{pace} per minute", scope="refused calls", deduct_when=_is_refused)
        _pace(app, PACED_CALLS, refused)  # by address, so that made-up tokens cannot be tried without end


def _pace(app: Flask, endpoints: tuple[str, ...], limit: Callable[[Callable[..., Any]], Any]) -> None:
    for endpoint in endpoints:
        if view := app.view_functions.get(endpoint):
            app.view_functions[endpoint] = cast("Callable[..., Any]", limit(view))


def _token() -> str:
    return fingerprint(sent_token())


def _is_refused(response: Response) -> bool:
    return response.status_code == 401


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
