"""Tells whether this process can do its work now, by doing some: a question, an article, a row."""

from __future__ import annotations

from itertools import count
from typing import Final

from flask import request

from kb.errors import OperatorError
from kb.model import Language
from kb.results import Query
from kb.storage.generations import CorruptGeneration
from web.api.models import FaultyPart, Readiness
from web.services import content, pinned_search, services

FOR_READING: Final = "reading"
"""Value of `for`: what must work is that questions are answered and articles shown."""

_turn = count()  # each look reads another article


def look() -> tuple[Readiness, int]:
    """Return what works and what does not, and the HTTP status that says so."""
    faults = {} if request.args.get("for") == FOR_READING else services().probe.faults()
    try:
        response = pinned_search().search(Query("help", Language.EN, limit=1))
        faults = _faults_of_content() | faults
    except OperatorError as error:
        return _answer("unavailable", {"index": error.message} | faults), 503
    degraded = [str(part) for part in response.degraded]
    status = "unavailable" if faults else "degraded" if degraded else "ready"
    answer = _answer(status, faults, response.generation, degraded)
    return answer, 503 if faults else 200


def _faults_of_content() -> dict[str, str]:
    snapshots = services().snapshots
    keys = content().article_keys()
    found = {}
    try:
        content().article(keys[next(_turn) % len(keys)])
    except CorruptGeneration as error:
        snapshots.compare(error.name)
        found["article"] = error.message
    if damage := snapshots.damage:
        found["index"] = f"damaged files: {', '.join(damage)}"
    return found


def _answer(
    status: str, faults: dict[str, str], generation: str | None = None, degraded: list[str] | None = None
) -> Readiness:
    parts = [FaultyPart(part=part, detail=detail) for part, detail in faults.items()]
    return Readiness(status=status, generation=generation, degraded=degraded or [], faults=parts)
