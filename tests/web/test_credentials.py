"""A change of credentials ends what rested on the old ones, and a stolen session cannot make it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from kb.accounts.model import Role, User
from kb.accounts.secrets import PLACES
from kb.accounts.sign_in import LOGIN, LOGIN_FROM_NETWORK
from kb.clock import FixedClock
from kb.storage.database import open_database
from tests.web.conftest import MakeSite
from tests.web.desk import PASSWORD, accounts_of, form_token, make_person, post_form, signed_in, with_desk
from web.desk.access import DEVICE_COOKIE, SESSION_COOKIE

NEW = "quite another password"
PERSON = {"login": "omar", "name": "Omar", "lang": "en", "roles": ["agent"]}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def desk(make_site: MakeSite, engine: Engine, clock: FixedClock) -> Flask:
    site = make_site(site_url="http://localhost", trusted_proxies=1)
    return with_desk(site.extensions["dalil"], engine, clock)


@pytest.fixture
def admin(desk: Flask) -> User:
    return make_person(desk, Role.ADMIN, login="admin")


def changes(admin: User) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return the changes that ask for proof: page, where its form goes, what is filled in."""
    person = f"/desk/people/{admin.id}"
    return {
        "password": ("/desk/account", "/desk/account/password", {"password": NEW, "again": NEW}),
        "token": ("/desk/account", "/desk/account/tokens", {"name": "Script", "scopes": ["agent"]}),
        "new person": ("/desk/people", "/desk/people", PERSON),
        "role": (person, person, {"login": "admin", "name": "A", "lang": "en", "roles": ["admin"], "active": "y"}),
        "login": (person, person, {"login": "boss", "name": "Admin", "lang": "en", "roles": ["admin"], "active": "y"}),
        "invitation": (person, f"{person}/invite", {}),
    }


def state(desk: Flask, user: User) -> object:
    """Return what a change could have changed."""
    accounts = accounts_of(desk)
    return accounts.people.all(), accounts.people.get(user.id), accounts.tokens.of(user.id)


