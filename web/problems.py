"""RFC 9457 problem documents: the one shape of every error of the JSON API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus

from flask import Response
from pydantic import BaseModel, Field, ValidationError

from web.caching import no_store

MEDIA_TYPE = "application/problem+json"
INVALID_PARAMETERS = "urn:dalil:problem:invalid-parameters"


class ParameterFault(BaseModel):
    """One parameter that was not as described."""

    parameter: str = Field(description="Name of the parameter.")
    detail: str = Field(description="What is wrong with its value.")


class Problem(BaseModel):
    """An error, as RFC 9457 describes it."""

    type: str = Field("about:blank", description="Identifies the kind of problem; about:blank: the status says all.")
    title: str = Field(description="The kind of problem in words; the same for every occurrence.")
    status: int = Field(description="The HTTP status code.")
    detail: str = Field("", description="What happened this time.")
    errors: list[ParameterFault] | None = Field(None, description="Every fault of the parameters, not only the first.")


def problem(status: int, detail: str = "", faults: Sequence[ParameterFault] = ()) -> Response:
    """Return the response for one error.

    Args:
        status: HTTP status code, 400 to 599.
        detail: What happened, in English.
        faults: All faults of the parameters; their presence makes the type `INVALID_PARAMETERS`.
    """
    document = Problem(
        type=INVALID_PARAMETERS if faults else "about:blank",
        title="Invalid parameters" if faults else HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=list(faults) or None,
    )
    body = json.dumps(document.model_dump(exclude_none=True), ensure_ascii=False)
    return no_store(Response(body, status, content_type=MEDIA_TYPE))


def parameter_faults(error: ValidationError) -> list[ParameterFault]:
    """Return every fault that pydantic found, in its order."""
    return [
        ParameterFault(
            parameter=".".join(str(part) for part in item["loc"]) or "query",
            detail=item["msg"].removeprefix("Value error, "),
        )
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
