"""Votes."""

from __future__ import annotations

from flask import Blueprint, Flask

from web.feature import Feature, Rate
from web.feedback import routes
from web.feedback.pages import feedback_panel
from web.services import Services


def feature(_: Services) -> Feature:
    """Return what takes votes, and the panel at the end of every article."""
    blueprint = Blueprint("feedback", __name__)
    routes.add_routes(blueprint)
    # Articles are the same for everybody, so their forms carry no session's token: see web/feedback/forms.py.
    vote = ("feedback.vote",)
    return Feature((blueprint,), paced={Rate.FORMS: vote}, without_form_token=vote, configure=_show_panel)


def _show_panel(app: Flask) -> None:
    app.add_template_global(feedback_panel)
