"""The public pages."""

from __future__ import annotations

from flask import Blueprint, Flask
from werkzeug.exceptions import NotFound

from web.feature import Feature, Rate
from web.public import damaged, routes, syndication
from web.services import Services


def feature(_: Services) -> Feature:
    """Return the public pages."""
    blueprint = Blueprint("public", __name__)
    routes.add_routes(blueprint)
    syndication.add_routes(blueprint)
    return Feature((blueprint,), paced={Rate.SEARCH: ("public.search",)}, configure=_lead_on)


def _lead_on(app: Flask) -> None:
    app.register_error_handler(NotFound, damaged.lead_on)
