"""What is said when something goes wrong: pages in the reader's language, problem documents for the API."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from kb.errors import OperatorError, UserError
from kb.storage.engines import is_outage
from kb.storage.generations import CorruptGeneration
from web.caching import no_store
from web.i18n import gettext
from web.layout import Head
from web.problems import problem
from web.services import services

API_PREFIXES = ("/api/", "/healthz", "/readyz")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """An error, as a reader sees it.

    Attributes:
        status: HTTP status code.
        message: What they can do about it.
    """

    head: Head
    status: int
    heading: str
    message: str


def configure_errors(app: Flask) -> None:
    """Answer every error by a page or a problem document; only what nobody foresaw is logged with its traceback."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(UserError, _user_error)
    app.register_error_handler(OperatorError, _operator_error)
    app.register_error_handler(CorruptGeneration, _corrupt_generation)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(Exception, _unforeseen_error)


def error_response(status: int, detail: str = "") -> Response:
    """Return the answer to an error in the form that this request understands.

    Args:
        status: HTTP status code.
        detail: What is wrong with this request, if more can be said than the status does.
    """
    if request.path.startswith(API_PREFIXES):
        return problem(status, detail)
    heading, message = _words(status)
    page = ErrorPage(Head(heading), status, heading, detail or message)
    return no_store(make_response(render_template("base/error.html", page=page), status))


def http_error(error: HTTPException) -> Response:
    """Return the answer to an error that the framework or `abort` raised."""
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response(request.environ))
    api = request.path.startswith(API_PREFIXES)
    response = error_response(status, error.description or "" if api else "")
    for name, value in error.get_headers(request.environ):
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _user_error(error: UserError) -> Response:
    return error_response(HTTPStatus.BAD_REQUEST, str(error))


def _operator_error(error: OperatorError) -> Response:
    logger.error("%s", error)
    response = error_response(HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = "30"
    return response


def _corrupt_generation(error: CorruptGeneration) -> Response:
    """Answer like any other fault of the index, and see to it that the next request meets an intact one."""
    services().snapshots.compare(error.name)
    return _operator_error(error)


def _database_error(error: SQLAlchemyError) -> Response:
    """Answer 503 where the database is away, locked or full; any other error of it is a bug of ours."""
    if not is_outage(error):
        return _unforeseen_error(error)
    logger.error("%s %s: the database cannot be used: %s", request.method, request.path, error)
    response = error_response(
        HTTPStatus.SERVICE_UNAVAILABLE, gettext("This cannot be done right now. Try again in a minute.")
    )
    response.headers["Retry-After"] = "10"
    return response


def _unforeseen_error(error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    try:
        return error_response(HTTPStatus.INTERNAL_SERVER_ERROR)
    except Exception:  # the page for errors failed too; a plain line is left
        logger.exception("The error page cannot be shown")
        return Response("Something went wrong on our side.\n", 500, content_type="text/plain; charset=utf-8")


def _words(status: int) -> tuple[str, str]:
    """Return heading and message in the reader's language."""
    known = {
        400: (gettext("We could not read that request"), gettext("Check the address or what you typed and try again.")),
        403: (gettext("This page is not open to you"), gettext("Sign in with an account that may see it.")),
        404: (
            gettext("We could not find that page"),
            gettext("It may have moved, or the address may be mistyped. Search for it instead."),
        ),
        405: (gettext("That does not work here"), gettext("Go back to the previous page and try again.")),
        413: (gettext("That is too much at once"), gettext("Send a shorter text or a smaller file.")),
        429: (gettext("You are going too fast"), gettext("Wait a minute, then try again.")),
        503: (
            gettext("The help centre is not ready yet"),
            gettext("Try again in half a minute."),
        ),
    }
    return known.get(
        status,
        (gettext("Something went wrong on our side"), gettext("Try again in a little while.")),
    )
