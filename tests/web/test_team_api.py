"""Figures and rules for other programs, by tokens of their scopes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kb.accounts.model import Role, Scope
from kb.clock import FixedClock
from kb.curation.store import CurationStore
from kb.storage.generations import GenerationStore
from tests.web.agent_site import open_agent_site
from tests.web.desk import accounts_of, make_person
from web.statistics.exports import EXPORTS


@pytest.fixture
def desk(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    site = open_agent_site(store, tmp_path, clock)
    yield site.app
    site.engine.dispose()


def headers(desk: Flask, role: Role, *scopes: Scope) -> dict[str, str]:
    user = make_person(desk, role, login=role.value)
    return {"Authorization": f"Bearer {accounts_of(desk).tokens.issue(user, 'x', scopes)}"}


def test_every_table_of_the_statistics_is_given(desk: Flask) -> None:
    token, client = headers(desk, Role.MANAGER, Scope.STATISTICS), desk.test_client()
    for name in EXPORTS:
        answer = client.get(f"/api/v1/statistics/{name}?period=2026-09", headers=token)
        assert answer.status_code == 200
        assert answer.get_json()["first"] == "2026-09-01"
    assert client.get("/api/v1/statistics/figures", headers=token).get_json()["records"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("nothing", 404), ("figures?period=tomorrow-ish", 400), ("figures?perid=2026-09", 400), ("figures?grain=x", 400)],
)
def test_what_cannot_be_understood_is_a_problem_document(desk: Flask, path: str, status: int) -> None:
    token = headers(desk, Role.MANAGER, Scope.STATISTICS)
    answer = desk.test_client().get(f"/api/v1/statistics/{path}", headers=token)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_rules_are_read_and_replaced(desk: Flask) -> None:
    token, client = headers(desk, Role.EDITOR, Scope.CURATION), desk.test_client()
    store: CurationStore = desk.extensions["dalil"].curation
    store.add_synonyms(["parcel", "package"], [], lang=None, by="reem", why="")
    given = client.get("/api/v1/curation", headers=token).get_json()
    assert "parcel" in given["rules"]

    changed = {"rules": given["rules"].replace("parcel", "shipment")}
    assert client.put("/api/v1/curation", json=changed, headers=token).status_code == 200
    assert "shipment" in client.get("/api/v1/curation", headers=token).get_json()["rules"]
    broken: Any
    for broken in ({"rules": "format: 99"}, {"rules": ": ["}, {"rule": ""}, []):
        refused = client.put("/api/v1/curation", json=broken, headers=token)
        assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert "shipment" in client.get("/api/v1/curation", headers=token).get_json()["rules"]
