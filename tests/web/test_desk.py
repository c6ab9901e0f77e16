"""Signing in to the desk, and who may use what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, redirect
from sqlalchemy import Engine
from werkzeug.wrappers import Response

from kb.accounts.model import Permission, Role, Scope, User
from kb.clock import FixedClock
from kb.model import Language
from kb.storage.database import open_database
from tests.web.conftest import MakeSite
from tests.web.desk import PASSWORD, accounts_of, form_token, make_person, post_form, signed_in, with_desk
from web.desk.access import DEMANDS, Anyone, refuse_unguarded_views, safe_next


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def desk(make_site: MakeSite, engine: Engine, clock: FixedClock) -> Flask:
    return with_desk(make_site(site_url="http://localhost").extensions["dalil"], engine, clock)


@pytest.fixture
def reem(desk: Flask) -> User:
    return make_person(desk, Role.AGENT)


def desk_views(app: Flask) -> list[tuple[str, str, object]]:
    """Return method, path and demand of every view of the desk, with made-up parts of paths."""
    return [
        (method, rule.build(dict.fromkeys(rule.arguments, "x") | {"form": "csv"}, append_unknown=False)[1], demand)  # type: ignore[index]
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST", "DELETE"})
        if (demand := getattr(app.view_functions.get(rule.endpoint), DEMANDS, None)) is not None
    ]


def test_every_view_asks_for_what_it_states_of_every_role(desk: Flask) -> None:
    desk.config["WTF_CSRF_ENABLED"] = False
    people = {role: make_person(desk, role, login=role.value) for role in Role}
    for method, path, demand in desk_views(desk):
        with desk.test_client() as nobody:
            answer = nobody.open(path, method=method)
            turned_away = answer.status_code == 303 and "/desk/sign-in" in answer.location
            assert turned_away is (demand is not Anyone) or path == "/desk/sign-out", (method, path)
        for role, user in people.items():
            client = signed_in(desk, user)
            status = client.open(path, method=method).status_code
            refused = isinstance(demand, Permission) and not user.may(demand)
            assert (status == 403) is refused, (method, path, role, status)


def test_a_view_without_a_demand_stops_the_start(desk: Flask) -> None:
    app = Flask(__name__)
    app.add_url_rule("/desk/forgotten", "forgotten", lambda: redirect("/"))
    with pytest.raises(RuntimeError, match="forgotten"):
        refuse_unguarded_views(app)


def test_signing_in_leads_to_the_page_that_was_wanted(desk: Flask, reem: User) -> None:
    with desk.test_client() as client:
        turned_away = client.get("/desk/account?x=1")
        assert turned_away.location == "/desk/sign-in?next=/desk/account?x%3D1"
        answer = post_form(client, turned_away.location, login="Reem", password=PASSWORD)
        assert (answer.status_code, answer.location) == (303, "/desk/account?x=1")
        page = client.get("/desk/account")
        assert page.status_code == 200
        assert "no-store" in page.headers["Cache-Control"]
        assert "Reem" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", [None, "", "https://evil.example/desk/", "//evil.example", "/desk", "/\\evil", "/desk/\\evil", "/en/"]
)
def test_nobody_is_led_to_another_site(desk: Flask, path: str | None, caplog: pytest.LogCaptureFixture) -> None:
    with desk.test_request_context():
        assert safe_next(path) == "/desk/"
    assert ("refused to lead on" in caplog.text) is bool(path)


@pytest.mark.parametrize("path", ["/desk/\nLocation: //evil", "/desk/\r\n", "/desk/\x00", "/desk/\u2028", "\n/desk/"])
def test_a_newline_in_the_way_back_is_refused(desk: Flask, reem: User, path: str) -> None:
    assert desk.test_client().get("/desk/sign-in", query_string={"next": path}).status_code == 400
    assert signed_in(desk, reem).get("/desk/sign-in", query_string={"next": path}).status_code == 400


def test_what_the_roles_do_not_cover_is_refused_and_logged(
    desk: Flask, reem: User, caplog: pytest.LogCaptureFixture
) -> None:
    assert signed_in(desk, reem).get("/desk/people").status_code == 403
    assert f"the person {reem.id} may not" in caplog.text


def test_wrong_passwords_are_told_slowed_down_and_logged(
    desk: Flask, reem: User, caplog: pytest.LogCaptureFixture
) -> None:
    with desk.test_client() as client:
        statuses = [post_form(client, "/desk/sign-in", login="reem", password="wrong").status_code for _ in range(6)]
        assert statuses == [401] * 5 + [429]
    assert caplog.text.count("/desk/sign-in: refused a sign-in") == 6
    assert "reem" not in caplog.text


def test_forms_without_their_token_are_refused(desk: Flask, reem: User) -> None:
    client = signed_in(desk, reem)
    assert client.post("/desk/account/password", data={"password": "x" * 20, "again": "x" * 20}).status_code == 400
    assert client.get("/desk/account").status_code == 200


def test_signing_out_ends_the_session_on_the_server(desk: Flask, reem: User) -> None:
    client = signed_in(desk, reem)
    cookie = client.get_cookie("desk")
    assert cookie is not None
    post_form(client, "/desk/", "/desk/sign-out")
    client.set_cookie("desk", cookie.value, domain="localhost")
    assert client.get("/desk/").status_code == 303


def test_the_desk_speaks_the_language_of_the_person(desk: Flask) -> None:
    client = signed_in(desk, make_person(desk, Role.AGENT, login="sara", lang=Language.AR))
    page = client.get("/desk/account").get_data(as_text=True)
    assert 'lang="ar" dir="rtl"' in page
    assert "حسابك" in page  # your account


def test_a_new_password_keeps_this_browser_and_ends_the_others(desk: Flask, reem: User) -> None:
    other, client = signed_in(desk, reem), signed_in(desk, reem)
    new: dict[str, Any] = {"password": "quite another password", "again": "quite another password", "current": PASSWORD}
    answer = post_form(client, "/desk/account", "/desk/account/password", **new)
    assert answer.status_code == 303
    assert "Your new password is set" in client.get(answer.location).get_data(as_text=True)
    assert client.get("/desk/").status_code == 200
    assert other.get("/desk/").status_code == 303


def test_a_token_is_shown_once_and_can_be_revoked(desk: Flask, reem: User) -> None:
    client = signed_in(desk, reem)
    page: Response = post_form(
        client, "/desk/account", "/desk/account/tokens", name="Script", scopes=["agent"], current=PASSWORD
    )
    secret = page.get_data(as_text=True).split("dalil_")[1].split("<")[0]
    assert accounts_of(desk).tokens.bearer(f"dalil_{secret}") is not None
    assert secret not in client.get("/desk/account").get_data(as_text=True)
    (token,) = accounts_of(desk).tokens.of(reem.id)
    post_form(client, "/desk/account", f"/desk/account/tokens/{token.id}/revoke")
    assert accounts_of(desk).tokens.bearer(f"dalil_{secret}") is None


def test_a_token_beyond_the_roles_is_refused(desk: Flask, reem: User) -> None:
    client = signed_in(desk, reem)
    beyond: dict[str, Any] = {"name": "Report", "scopes": [Scope.STATISTICS.value], "current": PASSWORD}
    answer = post_form(client, "/desk/account", "/desk/account/tokens", **beyond)
    assert answer.status_code == 403
    assert accounts_of(desk).tokens.of(reem.id) == ()


def test_an_invited_person_sets_a_password_and_is_in(desk: Flask) -> None:
    admin = make_person(desk, Role.ADMIN, login="admin")
    client = signed_in(desk, admin)
    omar: dict[str, Any] = {
        "login": "omar",
        "name": "Omar",
        "lang": "en",
        "roles": ["agent", "editor"],
        "current": PASSWORD,
    }
    page = post_form(client, "/desk/people", **omar)
    assert page.status_code == 201
    link = "/desk/invitation/" + page.get_data(as_text=True).split("/desk/invitation/")[1].split("<")[0]
    with desk.test_client() as client:
        answer = post_form(client, link, password="seven lamps in the yard", again="seven lamps in the yard")
        assert (answer.status_code, answer.location) == (303, "/desk/")
        assert client.get("/desk/").status_code == 200
        assert client.get(link).status_code == 410


def test_the_last_administrator_stays(desk: Flask) -> None:
    admin = make_person(desk, Role.ADMIN, login="admin")
    client = signed_in(desk, admin)
    path = f"/desk/people/{admin.id}"
    changed: dict[str, Any] = {
        "login": "admin",
        "name": "Admin",
        "lang": "en",
        "roles": ["agent"],
        "active": "y",
        "current": PASSWORD,
    }
    answer = post_form(client, path, **changed)
    assert answer.status_code == 409
    assert "last account" in answer.get_data(as_text=True)


def test_everybody_signed_in_is_staff_to_the_statistics(desk: Flask, reem: User) -> None:
    with desk.test_client() as client:
        post_form(client, "/desk/sign-in", login="reem", password=PASSWORD)
        assert client.get_cookie("staff") is not None


@pytest.mark.parametrize("body", ["[1]", "{}", '"x"', "null", "[[[]]]", "no json"])
def test_json_is_no_form(desk: Flask, reem: User, body: str) -> None:
    client = signed_in(desk, reem)
    headers = {"X-CSRFToken": form_token(client, "/desk/account")}

    for path in ("/desk/account/profile", "/desk/account/password", "/desk/sign-in"):
        assert client.post(path, data=body, content_type="application/json", headers=headers).status_code == 415
