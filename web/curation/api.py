"""The rules of editors for other programs, as a version control that reviews them: a token of the scope `curation`."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.accounts.model import Scope
from kb.curation.exchange import from_yaml, to_yaml
from kb.errors import UserError
from web.api.openapi import Operation
from web.api.registration import add_operations
from web.desk.tokens import owner_of_token
from web.problems import parameter_faults, problem
from web.services import services


class CurationRules(BaseModel):
    """All rules."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    rules: str = Field(description="Synonyms, pinned and hidden results, redirects: the YAML that the desk exports.")


def register(app: Flask) -> None:
    """Add the calls and describe them."""
    add_operations(app, "curation_api", OPERATIONS)
    app.extensions["csrf"].exempt(replace_curation_rules)  # no cookie gives it any right


def curation_rules() -> Response:
    """Give all rules."""
    owner_of_token(Scope.CURATION)
    return _answer()


def replace_curation_rules() -> Response:
    """Replace all rules; in force with the next query."""
    owner_of_token(Scope.CURATION)
    try:
        given = CurationRules.model_validate_json(request.get_data(cache=False))
        rules = from_yaml(given.rules)
    except ValidationError as error:
        return problem(422, "Correct the fields that `errors` names.", parameter_faults(error))
    except UserError as error:
        return problem(422, str(error))
    services().curation.replace_all(rules)
    return _answer()


def _answer() -> Response:
    response = jsonify(CurationRules(rules=to_yaml(services().curation.rules())).model_dump())
    response.cache_control.no_store = True
    return response


OPERATIONS = (
    Operation(
        "/api/v1/curation",
        curation_rules,
        "All rules of editors; a token of the scope `curation`",
        None,
        CurationRules,
        (401, 403, 429, 503),
        bearer=True,
    ),
    Operation(
        "/api/v1/curation",
        replace_curation_rules,
        "Replace all rules of editors; a token of the scope `curation`",
        None,
        CurationRules,
        (401, 403, 422, 429, 503),
        method="put",
        body=CurationRules,
        bearer=True,
    ),
)
