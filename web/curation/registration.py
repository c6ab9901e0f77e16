"""Adds the pages that direct the search to an application."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.curation import api, routes


def register(app: Flask) -> None:
    """Add the pages and the calls."""
    blueprint = Blueprint("curation", __name__, url_prefix="/desk/curation")
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
    api.register(app)
