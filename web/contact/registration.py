"""Adds the contact page to an application that keeps tickets."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.contact import routes
from web.services import services, services_of


def register(app: Flask) -> None:
    """Add the contact page, unless there is nowhere to keep tickets; links to it appear with it."""
    if services_of(app).tickets is None:
        return
    blueprint = Blueprint("contact", __name__)
    routes.add_routes(blueprint)
    app.register_blueprint(blueprint)
    # The form carries a token of its own, see web/contact/forms.py: text survives when it is refused.
    for view in (routes.form, routes.suggestions, routes.answer, routes.reading):
        app.extensions["csrf"].exempt(view)
    app.before_request(_keep_delivering)


def _keep_delivering() -> None:
    """Make sure that this process delivers tickets, also after a fork; costs a look at a thread."""
    if outbox := services().outbox:
        outbox.ensure_running()
