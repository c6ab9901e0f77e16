"""The surveys."""

from __future__ import annotations

from flask import Blueprint

from web.feature import Feature, Rate
from web.services import Services
from web.survey import routes


def feature(_: Services) -> Feature:
    """Return the one page of all surveys."""
    blueprint = Blueprint("survey", __name__)
    routes.add_routes(blueprint)
    survey = ("survey.survey",)
    # The signed link is what an answer must carry.
    return Feature((blueprint,), paced={Rate.FORMS: survey}, without_form_token=survey)
