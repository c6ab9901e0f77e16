"""Adds the public pages to an application."""

from __future__ import annotations

from flask import Blueprint, Flask
from werkzeug.exceptions import NotFound

from web.public import damaged, routes, syndication


def register(app: Flask) -> None:
    """Add the public pages."""
    blueprint = Blueprint("public", __name__)
    routes.add_routes(blueprint)
    syndication.add_routes(blueprint)
    app.register_blueprint(blueprint)
    app.register_error_handler(NotFound, damaged.lead_on)
