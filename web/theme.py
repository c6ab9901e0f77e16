"""Light or dark: the system's choice until the reader makes their own, kept in a cookie so that no script is needed."""

from __future__ import annotations

from enum import StrEnum

from flask import Flask, abort, redirect, request
from werkzeug.wrappers import Response

from web.prefix import cookie_path, with_prefix

COOKIE = "theme"
ONE_YEAR = 31_536_000


class Theme(StrEnum):
    """How the reader wants pages to look."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def configure_theme(app: Flask) -> None:
    """Give templates `theme` and take the reader's choice at ``/theme``."""
    app.add_url_rule("/theme", "choose_theme", choose_theme, methods=["POST"])
    app.context_processor(lambda: {"theme": current_theme()})


def current_theme() -> Theme:
    """Return the reader's choice."""
    try:
        return Theme(request.cookies.get(COOKIE, Theme.SYSTEM))
    except ValueError:
        return Theme.SYSTEM


def choose_theme() -> Response:
    """Keep the choice and go back; a preference of the browser, so it needs no CSRF token."""
    try:
        chosen = Theme(request.form.get("theme", ""))
    except ValueError:
        abort(400)
    response = redirect(with_prefix(local_path(request.form.get("next", ""))), 303)
    response.set_cookie(COOKIE, chosen, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure, path=cookie_path())
    return response


def local_path(target: str) -> str:
    """Return a target of this site unchanged, and ``/`` for anything that could lead elsewhere.

    Raises:
        BadRequest: It holds signs that no address holds, as a newline.
    """
    if not target.isprintable():
        abort(400)
    inside = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if inside else "/"
