"""Adds the editors' queues to an application."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.editor.fixes import add_routes as add_fixes
from web.editor.replaying import add_routes as add_replay
from web.editor.routes import add_routes as add_queues


def register(app: Flask) -> None:
    """Add the pages."""
    blueprint = Blueprint("editor", __name__, url_prefix="/desk/editor")
    add_queues(blueprint)
    add_fixes(blueprint)
    add_replay(blueprint)
    app.register_blueprint(blueprint)