NAMES = ["password", "token", "new person", "role", "login", "invitation"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("current", [None, "", "wrong password", PASSWORD.upper(), f" {PASSWORD}"])
def test_what_a_stolen_session_must_not_do_asks_for_the_password(
    desk: Flask, admin: User, name: str, current: str | None
) -> None:
    page, path, fields = changes(admin)[name]
    before, client = state(desk, admin), signed_in(desk, admin)
    answer = post_form(client, page, path, **fields, **({} if current is None else {"current": current}))
    assert answer.status_code == 403
    assert "current password" in answer.get_data(as_text=True)
    assert "/desk/invitation/" not in answer.get_data(as_text=True)
    assert state(desk, admin) == before
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_with_the_password_it_is_done(desk: Flask, admin: User, name: str) -> None:
    page, path, fields = changes(admin)[name]
    answer = post_form(signed_in(desk, admin), page, path, **fields, current=PASSWORD)
    assert answer.status_code in {200, 201, 303}


@pytest.mark.parametrize("name", NAMES)
def test_who_has_no_password_signs_in_anew_first(desk: Flask, clock: FixedClock, name: str) -> None:
    person = accounts_of(desk).people.add("through.provider@example.com", "Noor", [Role.ADMIN])
    make_person(desk, Role.ADMIN, login="other")
    page, path, fields = changes(person)[name]
    client = signed_in(desk, person)
    token = form_token(client, page)
    clock.instant += timedelta(minutes=11)
    before = state(desk, person)
    answer = client.post(path, data={"csrf_token": token, **fields, "current": "anything at all"})
    assert answer.status_code == 403
    assert 'name="current"' not in answer.get_data(as_text=True)
    assert "/desk/sign-in" in answer.get_data(as_text=True)
    assert state(desk, person) == before
    fresh = signed_in(desk, person)
    assert post_form(fresh, page, path, **fields).status_code in {200, 201, 303}


def test_taking_an_account_back_by_an_invitation_throws_the_thief_out(desk: Flask, admin: User) -> None:
    thief = signed_in(desk, admin)
    token = form_token(thief, "/desk/account")
    link = f"/desk/invitation/{accounts_of(desk).people.invite(admin.id)}"
    owner = desk.test_client()
    assert post_form(owner, link, password=NEW, again=NEW).status_code == 303
    assert owner.get("/desk/").status_code == 200
    assert thief.get("/desk/").status_code == 303
    wanted = {"csrf_token": token, "password": "the thief's words", "again": "the thief's words", "current": NEW}
    assert thief.post("/desk/account/password", data=wanted).status_code in {303, 400, 401}
    assert owner.get("/desk/").status_code == 200
    assert post_form(desk.test_client(), "/desk/sign-in", login="admin", password=NEW).status_code == 303


def test_an_administrator_signs_somebody_out(desk: Flask, admin: User) -> None:
    reem = make_person(desk, Role.AGENT)
    thief, client = signed_in(desk, reem), signed_in(desk, admin)
    assert post_form(client, f"/desk/people/{reem.id}", f"/desk/people/{reem.id}/sign-out").status_code == 303
    assert thief.get("/desk/").status_code == 303
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("password", ["password12345", "            ", "admin admin admin", "qwertyuiop1234"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_bad_password_is_refused_in_words(desk: Flask, admin: User, password: str, lang: str) -> None:
    link = f"/desk/invitation/{accounts_of(desk).people.invite(admin.id)}"
    with desk.test_client() as client:
        token = form_token(client, link)
        answer = client.post(
            link,
            data={"csrf_token": token, "password": password, "again": password},
            headers={"Accept-Language": lang},
        )
        assert answer.status_code == 400
        assert "field-faults" in answer.get_data(as_text=True)
        assert post_form(client, link, password=NEW, again=NEW).status_code == 303


def test_the_token_of_a_form_belongs_to_the_session(desk: Flask, admin: User) -> None:
    with desk.test_client() as client:
        before = form_token(client, "/desk/sign-in")
        profile = {"name": "Admin", "lang": "en"}
        early = {"csrf_token": before, **profile}
        assert post_form(client, "/desk/sign-in", login="admin", password=PASSWORD).status_code == 303
        for elsewhere in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            assert client.post("/desk/account/profile", data=early, headers=elsewhere).status_code == 400
        mine = form_token(client, "/desk/account")
        assert mine != before
        planted = client.get_cookie("session")
        assert planted is not None
        assert client.post("/desk/account/profile", data={"csrf_token": mine, **profile}).status_code == 303

    other = signed_in(desk, make_person(desk, Role.AGENT))
    other.set_cookie("session", planted.value, domain="localhost")
    assert other.post("/desk/account/profile", data={"csrf_token": mine, **profile}).status_code == 400


def test_signing_out_ends_the_tokens_of_forms(desk: Flask, admin: User) -> None:
    client = signed_in(desk, admin)
    token = form_token(client, "/desk/account")
    client.post("/desk/sign-out", data={"csrf_token": token})
    client.set_cookie(SESSION_COOKIE, accounts_of(desk).sign_in.open(admin).secret, domain="localhost")
    answer = client.post("/desk/account/profile", data={"csrf_token": token, "name": "Admin", "lang": "en"})
    assert answer.status_code == 400


def sign_in_from(desk: Flask, address: str, password: str, client: FlaskClient | None = None) -> Any:
    """Try to sign in as the administrator from an address."""
    client = client or desk.test_client()
    data = {"csrf_token": form_token(client, "/desk/sign-in"), "login": "admin", "password": password}
    return client.post("/desk/sign-in", data=data, headers={"X-Forwarded-For": address})


def test_nobody_locks_the_administrator_out(desk: Flask, admin: User) -> None:
    known = desk.test_client()
    assert sign_in_from(desk, "203.0.113.1", PASSWORD, known).status_code == 303
    known.delete_cookie(SESSION_COOKIE, domain="localhost")
    for number in range(LOGIN.most + 5):
        sign_in_from(desk, f"198.51.100.{number}:{40_000 + number}", "wrong password")
    locked = sign_in_from(desk, "203.0.113.99", PASSWORD)
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    cookie = known.get_cookie(DEVICE_COOKIE, path="/desk")
    assert cookie is not None
    assert cookie.http_only
    assert sign_in_from(desk, "203.0.113.1", PASSWORD, known).status_code == 303


def test_tries_are_counted_by_network_whatever_the_proxy_writes(desk: Flask, admin: User) -> None:
    ways = ["2001:db8:7::1", "[2001:db8:7::2]:443", '"[2001:db8:7::3]"', "2001:db8:7:0:ffff::1", "2001:DB8:7::9"]
    statuses = [sign_in_from(desk, way, "wrong password").status_code for way in [*ways, "2001:db8:7::77"]]
    assert statuses == [401] * LOGIN_FROM_NETWORK.most + [429]
    assert sign_in_from(desk, "2001:db8:8::1", "wrong password").status_code == 401


def test_where_no_place_is_free_the_page_says_when_to_try_again(desk: Flask, admin: User) -> None:
    passwords = accounts_of(desk).sign_in._passwords
    with ExitStack() as taken:
        for _ in range(PLACES):
            taken.enter_context(passwords.place())
        answer = sign_in_from(desk, "203.0.113.1", PASSWORD)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) <= 10
    assert 'value="admin"' in answer.get_data(as_text=True)


def test_passwords_never_come_back_in_a_page(desk: Flask, admin: User) -> None:
    page, path, fields = changes(admin)["password"]
    client = signed_in(desk, admin)
    answer = post_form(client, page, path, **fields, current="secret of the wrong kind")
    text = answer.get_data(as_text=True)
    assert "secret of the wrong kind" not in text
    assert NEW not in text
    late = client.post(path, data={**fields, "current": "secret of the wrong kind"})
    assert "secret of the wrong kind" not in late.get_data(as_text=True)
