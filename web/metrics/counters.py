"""What this process counts while it serves: requests, their time, searches."""

from __future__ import annotations

import os
from time import perf_counter

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram

from kb.results import SearchResponse
from web.intake.environ import ROUTE

EXTENSION = "dalil-metrics"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_NO_ENDPOINT = "none"


class Counters:
    """The counts of one application in one process, which every series names as `worker`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._worker = str(os.getpid())
        self._requests = Counter(
            "dalil_requests",
            "Answered requests.",
            ("endpoint", "method", "status", "worker"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "dalil_request_seconds",
            "Time to answer a request.",
            ("endpoint", "worker"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._searches = Counter(
            "dalil_searches",
            "Searches, by whether something here answered.",
            ("outcome", "worker"),
            registry=self.registry,
        )
        self._failed_parts = Counter(
            "dalil_search_failed_parts",
            "Searches in which a part of the search failed and the others answered.",
            ("part", "worker"),
            registry=self.registry,
        )

    def count_request(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count an answered request.

        Args:
            endpoint: Name of the view, never a path: paths have no end.
        """
        self._requests.labels(endpoint, method, str(status), self._worker).inc()
        self._seconds.labels(endpoint, self._worker).observe(seconds)

    def count_search(self, response: SearchResponse) -> None:
        """Count a search."""
        self._searches.labels("unanswered" if response.found_nothing else "answered", self._worker).inc()
        for part in response.degraded:
            self._failed_parts.labels(str(part), self._worker).inc()


def configure_counters(app: Flask) -> Counters:
    """Count what an application answers from now on."""
    counters = Counters()
    app.extensions[EXTENSION] = counters
    app.before_request(_start)
    app.after_request(_count)
    return counters


def count_search(response: SearchResponse) -> None:
    """Count a search in the application that handles this request."""
    present_counters().count_search(response)


def present_counters() -> Counters:
    """Return the counts of the application that handles this request."""
    return counters_of(current_app)


def counters_of(app: Flask) -> Counters:
    """Return the counts of an application, also outside a request."""
    counters: Counters = app.extensions[EXTENSION]
    return counters


def _start() -> None:
    g.request_started = perf_counter()


def _count(response: Response) -> Response:
    seconds = perf_counter() - g.get("request_started", perf_counter())
    endpoint = request.endpoint or _NO_ENDPOINT
    request.environ[ROUTE] = endpoint
    present_counters().count_request(endpoint, _known_method(), response.status_code, seconds)
    return response


def _known_method() -> str:
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return request.method if request.method in known else "other"
