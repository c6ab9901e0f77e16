"""The API and its description."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from flask.json.provider import DefaultJSONProvider

from web.api.openapi import OPERATIONS, describe
from web.feature import Feature, Rate, api_blueprint, present_features
from web.services import Services, services


def feature(_: Services) -> Feature:
    """Return every operation, and the document that describes them and those of other features."""
    blueprint = api_blueprint("api", OPERATIONS)
    blueprint.add_url_rule("/api/openapi.json", "description", description)
    return Feature((blueprint,), OPERATIONS, {Rate.SEARCH: ("api.search", "api.suggest")}, configure=_write_json)


def description() -> Response:
    """Give the OpenAPI document."""
    operations = [operation for feature in present_features() for operation in feature.operations]
    return jsonify(describe(services().settings.site_url, operations))


def _write_json(app: Flask) -> None:
    if isinstance(app.json, DefaultJSONProvider):
        app.json.ensure_ascii = False  # Arabic as it is written
        app.json.sort_keys = False  # the order of the models
