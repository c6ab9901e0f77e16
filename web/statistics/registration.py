"""The statistics."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext

from kb.accounts.model import Permission
from web.feature import Feature, MenuItem, Rate, api_blueprint
from web.services import Services
from web.statistics import api, routes


def feature(_: Services) -> Feature:
    """Return the pages and the call."""
    blueprint = Blueprint("statistics", __name__, url_prefix="/desk/stats")
    routes.add_routes(blueprint)
    title, summary = lazy_gettext("Statistics"), lazy_gettext("What self-service achieves, with its definitions.")
    return Feature(
        (blueprint, api_blueprint("statistics_api", api.OPERATIONS)),
        api.OPERATIONS,
        {Rate.CALLS: ("statistics_api.statistics_table",)},
        menu=MenuItem("statistics.home", "chart-column", Permission.READ_STATISTICS, title, summary),
    )
