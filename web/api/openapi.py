"""The description of the API: one table of operations, made into an OpenAPI document by apispec from their models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from apispec import APISpec
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode

import kb
from web.api import models, routes
from web.feature import Operation
from web.problems import MEDIA_TYPE, Problem
from web.tracking import beacons

DEFINITIONS = "#/components/schemas/{model}"


OPERATIONS = (
    Operation(
        "/api/v1/search",
        routes.search,
        "Search the articles",
        models.SearchParameters,
        models.SearchAnswer,
        (400, 429, 503),
    ),
    Operation(
        "/api/v1/suggest",
        routes.suggest,
        "Complete what is being typed",
        models.SuggestParameters,
        models.Suggestions,
        (400, 429, 503),
    ),
    Operation(
        "/api/v1/articles/<article_id>",
        routes.article,
        "One article",
        models.LanguageParameters,
        models.ArticleDocument,
        (400, 404, 503),
    ),
    Operation(
        "/api/v1/categories",
        routes.categories,
        "The categories and how many articles each has",
        models.LanguageParameters,
        models.Categories,
        (400, 503),
    ),
    Operation(
        beacons.PATH,
        None,
        "Tell what only a page's script knows; for this site's own pages",
        None,
        None,
        (400, 403, 405, 411, 413, 503),
        method="post",
        body=beacons.EventBeacon,
    ),
    Operation("/healthz", routes.health, "Does the process live?", None, models.Health, ()),
    Operation("/readyz", routes.readiness, "Does everything work?", None, models.Readiness, ()),
)


def describe(server: str, operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document of the API.

    Args:
        server: Public address of the site.
        operations: What it describes, in this order.
    """
    spec = APISpec(
        title="Dalil",
        version=kb.__version__,
        openapi_version="3.1.0",
        info={"description": "Search and read the help centre. Errors are RFC 9457 problem documents."},
        servers=[{"url": server}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    answers: list[type[BaseModel] | None] = [Problem, *(operation.answer for operation in operations)]
    for model in answers:
        _add_schema(spec, model, "serialization")
    for operation in operations:
        _add_schema(spec, operation.body, "validation")
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.rule)
        spec.path(path=path, operations={operation.method: _described(operation)})
    document: dict[str, Any] = spec.to_dict()
    return document


def _add_schema(spec: APISpec, model: type[BaseModel] | None, mode: JsonSchemaMode) -> None:
    if model is None:
        return
    schema = model.model_json_schema(ref_template=DEFINITIONS, mode=mode)
    for name, definition in (schema.pop("$defs", {}) | {model.__name__: schema}).items():
        if name not in spec.components.schemas:
            spec.components.schema(name, definition)


def _described(operation: Operation) -> dict[str, Any]:
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation.rule), *_query_parameters(operation.parameters)],
        **({"security": [{"token": []}]} if operation.bearer else {}),
        **({"requestBody": _request_body(operation.body)} if operation.body else {}),
        "responses": {
            **_success(operation),
            **{str(status): _response("A problem.", MEDIA_TYPE, Problem) for status in operation.errors},
            **({"503": _response("Not ready.", "application/json", models.Readiness)} if not operation.errors else {}),
        },
    }


def _success(operation: Operation) -> dict[str, Any]:
    if operation.answer is None:
        return {"204": {"description": "Done."}}
    return {str(operation.success): _response("The answer.", "application/json", operation.answer)}


def _request_body(model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": DEFINITIONS.format(model=model.__name__)}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _response(description: str, media_type: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": DEFINITIONS.format(model=model.__name__)}
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _path_parameters(rule: str) -> list[dict[str, Any]]:
    names = re.findall(r"<(?:\w+:)?(\w+)>", rule)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": definition.pop("description", ""),
            "schema": _inlined(definition, definitions),
        }
        for name, definition in schema["properties"].items()
    ]


def _inlined(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema with references replaced, and ``null``, which a query cannot hold, left out."""
    if "$ref" in schema:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        named: dict[str, Any] = definitions[schema["$ref"].rsplit("/", 1)[1]]
        return named | rest
    if "anyOf" in schema:
        choice = next(option for option in schema["anyOf"] if option.get("type") != "null")
        return _inlined(choice, definitions)
    return schema
