"""The one address: for this machine, or for whoever has the token."""

from __future__ import annotations

from hmac import compare_digest
from ipaddress import ip_address

from flask import Response, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from web.bearer import sent_token
from web.caching import no_store
from web.metrics.counters import present_counters
from web.problems import problem
from web.services import services

PATH = "/metrics"


def metrics() -> Response:
    """Return everything in the text format of Prometheus, or a refusal."""
    token = services().settings.metrics_token
    if token and not _has(token):
        refusal = problem(401, "Send the token of the setting metrics_token.")
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal
    if not token and not _is_this_machine():
        return problem(403, "Only this machine may ask, or set KB_METRICS_TOKEN.")
    return no_store(Response(generate_latest(present_counters().registry), content_type=CONTENT_TYPE_LATEST))


def _has(token: str) -> bool:
    return compare_digest(sent_token().encode(), token.encode())


def _is_this_machine() -> bool:
    """Tell whether the request was made here; one that a proxy passed on was not, unless proxies are trusted."""
    passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if passed_on and not services().settings.trusted_proxies:
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
