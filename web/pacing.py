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
from web.services import services, services_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PACED_ENDPOINTS = ("public.search", "api.search", "api.suggest", "contact.suggestions", "widget.widget_offers")
PACED_FORMS = ("contact.form", "feedback.vote", "survey.survey", "widget.widget_vote", "widget.widget_ticket")
PACED_CALLS = (
    "agent_api.agent_suggest",
    "agent_api.agent_links",
    "statistics_api.statistics_table",
    "curation_api.curation_rules",
    "curation_api.replace_curation_rules",
)
PACED_WAYS_IN = ("desk.to_provider", "desk.from_provider", "desk.invitation", "panel")
"""Each asks another server, or tells whether a secret is right; passwords have paces of their own in `kb.accounts`."""

READS = frozenset({"GET", "HEAD"})
SENDS = frozenset({"POST", "PUT"})
_WAY_IN = Pace("ways in", 60)


def configure_limits(app: Flask) -> None:
    """Limit the searches and the forms of one address, and the agents' calls of one token; each share one count."""
    settings = services_of(app).settings
    calls = settings.agent_requests_per_minute
    _pace(app, PACED_ENDPOINTS, Pace("search", settings.api_requests_per_minute))
    _pace(app, PACED_FORMS, Pace("forms", settings.forms_per_minute), methods=SENDS)
    _pace(app, PACED_WAYS_IN, _WAY_IN)
    _pace(app, PACED_CALLS, Pace("calls", calls), subject=_token)
    _pace_refusals(app, PACED_CALLS, Pace("refused calls", calls))


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
    endpoints: tuple[str, ...],
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


def _pace_refusals(app: Flask, endpoints: tuple[str, ...], pace: Pace) -> None:
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


def _wrap(app: Flask, endpoints: tuple[str, ...], around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    for endpoint in endpoints:
        if view := app.view_functions.get(endpoint):
            app.view_functions[endpoint] = around(view)


def _token() -> str:
    return fingerprint(sent_token())
