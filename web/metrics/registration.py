"""The counts, and the address that gives them."""

from __future__ import annotations

from flask import Flask

from web.feature import Feature
from web.metrics.counters import configure_counters
from web.metrics.routes import PATH, metrics
from web.metrics.state import State
from web.services import Services, services_of


def feature(_: Services) -> Feature:
    """Return the counts; to be added before other features, so that their time is counted too."""
    return Feature(configure=_count)


def _count(app: Flask) -> None:
    counters = configure_counters(app)
    counters.registry.register(State(services_of(app)))
    app.add_url_rule(PATH, "metrics", metrics)
