"""Adds the beacons and the visitor's cookie to an application."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.tracking import beacons
from web.tracking.reader import keep_cookie


def register(app: Flask) -> None:
    """Take beacons, and set the visitor's cookie on answers to readers who are recorded."""
    blueprint = Blueprint("tracking", __name__)
    beacons.add_routes(blueprint)
    app.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(beacons.event)
    app.after_request(keep_cookie)
