"""Adds the pages that direct the search to an application that has a desk and keeps rules."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.curation import routes
from web.services import services


def register(app: Flask) -> None:
    """Add the pages, unless the site has no desk or keeps no rules."""
    with app.app_context():
        if services().accounts is None or services().curation is None:
            return
    blueprint = Blueprint("curation", __name__, url_prefix="/desk/curation")
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
