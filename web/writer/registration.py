"""The writers' page."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext

from kb.accounts.model import Permission
from web.desk.access import PREFIX
from web.feature import Feature, MenuItem
from web.services import Services
from web.writer import routes


def feature(_: Services) -> Feature:
    """Return the page."""
    blueprint = Blueprint("writer", __name__, url_prefix=f"{PREFIX}/articles")
    routes.add_routes(blueprint)
    title, summary = lazy_gettext("Articles"), lazy_gettext("All articles, what is due, and where each is edited.")
    menu = MenuItem("writer.home", "file-text", Permission.WRITE_ARTICLES, title, summary)
    return Feature((blueprint,), menu=menu)
