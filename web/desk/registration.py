"""Adds the desk to an application that has accounts."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.desk import people, routes
from web.desk.access import PREFIX
from web.desk.pages import desk_frame
from web.services import services


def register(app: Flask) -> None:
    """Add sign-in, account and people, unless the site has no accounts."""
    with app.app_context():
        if services().accounts is None:
            return
    blueprint = Blueprint("desk", __name__, url_prefix=PREFIX)
    routes.add_routes(blueprint)
    people.add_routes(blueprint)
    app.register_blueprint(blueprint)
    app.add_template_global(desk_frame)
