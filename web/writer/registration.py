"""Adds the writers' page to an application."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.desk.access import PREFIX
from web.writer import routes


def register(app: Flask) -> None:
    """Add the page."""
    blueprint = Blueprint("writer", __name__, url_prefix=f"{PREFIX}/articles")
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
