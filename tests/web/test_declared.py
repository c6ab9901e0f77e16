"""Nothing is declared that opens, changes or tells nothing: permissions, roles, scopes, settings, events."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from kb import events
from kb.accounts.model import GRANTS, SCOPE_PERMISSIONS, Permission, Role, Scope
from kb.clock import FixedClock
from kb.settings import Settings
from kb.storage.generations import GenerationStore
from tests.web.agent_site import open_agent_site
from tests.web.desk import accounts_of, make_person, signed_in
from web.desk.access import DEMANDS
from web.feature import Operation, features_of

ROOT = Path(__file__).parents[2]
PRODUCT = ("kb", "indexer", "search", "web")


@pytest.fixture
def desk(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """A site with everything."""
    site = open_agent_site(store, tmp_path, clock)
    yield site.app
    site.engine.dispose()


def test_every_permission_is_asked_for_by_a_page_and_granted_to_more_than_administrators(desk: Flask) -> None:
    asked = {getattr(view, DEMANDS, None) for view in desk.view_functions.values()}
    granted = frozenset[Permission]().union(*(GRANTS[role] for role in Role if role is not Role.ADMIN))
    assert asked >= set(Permission)
    assert granted == set(Permission) - {Permission.MANAGE_PEOPLE}


@pytest.mark.parametrize("role", Role)
def test_every_role_finds_pages_in_its_menu_and_may_open_them(desk: Flask, role: Role) -> None:
    client = signed_in(desk, make_person(desk, role))
    menu = re.findall(r'href="(/desk/[a-z]+/?)"', client.get("/desk/").get_data(as_text=True))
    parts = [path for path in menu if path not in {"/desk/", "/desk/account"}]
    assert parts
    assert {client.get(path).status_code for path in parts} == {200}


def test_the_document_names_every_operation_and_no_other(desk: Flask) -> None:
    paths = desk.test_client().get("/api/openapi.json").get_json()["paths"]
    described = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    text = (ROOT / "docs" / "API.md").read_text("utf-8")
    assert set(re.findall(r"\b(?:GET|POST|PUT|DELETE) /(?:api/v1|healthz|readyz)[/\w{}]*", text)) == described


def operations(desk: Flask) -> list[Operation]:
    """Return the calls that ask for a token."""
    return [operation for feature in features_of(desk) for operation in feature.operations if operation.bearer]


@pytest.mark.parametrize("scope", Scope)
def test_every_scope_opens_calls_that_no_other_opens(desk: Flask, scope: Scope) -> None:
    admin = make_person(desk, Role.ADMIN)
    client = desk.test_client()

    def statuses(*scopes: Scope) -> dict[str, int]:
        secret = accounts_of(desk).tokens.issue(admin, "x", scopes) if scopes else "dalil_made_up"
        headers = {"Authorization": f"Bearer {secret}"}
        return {
            operation.name: client.open(
                operation.rule.replace("<name>", "figures"), method=operation.method.upper(), headers=headers, json={}
            ).status_code
            for operation in operations(desk)
        }

    others = [other for other in Scope if other is not scope]
    opened = {name for name, status in statuses(scope).items() if status not in {401, 403}}
    assert opened
    assert {statuses(*others)[name] for name in opened} == {403}
    assert set(statuses().values()) == {401}
    assert SCOPE_PERMISSIONS[scope] in Permission


def test_calls_with_a_token_need_no_cookie_and_take_none(desk: Flask) -> None:
    client = signed_in(desk, make_person(desk, Role.ADMIN))
    for operation in operations(desk):
        path = operation.rule.replace("<name>", "figures")
        assert client.open(path, method=operation.method.upper(), json={}).status_code == 401


@cache
def sources(*packages: str) -> str:
    """Return the text of all modules of packages."""
    return "\n".join(path.read_text("utf-8") for name in packages for path in sorted((ROOT / name).rglob("*.py")))


@cache
def attributes() -> frozenset[str]:
    """Return every attribute that the product reads."""
    return frozenset(
        node.attr
        for path in (path for name in PRODUCT for path in (ROOT / name).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
    )


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_read(name: str) -> None:
    assert name in attributes()


EVENTS = sorted(
    each.__name__
    for each in vars(events).values()
    if isinstance(each, type) and issubclass(each, events.Event) and each is not events.Event
)


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_recorded_and_counted(name: str) -> None:
    assert re.search(rf"\b{name}\(", sources("web", "kb/contact", "kb/storage")), "nobody records it"
    assert re.search(rf"\b{name}\b", sources("kb/statistics", "kb/editing")), "nobody counts it"
