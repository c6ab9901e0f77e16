"""Who works at the desk in this request, and whether they may: every view states what it asks for.

The session lives in the database; its cookie holds nothing but a secret. A view that is added without `guarded`
stops the application from starting.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.model import Permission, Session, User, UserId
from kb.accounts.secrets import new_secret
from kb.accounts.sign_in import LONGEST_LIFE, Caller, KnownDevice, OpenedSession
from kb.storage.engines import is_outage
from web.caching import no_store
from web.desk.keeping import SCRIPT_HEADER, Obstacle, given_back
from web.errors import http_error
from web.i18n import preferred_language
from web.pacing import caller
from web.prefix import cookie_path, present_path, with_prefix, without_prefix
from web.security import DESK, DESK_COOKIE
from web.services import services
from web.signing import read_signed, sign
from web.tracking.reader import STAFF_COOKIE

SESSION_COOKIE = DESK_COOKIE
PREFIX = DESK
DEVICE_COOKIE = "known-device"
DEVICE_AGE_S = 180 * 86_400
_DEVICE_PURPOSE = "known-device"
DEMANDS = "desk_demands"
_log = logging.getLogger(__name__)

Parameters = ParamSpec("Parameters")
View = Callable[Parameters, AnyResponse]


class Anyone:
    """What a view asks for that also answers people who are not signed in."""


class SignedIn:
    """What a view asks for that answers everybody who is signed in."""


Demand = Permission | type[Anyone] | type[SignedIn]


def guarded(demand: Demand, view: View[Parameters]) -> View[Parameters]:
    """Return a view that answers only those who may use it.

    Args:
        demand: What it asks for.
        view: Answers the request; runs in the language of the person.
    """

    @wraps(view)
    def guard(*args: Parameters.args, **kwargs: Parameters.kwargs) -> AnyResponse:
        try:
            session = _session_in_its_language()
            if demand is not Anyone and session is None:
                return no_store(given_back(Obstacle.SIGNED_OUT) or _to_sign_in())
            if isinstance(demand, Permission) and session is not None and not session.user.may(demand):
                _log.warning("%s: refused, the person %s may not %s", request.path, session.user.id, demand.value)
                abort(403)
            return no_store(view(*args, **kwargs))
        except SQLAlchemyError as error:
            return no_store(_after_outage(error))

    setattr(guard, DEMANDS, demand)
    return guard


def late_form(error: CSRFError) -> AnyResponse:
    """Answer a form without a good token: at the desk it is given back, with a new one, to be sent again."""
    demand = getattr(current_app.view_functions[request.endpoint or ""], DEMANDS, Anyone)
    if demand is Anyone:
        return http_error(error)
    session = _session_in_its_language()
    kept = given_back(Obstacle.LATE if session else Obstacle.SIGNED_OUT)
    if kept is None and session is None and SCRIPT_HEADER in request.headers:
        return no_store(_to_sign_in())  # a script keeps the text itself
    return no_store(kept or http_error(error))


def present_session() -> Session | None:
    """Return the session of this request, None if nobody is signed in; looked up once a request."""
    if "desk_session" not in g:
        secret = request.cookies.get(SESSION_COOKIE)
        g.desk_session = services().accounts.sign_in.session(secret) if secret else None
    return cast("Session | None", g.desk_session)


def present_user() -> User:
    """Return who is signed in; only for views that ask for it."""
    session = present_session()
    assert session is not None
    return session.user


def present_caller() -> Caller:
    """Return from where somebody tries to sign in: their network, and whether they did so in this browser before."""
    parts = read_signed(_DEVICE_PURPOSE, request.cookies.get(DEVICE_COOKIE, ""))
    device = KnownDevice(UserId(parts[0]), parts[1], parts[2]) if parts and len(parts) == 3 else None
    return Caller(caller(), device)


def keep_session(response: AnyResponse, opened: OpenedSession) -> AnyResponse:
    """Give the browser its session, the mark that keeps staff out of the figures, and the one by which it is known.

    The last outlives the session: whoever tries passwords elsewhere cannot keep this browser's owner out. It opens
    nothing, and ends with the credentials.
    """
    age = int(LONGEST_LIFE.total_seconds())
    options: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": _is_secure()}
    response.set_cookie(SESSION_COOKIE, opened.secret, path=cookie_path(), max_age=age, **options)
    response.set_cookie(STAFF_COOKIE, "1", path=cookie_path(), max_age=age, **options)
    user = opened.session.user
    device = sign(_DEVICE_PURPOSE, user.id, user.stamp, new_secret())
    response.set_cookie(DEVICE_COOKIE, device, path=cookie_path(PREFIX), max_age=DEVICE_AGE_S, **options)
    return response


def drop_session(response: AnyResponse) -> AnyResponse:
    """Take the session's cookies from the browser."""
    for name in (SESSION_COOKIE, STAFF_COOKIE):
        response.delete_cookie(name, path=cookie_path(), secure=_is_secure(), httponly=True, samesite="Lax")
    return response


def safe_next(path: str | None) -> str:
    """Return where to go after signing in: a path of the desk, never another site."""
    if path and not path.isprintable():
        abort(400)
    if path and without_prefix(path).startswith(f"{PREFIX}/") and "\\" not in path:
        return with_prefix(path)
    if path:
        _log.warning("%s: refused to lead on to %.200r", request.path, path)
    return url_for("desk.home")


def refuse_unguarded_views(app: Flask) -> None:
    """Raise if a view of the desk states no demand: a mistake that must not reach anybody."""
    unguarded = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) and not hasattr(app.view_functions[rule.endpoint], DEMANDS)
    ]
    if unguarded:
        raise RuntimeError(f"views of the desk without a demand: {', '.join(sorted(unguarded))}")


def _session_in_its_language() -> Session | None:
    session = present_session()
    g.language = session.user.lang if session else preferred_language()
    return session


def _after_outage(error: SQLAlchemyError) -> AnyResponse:
    """Give a form back that the database could not take; raises what is no outage, and where there is no form."""
    if not is_outage(error):
        raise error
    if "desk_session" not in g:
        g.desk_session, g.language = None, preferred_language()  # whoever it is, the page must not ask again
    kept = given_back(Obstacle.OUTAGE)
    if kept is None:
        raise error
    _log.error("%s: the database cannot be used: %s", request.path, error)
    return kept


def _to_sign_in() -> AnyResponse:
    wanted = present_path() if request.method == "GET" else None
    return redirect(url_for("desk.sign_in", next=wanted), 303)


def _is_secure() -> bool:
    return services().settings.site_url.startswith("https://")
