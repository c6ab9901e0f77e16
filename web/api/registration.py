"""Adds the API and its description to an application."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Flask, Response, current_app, jsonify
from flask.json.provider import DefaultJSONProvider

from web.api.openapi import OPERATIONS, Operation, describe
from web.services import services

ADDED = "api_operations"


def register(app: Flask) -> None:
    """Add every operation, and the document that describes them."""
    if isinstance(app.json, DefaultJSONProvider):
        app.json.ensure_ascii = False  # Arabic as it is written
        app.json.sort_keys = False  # the order of the models
    blueprint = Blueprint("api", __name__)
    for operation in OPERATIONS:
        _add(blueprint, operation)
    blueprint.add_url_rule("/api/openapi.json", "description", description)
    app.register_blueprint(blueprint)


def add_operations(app: Flask, name: str, operations: Sequence[Operation]) -> None:
    """Add operations of another package under a blueprint of that name, and to the description."""
    blueprint = Blueprint(name, __name__)
    for operation in operations:
        _add(blueprint, operation)
    app.register_blueprint(blueprint)
    app.extensions[ADDED] = (*app.extensions.get(ADDED, ()), *operations)


def description() -> Response:
    """Give the OpenAPI document."""
    return jsonify(describe(services().settings.site_url, current_app.extensions.get(ADDED, ())))


def _add(blueprint: Blueprint, operation: Operation) -> None:
    methods = [operation.method.upper()]
    blueprint.add_url_rule(
        operation.rule, operation.name, operation.view, methods=methods, build_only=operation.view is None
    )
