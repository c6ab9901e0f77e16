"""How calls of the JSON API are read and answered, whichever feature they belong to."""

from __future__ import annotations

from typing import TypeVar

from flask import Response, abort, jsonify, make_response, request
from pydantic import BaseModel, ValidationError

from web.caching import no_store
from web.problems import parameter_faults, problem

Given = TypeVar("Given", bound=BaseModel)


def read_parameters(model: type[Given]) -> Given:
    """Read the query string; every fault of it is answered at once, by 400."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        abort(problem(400, "Correct the parameters that `errors` names.", parameter_faults(error)))


def read_body(model: type[Given]) -> Given:
    """Read the body; every fault of it is answered at once, by 422."""
    try:
        return model.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        abort(problem(422, "Correct the fields that `errors` names.", parameter_faults(error)))


def answer_json(model: BaseModel, status: int = 200) -> Response:
    """Answer with one model, which nobody keeps."""
    return no_store(make_response(jsonify(model.model_dump(mode="json")), status))
