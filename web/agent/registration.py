"""The agents' part of the desk."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext

from kb.accounts.model import Permission
from web.agent import api, replies, routes, tracked
from web.desk.access import PREFIX
from web.feature import Feature, MenuItem, Rate, api_blueprint
from web.services import Services


def feature(_: Services) -> Feature:
    """Return the agents' page, saved replies, tracked links and the calls."""
    desk = Blueprint("agent", __name__, url_prefix=f"{PREFIX}/agent")
    routes.add_routes(desk)
    replies.add_routes(desk)
    links = Blueprint("agent_links", __name__)
    tracked.add_routes(links)
    calls = tuple(f"agent_api.{operation.name}" for operation in api.OPERATIONS)
    title, summary = lazy_gettext("Answer"), lazy_gettext("Find the right articles for a customer's message.")
    return Feature(
        (desk, links, api_blueprint("agent_api", api.OPERATIONS)),
        api.OPERATIONS,
        {Rate.CALLS: calls},
        without_form_token=calls,  # no cookie gives these calls any right, so no other site can forge them
        menu=MenuItem("agent.home", "message-square-text", Permission.ANSWER_TICKETS, title, summary),
    )
