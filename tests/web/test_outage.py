"""What readers and the team meet while the database or the index fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from kb.accounts.model import Role
from kb.clock import FixedClock
from kb.settings import Settings
from kb.storage.database import open_database
from kb.storage.engines import Patience
from kb.storage.generations import GenerationStore
from kb.storage.probe import StorageProbe
from tests.web.desk import PASSWORD, form_token, make_person, signed_in
from tests.web.reader_site import BROWSER, hidden_fields, open_page
from tests.web.small_services import opened_search, small_services
from web.app import create_app

IMPATIENT = Patience(connect_s=2, lock_s=0.2, statement_s=2, pause_s=0.0)
TYPED = "please keep these words of mine"

Break = Callable[[], None]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "dalil.db"


@pytest.fixture
def engine(database: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{database}", IMPATIENT)
    yield engine
    engine.dispose()


@pytest.fixture
def site(store: GenerationStore, engine: Engine, clock: FixedClock, tmp_path: Path) -> Flask:
    """The small site with everything that asks the database."""
    values = {"var_dir": tmp_path, "api_requests_per_minute": 0, "site_url": "http://localhost"}
    settings = Settings.model_validate(values)
    services = small_services(settings, clock, engine, opened_search(store))
    services = replace(services, probe=StorageProbe(engine, tmp_path, clock, iter(range(10**6)).__next__))
    app = create_app(services)
    app.config["WTF_CSRF_SSL_STRICT"] = False
    return app


def locked(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


@pytest.fixture(params=["locked", "removed"])
def broken(request: pytest.FixtureRequest, database: Path) -> Iterator[Break]:
    """Makes the database fail in one of several ways."""
    holding: list[sqlite3.Connection] = []

    def act() -> None:
        if request.param == "locked":
            holding.append(locked(database))
        else:
            for path in database.parent.glob("dalil.db*"):
                path.unlink()

    yield act
    for connection in holding:
        connection.close()


def browser(site: Flask) -> FlaskClient:
    client = site.test_client()
    client.environ_base["HTTP_USER_AGENT"] = BROWSER
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


READING = (
    "/en/",
    "/ar/search?q=طلب",  # order
    "/en/search?q=password",
    "/en/articles/track-order",
    "/en/articles/nothing",
    "/en/contact",
)


def test_whoever_reads_notices_nothing(site: Flask, broken: Break) -> None:
    client = browser(site)
    before = {path: client.get(path).status_code for path in READING}
    broken()
    assert {path: client.get(path).status_code for path in READING} == before


def test_a_message_that_cannot_be_stored_is_given_back(site: Flask, broken: Break) -> None:
    client = browser(site)
    hidden = hidden_fields(open_page(client, "/en/contact"), "/en/contact")
    broken()
    fields = {"name": "Reem", "email": "reem@example.com", "subject": "Order", "message": TYPED}
    answer = client.post("/en/contact", data=hidden | fields)
    assert answer.status_code == 503
    assert TYPED in answer.get_data(as_text=True)


def test_a_comment_that_cannot_be_stored_is_given_back(site: Flask, broken: Break) -> None:
    client = browser(site)
    address = "/en/articles/track-order/feedback"
    hidden = hidden_fields(open_page(client, "/en/articles/track-order"), address)
    voted = client.post(address, data=hidden | {"verdict": "unhelpful"}).location
    hidden = hidden_fields(open_page(client, voted), address)
    broken()
    answer = client.post(address, data=hidden | {"verdict": "unhelpful", "reason": "other", "comment": TYPED})
    assert answer.status_code == 503
    assert TYPED in answer.get_data(as_text=True)


def test_nobody_signs_in_meanwhile_and_the_login_stays_typed(site: Flask, broken: Break) -> None:
    make_person(site, Role.AGENT)
    client = browser(site)
    token = form_token(client, "/desk/sign-in")
    broken()
    answer = client.post("/desk/sign-in", data={"csrf_token": token, "login": "reem", "password": PASSWORD})
    assert answer.status_code == 503
    assert 'value="reem"' in answer.get_data(as_text=True)
    assert PASSWORD not in answer.get_data(as_text=True)


def test_forms_of_the_desk_are_given_back(site: Flask, broken: Break) -> None:
    client = signed_in(site, make_person(site, Role.EDITOR))
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    token = form_token(client, "/desk/curation/")
    broken()
    answer = client.post(
        "/desk/curation/synonyms", data={"csrf_token": token, "terms": "parcel\nbox", "why": TYPED, "lang": "both"}
    )
    assert answer.status_code == 503
    assert TYPED in answer.get_data(as_text=True)


def readiness(site: Flask, query: str = "") -> tuple[int, dict[str, Any]]:
    answer = site.test_client().get(f"/readyz{query}")
    assert answer.json is not None
    return answer.status_code, answer.json


def test_readiness_tells_that_nothing_can_be_stored(site: Flask, broken: Break) -> None:
    assert readiness(site)[0] == 200
    broken()
    status, told = readiness(site)
    assert status == 503
    assert [fault["part"] for fault in told["faults"]] == ["database"]
    assert site.test_client().get("/healthz").status_code == 200


def test_who_balances_load_may_ask_for_reading_alone(site: Flask, broken: Break) -> None:
    broken()
    status, told = readiness(site, "?for=reading")
    assert (status, told["faults"]) == (200, [])
