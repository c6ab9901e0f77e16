"""The desk: sign-in, account and people."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError

from kb.accounts.model import Permission
from web.desk import people, routes
from web.desk.access import PREFIX, late_form
from web.desk.pages import desk_frame, has_provider
from web.desk.proof import asks_for_password, needs_fresh_sign_in
from web.feature import Feature, MenuItem, Rate
from web.services import Services, services_of


def feature(services: Services) -> Feature:
    """Return sign-in, account and people."""
    blueprint = Blueprint("desk", __name__, url_prefix=PREFIX)
    routes.add_routes(blueprint)
    people.add_routes(blueprint)
    ways_in: tuple[str, ...] = ("desk.invitation",)
    if services.settings.oidc_issuer:
        from web.desk import oidc  # Authlib takes its time: only where it is used

        oidc.add_routes(blueprint)
        ways_in += ("desk.to_provider", "desk.from_provider")
    title, summary = lazy_gettext("People"), lazy_gettext("Who works here, and what they may do.")
    return Feature(
        (blueprint,),
        paced={Rate.WAYS_IN: ways_in},
        menu=MenuItem("desk.people", "users", Permission.MANAGE_PEOPLE, title, summary),
        configure=_configure,
    )


def _configure(app: Flask) -> None:
    settings = services_of(app).settings
    if settings.oidc_issuer:
        from web.desk import oidc

        oidc.configure_provider(app, settings)
    app.register_error_handler(CSRFError, late_form)
    for each in (desk_frame, has_provider, asks_for_password, needs_fresh_sign_in):
        app.add_template_global(each)
