"""Adds the editors' queues to an application that has a desk and keeps items and rules."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.editor.fixes import add_routes as add_fixes
from web.editor.replaying import add_routes as add_replay
from web.editor.routes import add_routes as add_queues
from web.services import services_of


def register(app: Flask) -> None:
    """Add the pages, unless the site has no desk or keeps no items."""
    given = services_of(app)
    if given.accounts is None or given.editing is None or given.curation is None:
        return
    blueprint = Blueprint("editor", __name__, url_prefix="/desk/editor")
    add_queues(blueprint)
    add_fixes(blueprint)
    add_replay(blueprint)
    app.register_blueprint(blueprint)
