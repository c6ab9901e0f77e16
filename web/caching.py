"""What browsers and proxies may keep: public pages are revalidated, pages with a session never leave the browser."""

from __future__ import annotations

from typing import TypeVar

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response as WrappedResponse

AnyResponse = TypeVar("AnyResponse", bound=WrappedResponse)


class CachingSessions(SecureCookieSessionInterface):
    """Flask's sessions, which also mark how an answer may be kept.

    Only here is it known whether a view used the session: asking for the session anywhere else counts as using it.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save the session if it was used, and mark the answer."""
        used = session.accessed
        super().save_session(app, session, response)
        if response.status_code != 200 or request.method not in {"GET", "HEAD"} or response.is_streamed:
            return
        if used:
            response.cache_control.private = True
            response.cache_control.no_store = True
        else:
            _mark_public(response)


def no_store(response: AnyResponse) -> AnyResponse:
    """Let nobody keep an answer, and return it."""
    response.cache_control.no_store = True
    return response


def configure_caching(app: Flask) -> None:
    """Mark every answer that does not say itself how it may be kept."""
    app.session_interface = CachingSessions()


def _mark_public(response: Response) -> None:
    if "Cache-Control" not in response.headers:
        response.cache_control.public = True
        response.cache_control.max_age = 0
        response.cache_control.must_revalidate = True
    if response.mimetype == "text/html":
        response.vary.add("Cookie")  # the theme
    if not response.cache_control.no_store:
        response.add_etag()
        response.make_conditional(request)
