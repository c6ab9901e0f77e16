"""Adds the pages that direct the search to an application that has a desk and keeps rules."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.curation import api, routes
from web.services import services_of


def register(app: Flask) -> None:
    """Add the pages, unless the site has no desk or keeps no rules."""
    given = services_of(app)
    if given.accounts is None or given.curation is None:
        return
    blueprint = Blueprint("curation", __name__, url_prefix="/desk/curation")
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
    api.register(app)
