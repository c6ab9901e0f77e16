"""Adds the counts, and the address that gives them."""

from __future__ import annotations

from flask import Flask

from web.metrics.counters import configure_counters
from web.metrics.routes import PATH, metrics
from web.metrics.state import State
from web.services import services_of


def register(app: Flask) -> None:
    """Count from now on; to be called before other features, so that their time is counted too."""
    counters = configure_counters(app)
    counters.registry.register(State(services_of(app)))
    app.add_url_rule(PATH, "metrics", metrics)
