"""The figures for other programs: what the exports of the pages hold, with a token of the scope `statistics`."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, request
from pydantic import BaseModel, Field

from kb.accounts.model import Scope
from web.api.models import Parameters
from web.desk.tokens import owner_of_token
from web.feature import Operation
from web.json_calls import answer_json, read_parameters
from web.problems import problem
from web.services import services
from web.statistics.exports import EXPORTS
from web.statistics.selection import read_selection

_Short = Annotated[str, Field(max_length=200)]


class FigureParameters(Parameters):
    """Which figures."""

    period: Annotated[_Short, Field(description="As in `kb stats`, by default the last 30 days.")] = ""
    channel: Annotated[_Short, Field(description="Only this channel.")] = ""
    category: Annotated[_Short, Field(description="Only this category.")] = ""
    article: Annotated[_Short, Field(description="Only this article, as en:reset-password.")] = ""


class FigureTable(BaseModel):
    """The records of one table."""

    name: str = Field(description="Name of the table.")
    first: str = Field(description="First day.")
    last: str = Field(description="Last day.")
    records: list[dict[str, Any]] = Field(description="One record a line, as in the JSON that the desk exports.")


def statistics_table(name: str) -> Response:
    """Give the records of one table."""
    owner_of_token(Scope.STATISTICS)
    given = services()
    read_parameters(FigureParameters)
    if name not in EXPORTS:
        return problem(404, f"There are the tables {', '.join(EXPORTS)}.")
    now = given.clock.now()
    selection = read_selection(request.args, now.date(), given.settings.deflection_window_hours)
    if selection.is_refused:
        return problem(400, "This period cannot be read.")
    rows = EXPORTS[name](given.engine, selection, now, given.settings.k_anonymity)
    table = FigureTable(
        name=name,
        first=str(selection.period.first),
        last=str(selection.period.last),
        records=[dict(row) for row in rows],
    )
    return answer_json(table)


OPERATIONS = (
    Operation(
        "/api/v1/statistics/<name>",
        statistics_table,
        "The figures of one table; a token of the scope `statistics`",
        FigureParameters,
        FigureTable,
        (400, 401, 403, 404, 429, 503),
        bearer=True,
    ),
)
