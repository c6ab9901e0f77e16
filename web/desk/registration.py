"""Adds the desk to an application."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFError

from web.desk import people, routes
from web.desk.access import PREFIX, late_form
from web.desk.pages import desk_frame, has_provider
from web.desk.proof import asks_for_password, needs_fresh_sign_in
from web.services import services_of


def register(app: Flask) -> None:
    """Add sign-in, account and people."""
    settings = services_of(app).settings
    blueprint = Blueprint("desk", __name__, url_prefix=PREFIX)
    routes.add_routes(blueprint)
    people.add_routes(blueprint)
    if settings.oidc_issuer:
        from web.desk import oidc  # Authlib takes its time: only where it is used

        oidc.configure_provider(app, settings)
        oidc.add_routes(blueprint)
    app.register_blueprint(blueprint)
    app.register_error_handler(CSRFError, late_form)
    app.add_template_global(desk_frame)
    app.add_template_global(has_provider)
    app.add_template_global(asks_for_password)
    app.add_template_global(needs_fresh_sign_in)
