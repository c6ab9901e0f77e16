"""Who may ask how often: the searches, forms and reports of an address, the agents' calls of a token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from werkzeug.exceptions import TooManyRequests

from kb.accounts.secrets import fingerprint
from kb.addresses import network_of
from kb.pacing.pacer import Pace
from kb.settings import Settings
from web.bearer import sent_token
from web.feature import Rate, paced_endpoints
from web.services import services, services_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

READS = frozenset({"GET", "HEAD"})
SENDS = frozenset({"POST", "PUT"})
_WAY_IN = Pace("ways in", 60)
"""Each way in asks another server, or tells whether a secret is right; passwords have paces of their own."""


def configure_limits(app: Flask) -> None:
    """Limit the searches and the forms of one address, and the agents' calls of one token; each share one count."""
    settings = services_of(app).settings
    calls = settings.agent_requests_per_minute
    paced = {rate: paced_endpoints(app, rate) for rate in Rate}
    _pace(app, paced[Rate.SEARCH], Pace("search", settings.api_requests_per_minute))
    _pace(app, paced[Rate.FORMS], Pace("forms", settings.forms_per_minute), methods=SENDS)
    _pace(app, paced[Rate.WAYS_IN], _WAY_IN)
    _pace(app, paced[Rate.CALLS], Pace("calls", calls), subject=_token)
    _pace_refusals(app, paced[Rate.CALLS], Pace("refused calls", calls))


def event_pace(settings: Settings) -> Pace:
    """Return how often one address may have something recorded."""
    return Pace("events", settings.events_per_minute)


def caller() -> str:
    """Return what counts as one caller in this request: the network of its address."""
    return network_of(request.remote_addr or "")


def caller_of(environ: WSGIEnvironment) -> str:
    """Return the same outside Flask."""
    return network_of(str(environ.get("REMOTE_ADDR") or ""))


def too_fast(pace: Pace) -> TooManyRequests:
    """Return the refusal of whoever exceeds a pace."""
    return TooManyRequests(retry_after=pace.retry_after_s)


def _pace(
    app: Flask,
    endpoints: frozenset[str],
    pace: Pace,
    subject: Callable[[], str] = caller,
    methods: frozenset[str] = READS | SENDS,
) -> None:
    def paced(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> Any:
            if request.method in methods and not services().pacer.take(pace, subject()):
                raise too_fast(pace)
            return view(*args, **kwargs)

        return answer

    _wrap(app, endpoints, paced)


def _pace_refusals(app: Flask, endpoints: frozenset[str], pace: Pace) -> None:
    """Count by address what is refused, so that made-up tokens cannot be tried without end."""

    def paced(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> Any:
            if not services().pacer.has_room(pace, caller()):
                raise too_fast(pace)
            return view(*args, **kwargs)

        return answer

    _wrap(app, endpoints, paced)

    def count(response: Any) -> Any:
        if response.status_code == 401 and request.endpoint in endpoints:
            services().pacer.take(pace, caller())
        return response

    app.after_request(count)


def _wrap(app: Flask, endpoints: frozenset[str], around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    for endpoint in endpoints:
        app.view_functions[endpoint] = around(app.view_functions[endpoint])


def _token() -> str:
    return fingerprint(sent_token())
