"""Puts the site together from services and feature packages."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from jinja2 import StrictUndefined

import web.agent
import web.api
import web.contact
import web.curation
import web.desk
import web.editor
import web.feedback
import web.metrics
import web.panel
import web.public
import web.statistics
import web.survey
import web.tracking
import web.widget
import web.writer
from web.assets import configure_assets
from web.caching import configure_caching
from web.desk.access import refuse_unguarded_views
from web.errors import configure_errors
from web.feature import Feature, add_features
from web.i18n import configure_i18n
from web.layout import configure_layout
from web.pacing import configure_limits
from web.security import configure_names, configure_security
from web.services import Services, configure_services
from web.theme import configure_theme
from web.writing_direction import configure_writing_direction

FEATURES: tuple[Callable[[Services], Feature], ...] = (
    web.metrics.feature,
    web.public.feature,
    web.api.feature,
    web.tracking.feature,
    web.feedback.feature,
    web.contact.feature,
    web.survey.feature,
    web.agent.feature,
    web.panel.feature,
    web.widget.feature,
    web.editor.feature,
    web.writer.feature,
    web.curation.feature,
    web.statistics.feature,
    web.desk.feature,
)
"""Every feature package; those with a part of the desk stand in the order of its menu."""


def create_app(services: Services) -> Flask:
    """Return the whole site as one WSGI application.

    Args:
        services: What it works with; opened by the caller, who also closes it.
    """
    app = Flask(__name__, static_folder=None)
    app.secret_key = services.secret_key
    configure_services(app, services)
    configure_templates(app)
    configure_i18n(app)
    configure_assets(app)
    configure_theme(app)
    configure_writing_direction(app)
    configure_layout(app)
    configure_security(app)
    configure_errors(app)
    configure_caching(app)
    add_features(app, [declare(services) for declare in FEATURES])
    refuse_unguarded_views(app)
    configure_limits(app)
    configure_names(app)
    return app


def configure_templates(app: Flask) -> None:
    """Make templates fail on unknown names instead of showing nothing, and leave no blank lines."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
