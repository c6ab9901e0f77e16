"""The pages and calls that direct the search."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext

from kb.accounts.model import Permission
from web.curation import api, routes
from web.feature import Feature, MenuItem, Rate, api_blueprint
from web.services import Services


def feature(_: Services) -> Feature:
    """Return the pages and the calls."""
    blueprint = Blueprint("curation", __name__, url_prefix="/desk/curation")
    routes.add_routes(blueprint)
    title, summary = lazy_gettext("Direct search"), lazy_gettext("Synonyms, pinned and hidden results, redirects.")
    return Feature(
        (blueprint, api_blueprint("curation_api", api.OPERATIONS)),
        api.OPERATIONS,
        {Rate.CALLS: ("curation_api.curation_rules", "curation_api.replace_curation_rules")},
        without_form_token=("curation_api.replace_curation_rules",),  # no cookie gives it any right
        menu=MenuItem("curation.home", "pin", Permission.CURATE, title, summary),
    )
