"""Adds the writers' page to an application that has a desk."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.desk.access import PREFIX
from web.services import services_of
from web.writer import routes


def register(app: Flask) -> None:
    """Add the page, unless the site has no accounts."""
    if services_of(app).accounts is None:
        return
    blueprint = Blueprint("writer", __name__, url_prefix=f"{PREFIX}/articles")
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
