"""Adds the contact page to an application."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.contact import routes


def register(app: Flask) -> None:
    """Add the contact page."""
    blueprint = Blueprint("contact", __name__)
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
    # The form carries a token of its own, see web/contact/forms.py: text survives when it is refused.
    for view in (routes.form, routes.suggestions, routes.answer, routes.reading):
        app.extensions["csrf"].exempt(view)
