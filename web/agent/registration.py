"""Adds the agents' part to an application that has a desk."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.agent import api, replies, routes, tracked
from web.desk.access import PREFIX


def register(app: Flask) -> None:
    """Add the agents' page, saved replies, tracked links and the API."""
    desk = Blueprint("agent", __name__, url_prefix=f"{PREFIX}/agent")
    routes.add_routes(desk)
    replies.add_routes(desk)
    app.register_blueprint(desk)
    links = Blueprint("agent_links", __name__)
    tracked.add_routes(links)
    app.register_blueprint(links)
    api.register(app)
