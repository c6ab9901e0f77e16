"""Never loses what an editor typed: a form that arrives after the session ended is given back, to be sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec

from flask import abort, make_response, render_template, request
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response as AnyResponse
from wtforms.validators import ValidationError

from kb.accounts.model import Permission
from web.desk.access import DEMANDS, guarded, present_session
from web.i18n import gettext
from web.layout import Head
from web.same_origin import is_same_origin

Parameters = ParamSpec("Parameters")
TOKEN = "csrf_token"  # noqa: S105 - the name of a field


@dataclass(frozen=True, slots=True)
class KeptPage:
    """What was typed when the session had ended.

    Attributes:
        fields: Names and values of the form, without its token.
        path: Where the form goes.
        signed_out: Nobody is signed in; else the form was too old.
    """

    head: Head
    fields: tuple[tuple[str, str], ...]
    path: str
    signed_out: bool


def keeping(demand: Permission, view: Callable[Parameters, AnyResponse]) -> Callable[Parameters, AnyResponse]:
    """Return a guarded view that gives back the form when nobody is signed in or its token is too old.

    Args:
        demand: What the view asks for.
        view: Takes a form.
    """
    guard = guarded(demand, view)

    @wraps(view)
    def keeper(*args: Parameters.args, **kwargs: Parameters.kwargs) -> AnyResponse:
        if request.method == "POST":
            if not is_same_origin():
                abort(403)
            if present_session() is None:
                return _given_back(401)
            if not _token_is_good():
                return _given_back(400)
        return guard(*args, **kwargs)

    setattr(keeper, DEMANDS, demand)
    return keeper


def _token_is_good() -> bool:
    try:
        validate_csrf(request.form.get(TOKEN))
    except ValidationError:
        return False
    return True


def _given_back(status: int) -> AnyResponse:
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name != TOKEN)
    page = KeptPage(Head(gettext("Your text is still here")), fields, request.path, signed_out=status == 401)
    response = make_response(render_template("editor/kept.html", page=page), status)
    response.headers["Cache-Control"] = "no-store"
    return response
