"""The rules of editors for other programs, as a version control that reviews them: a token of the scope `curation`."""

from __future__ import annotations

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from kb.accounts.model import Scope
from kb.curation.exchange import from_yaml, to_yaml
from kb.errors import UserError
from web.desk.tokens import owner_of_token
from web.feature import Operation
from web.json_calls import answer_json, read_body
from web.problems import problem
from web.services import services


class CurationRules(BaseModel):
    """All rules."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    rules: str = Field(description="Synonyms, pinned and hidden results, redirects: the YAML that the desk exports.")


def curation_rules() -> Response:
    """Give all rules."""
    owner_of_token(Scope.CURATION)
    return answer_json(CurationRules(rules=to_yaml(services().curation.rules())))


def replace_curation_rules() -> Response:
    """Replace all rules; in force with the next query."""
    owner_of_token(Scope.CURATION)
    given = read_body(CurationRules)
    try:
        rules = from_yaml(given.rules)
    except UserError as error:
        return problem(422, str(error))
    services().curation.replace_all(rules)
    return answer_json(CurationRules(rules=to_yaml(services().curation.rules())))


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
