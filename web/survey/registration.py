"""Adds the surveys to an application."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.survey import routes


def register(app: Flask) -> None:
    """Add the one page of all surveys."""
    blueprint = Blueprint("survey", __name__)
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(routes.survey)  # the signed link is what an answer must carry
