"""Adds votes to an application."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.feedback import routes
from web.feedback.pages import feedback_panel


def register(app: Flask) -> None:
    """Take votes, and give the end of every article its panel."""
    blueprint = Blueprint("feedback", __name__)
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
    # Articles are the same for everybody, so their forms carry no session's token: see web/feedback/forms.py.
    app.extensions["csrf"].exempt(routes.vote)
    app.add_template_global(feedback_panel)
