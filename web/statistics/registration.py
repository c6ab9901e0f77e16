"""Adds the statistics to an application."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.statistics import api, routes


def register(app: Flask) -> None:
    """Add the pages and the calls."""
    blueprint = Blueprint("statistics", __name__, url_prefix="/desk/stats")
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
    api.register(app)
