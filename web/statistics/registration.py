"""Adds the statistics to an application that has a desk and keeps events."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.services import services, services_of
from web.statistics import api, routes


def register(app: Flask) -> None:
    """Add the pages, unless the site has no desk or keeps no figures."""
    given = services_of(app)
    if given.statistics is None:
        return
    app.before_request(_keep_fresh)
    if given.accounts is None:
        return
    blueprint = Blueprint("statistics", __name__, url_prefix="/desk/stats")
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
    api.register(app)


def _keep_fresh() -> None:
    """Make sure that this process rolls up, also after a fork; costs a look at a thread."""
    statistics = services().statistics
    if statistics and statistics.housekeeping:
        statistics.housekeeping.ensure_running()
