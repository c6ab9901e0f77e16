"""Which websites may use the API from a browser: those of the settings, and our own; others are refused.

The widget's reader has no cookie: the page keeps a text of ours for as long as its tab is open and sends it along.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from kb.events import Channel
from kb.origins import is_listed
from web.problems import problem
from web.services import services
from web.tracking.reader import COOKIE, identify

VISITOR_HEADER = "X-Dalil-Visitor"
IDEMPOTENCY_HEADER = "Idempotency-Key"
BLUEPRINT = "widget"
SHARED_ENDPOINTS = frozenset({"api.search", "api.suggest", "api.article", "api.categories"})
PREFLIGHT_AGE_S = 600

_log = logging.getLogger(__name__)


def configure_origins(app: Flask) -> None:
    """Judge the origin of every call that websites may make, and answer browsers that ask beforehand."""
    app.before_request(_judge)
    app.after_request(_allow)


def widget_visitor() -> str:
    """Return what the page shall send along from now on; empty for readers who are not told apart."""
    visitor: str = g.get("widget_visitor", "")
    return visitor


def _judge() -> Response | None:
    if not _is_open_to_websites():
        return None
    origin = request.headers.get("Origin")
    if origin is None or _is_our_own(origin):
        if request.blueprint == BLUEPRINT:
            _read_as_widget()
        return None
    if not is_listed(origin.lower(), services().settings.widget_origins.split()):
        _log.warning("%s: refused for the origin %.200s, which KB_WIDGET_ORIGINS does not list", request.path, origin)
        return problem(403, "This website may not use the widget: its origin is not in KB_WIDGET_ORIGINS.")
    g.widget_origin = origin
    if request.method == "OPTIONS":
        return _preflight()
    _read_as_widget()
    return None


def _is_open_to_websites() -> bool:
    return request.blueprint == BLUEPRINT or request.endpoint in SHARED_ENDPOINTS


def _is_our_own(origin: str) -> bool:
    return urlsplit(origin).netloc in {request.host, urlsplit(services().settings.site_url).netloc}


def _read_as_widget() -> None:
    """Tell the reader by what the page sends along, and never by a cookie."""
    mark = {COOKIE: request.headers.get(VISITOR_HEADER)}
    reader = identify(request.headers.get, mark.get, services())
    g.widget_visitor = reader.cookie
    g.reader = replace(reader, cookie="", channel=Channel.WIDGET)


def _preflight() -> Response:
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Allow-Headers"] = f"Content-Type, {VISITOR_HEADER}, {IDEMPOTENCY_HEADER}"
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_AGE_S)
    return response


def _allow(response: Response) -> Response:
    if _is_open_to_websites():
        response.vary.add("Origin")
        if origin := g.get("widget_origin"):
            response.headers["Access-Control-Allow-Origin"] = origin
    return response
