"""The widget for websites."""

from __future__ import annotations

import re
from functools import cache

from flask import Flask, Response, request

from web.assets import STATIC
from web.feature import Feature, Operation, Rate, api_blueprint
from web.services import Services
from web.widget import api, models
from web.widget.origins import BLUEPRINT, configure_origins

SCRIPT_AGE_S = 600
_PLACE_OF_SHARED = "/* direction.js */"

_ERRORS = (403, 422, 429, 503)
OPERATIONS = (
    Operation(
        "/api/v1/widget",
        api.widget_start,
        "What the widget needs before it can be opened",
        models.StartParameters,
        models.Start,
        (400, 403, 503),
    ),
    Operation(
        "/api/v1/widget/events",
        api.widget_event,
        "Tell what the reader did in the widget",
        None,
        None,
        (403, 404, 422, 503),
        method="post",
        body=models.EventCall,
    ),
    Operation(
        "/api/v1/widget/votes",
        api.widget_vote,
        "Vote on an article; Idempotency-Key names the vote",
        None,
        None,
        (404, *_ERRORS),
        method="post",
        body=models.VoteCall,
    ),
    Operation(
        "/api/v1/widget/offers",
        api.widget_offers,
        "Articles for a message that is being written",
        None,
        models.Offers,
        _ERRORS,
        method="post",
        body=models.MessageCall,
    ),
    Operation(
        "/api/v1/widget/opened",
        api.widget_open,
        "Tell that a suggested article was opened",
        None,
        None,
        (403, 404, 422, 503),
        method="post",
        body=models.OpenCall,
    ),
    Operation(
        "/api/v1/widget/tickets",
        api.widget_ticket,
        "Send a message to the team; its token names it",
        None,
        models.Receipt,
        (404, 409, *_ERRORS),
        method="post",
        body=models.MessageCall,
        success=201,
    ),
)


def feature(_: Services) -> Feature:
    """Return the script, its calls, and what judges which websites may make them."""
    return Feature(
        (api_blueprint(BLUEPRINT, OPERATIONS),),
        OPERATIONS,
        {
            Rate.SEARCH: ("widget.widget_offers",),
            Rate.FORMS: ("widget.widget_vote", "widget.widget_ticket"),
        },
        # No cookie is looked at; the origin is judged instead.
        without_form_token=tuple(f"{BLUEPRINT}.{operation.name}" for operation in OPERATIONS),
        configure=_configure,
    )


def _configure(app: Flask) -> None:
    app.add_url_rule("/widget.js", "widget_script", script)
    configure_origins(app)


def script() -> Response:
    """Send the script under an address that never changes."""
    response = Response(_script(), mimetype="text/javascript")
    response.cache_control.public = True
    response.cache_control.max_age = SCRIPT_AGE_S
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def _script() -> str:
    """Return the widget with the module that it shares with our own pages, since other websites load one file only."""
    shared = (STATIC / "js" / "direction.js").read_text("utf-8")
    widget = (STATIC / "js" / "widget.js").read_text("utf-8")
    return widget.replace(_PLACE_OF_SHARED, re.sub("^export ", "", shared, flags=re.MULTILINE))
