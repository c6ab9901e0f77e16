"""The editors' queues."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext

from kb.accounts.model import Permission
from web.editor.fixes import add_routes as add_fixes
from web.editor.replaying import add_routes as add_replay
from web.editor.routes import add_routes as add_queues
from web.feature import Feature, MenuItem
from web.services import Services


def feature(_: Services) -> Feature:
    """Return the pages."""
    blueprint = Blueprint("editor", __name__, url_prefix="/desk/editor")
    add_queues(blueprint)
    add_fixes(blueprint)
    add_replay(blueprint)
    title = lazy_gettext("Improve")
    summary = lazy_gettext("Questions that found no answer, articles that do not help.")
    menu = MenuItem("editor.home", "clipboard-list", Permission.WORK_QUEUES, title, summary)
    return Feature((blueprint,), menu=menu)
