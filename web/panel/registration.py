"""The panel in other help desks."""

from __future__ import annotations

from flask import Flask
from werkzeug.wrappers import Response as AnyResponse

from web.feature import Feature, Rate
from web.panel import routes
from web.security import CONTENT_SECURITY_POLICY
from web.services import Services, services_of


def feature(_: Services) -> Feature:
    """Return the panel's page, the only one that other sites may show in a frame: those of the settings."""
    return Feature(paced={Rate.WAYS_IN: ("panel",)}, configure=_add_panel)


def _add_panel(app: Flask) -> None:
    listed = services_of(app).settings.panel_origins

    def panel() -> AnyResponse:
        return routes.panel()

    policy = CONTENT_SECURITY_POLICY | {"frame-ancestors": listed or "'none'"}
    # What flask-talisman reads when it sets the headers of this view.
    options = {"frame_options": None, "content_security_policy": policy}
    panel.talisman_view_options = options  # type: ignore[attr-defined]
    app.add_url_rule("/panel", "panel", panel)
