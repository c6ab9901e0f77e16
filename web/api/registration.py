"""Adds the API and its description to an application."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, jsonify

from web.api.openapi import OPERATIONS, describe
from web.services import services


def register(app: Flask) -> None:
    """Add every operation, and the document that describes them."""
    blueprint = Blueprint("api", __name__)
    for operation in OPERATIONS:
        blueprint.add_url_rule(operation.rule, operation.view.__name__, operation.view)
    blueprint.add_url_rule("/api/openapi.json", "description", description)
    app.register_blueprint(blueprint)


def description() -> Response:
    """Give the OpenAPI document."""
    return jsonify(describe(services().settings.site_url))
