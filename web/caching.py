"""What browsers and proxies may keep: public pages are revalidated, pages with a session never leave the browser."""

from __future__ import annotations

from flask import Flask, Response, request, session


def configure_caching(app: Flask) -> None:
    """Mark every answer that does not say itself how it may be kept."""
    app.after_request(_mark)


def _mark(response: Response) -> Response:
    if response.status_code != 200 or request.method not in {"GET", "HEAD"} or response.is_streamed:
        return response
    if not session_untouched():
        response.cache_control.private = True
        response.cache_control.no_store = True
        return response
    if "Cache-Control" not in response.headers:
        response.cache_control.public = True
        response.cache_control.max_age = 0
        response.cache_control.must_revalidate = True
    if response.mimetype == "text/html":
        response.vary.add("Cookie")  # the theme
    if not response.cache_control.no_store:
        response.add_etag()
        response.make_conditional(request)
    return response


def session_untouched() -> bool:
    """Tell whether this answer neither read nor wrote the session, and so is the same for everybody."""
    return not (session.accessed or session.modified)
