"""A form that comes after the session ended, or with a token that is too old, is given back and can be sent again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from wtforms import PasswordField

import web.desk.forms
from kb.accounts.model import Role
from kb.clock import FixedClock
from kb.storage.generations import GenerationStore
from tests.web.agent_site import AgentSite, open_agent_site
from tests.web.desk import PASSWORD, accounts_of, form_token
from web.desk.access import SESSION_COOKIE
from web.desk.keeping import MOST_FIELDS, SCRIPT_HEADER, SECRET_FIELDS

TYPED = 'Hi,\nI want to <b>reset</b> my "password" & more'
FIELD = re.compile(
    r'<input type="hidden" name="([^"]*)" value="([^"]*)">|<textarea[^>]* name="([^"]*)"[^>]*>\n([^<]*)<'
)


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> Iterator[AgentSite]:
    site = open_agent_site(store, tmp_path, clock, site_url="http://localhost")
    yield site
    site.engine.dispose()


@pytest.fixture
def agent(site: AgentSite) -> FlaskClient:
    return site.agent(Role.ADMIN)[1]


def signed_out(client: FlaskClient) -> FlaskClient:
    """Return the same browser after its session ended."""
    client.delete_cookie(SESSION_COOKIE, domain="localhost")
    return client


def kept_fields(page: str) -> dict[str, str]:
    """Return names and values of the form that a page gives back, its token among them."""
    form = page[page.index('enctype="multipart/form-data"') :]
    return {unescape(a or c): unescape(b if a else d) for a, b, c, d in FIELD.findall(form)}


@pytest.mark.parametrize(
    ("form", "path", "typed"),
    [
        ("/desk/agent", "/desk/agent", {"message": TYPED, "lang": "", "handout": "en.reset-password"}),
        ("/desk/agent/replies/new", "/desk/agent/replies/new", {"title": "Greeting", "body": TYPED, "lang": "en"}),
        ("/desk/people", "/desk/people", {"login": "huda", "name": "Huda", "lang": "en", "roles": "agent"}),
        ("/desk/account", "/desk/account/profile", {"name": "Reem \u0631\u064a\u0645", "lang": "en"}),
    ],
)
@pytest.mark.parametrize("token", ["good", "stale"])
def test_what_was_typed_comes_back_and_can_be_sent_again(
    site: AgentSite, agent: FlaskClient, form: str, path: str, typed: dict[str, str], token: str
) -> None:
    good = form_token(agent, form)
    cookie = agent.get_cookie(SESSION_COOKIE, domain="localhost")
    assert cookie is not None
    answer = signed_out(agent).post(path, data={"csrf_token": good if token == "good" else "old", **typed})

    assert answer.status_code == 401
    assert "no-store" in answer.headers["Cache-Control"]
    text = answer.get_data(as_text=True)
    assert f'action="{path}"' in text
    again = kept_fields(text)
    assert {name: again[name] for name in typed} == typed
    assert again.keys() == typed.keys() | {"csrf_token"}
    agent.set_cookie(SESSION_COOKIE, cookie.value, domain="localhost")
    proof = {"current": PASSWORD} if path == "/desk/people" else {}  # never kept, and asked for with what was typed
    sent = agent.post(path, data=again | proof, content_type="multipart/form-data")
    assert sent.status_code in {200, 201, 303}


def test_a_stale_token_of_a_live_session_costs_no_text(site: AgentSite, agent: FlaskClient) -> None:
    answer = agent.post("/desk/agent/replies/new", data={"title": "Hello", "body": TYPED, "lang": "en"})

    assert answer.status_code == 400
    text = answer.get_data(as_text=True)
    assert "too old" in text
    assert "Sign in in a new window" not in text
    assert site.tools.replies.all() == ()
    again = agent.post("/desk/agent/replies/new", data=kept_fields(text))
    assert again.status_code == 303
    assert [reply.body for reply in site.tools.replies.all()] == [TYPED]


def test_the_query_of_the_address_is_kept(agent: FlaskClient) -> None:
    answer = signed_out(agent).post("/desk/agent?from=panel&x=%22", data={"message": "lost order"})
    assert 'action="/desk/agent?from=panel&amp;x=%22"' in answer.get_data(as_text=True)


def test_the_sign_in_of_the_page_leads_back_to_the_waiting_form(agent: FlaskClient) -> None:
    text = agent.get("/desk/signed-in").get_data(as_text=True)
    assert "go back to the one with your text" in text
    kept = signed_out(agent).post("/desk/agent", data={"message": "lost order"}).get_data(as_text=True)
    assert 'href="/desk/sign-in?next=/desk/signed-in" target="_blank" rel="noopener"' in kept


@pytest.mark.parametrize("path", ["/desk/account/password", "/desk/sign-out-everywhere"])
def test_passwords_and_bare_presses_are_not_given_back(agent: FlaskClient, path: str) -> None:
    secrets = {"csrf_token": "old", "password": "a long password", "again": "a long password"}
    agent_out = signed_out(agent).post(path, data=secrets)
    assert agent_out.status_code == 400
    assert "a long password" not in agent_out.get_data(as_text=True)


def test_every_password_of_the_desk_is_a_secret_field(site: AgentSite) -> None:
    forms = [form for form in vars(web.desk.forms).values() if isinstance(form, type) and hasattr(form, "hidden_tag")]
    with site.app.test_request_context():
        names = {field.name for form in forms for field in form() if isinstance(field, PasswordField)}
    assert names == SECRET_FIELDS - {"csrf_token"}


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_form_of_another_site_is_refused_and_never_shown(
    agent: FlaskClient, headers: dict[str, str], is_signed_in: bool, caplog: pytest.LogCaptureFixture
) -> None:
    client = agent if is_signed_in else signed_out(agent)
    answer = client.post("/desk/agent/replies/new", data={"title": "Owned", "body": "by me"}, headers=headers)

    assert answer.status_code == 400
    assert "Owned" not in answer.get_data(as_text=True)
    assert "refused a form of another site" in caplog.text


def test_names_and_values_stay_text(agent: FlaskClient) -> None:
    attack = '"><script>alert(1)</script><x y="'
    fields = {attack: attack, "body": f"</textarea>{attack} two words", "csrf_token": attack}
    text = signed_out(agent).post("/desk/agent", data=fields).get_data(as_text=True)

    assert "<script>alert" not in text
    assert text.count("<textarea") == text.count("</textarea>") == 2
    again = kept_fields(text)
    assert again[attack] == attack
    assert again["csrf_token"] != attack


def test_a_flood_of_fields_is_not_given_back(agent: FlaskClient) -> None:
    fields = {f"field-{number}": "x" for number in range(MOST_FIELDS + 1)}
    assert signed_out(agent).post("/desk/agent", data=fields).status_code == 400


def test_scripts_are_told_to_sign_in_as_before(agent: FlaskClient) -> None:
    token = form_token(agent, "/desk/agent")
    answer = signed_out(agent).post(
        "/desk/agent", data={"csrf_token": token, "message": "lost order"}, headers={SCRIPT_HEADER: "fetch"}
    )
    assert (answer.status_code, answer.location) == (303, "/desk/sign-in")


def test_one_who_may_not_still_may_not_after_sending_again(site: AgentSite) -> None:
    _, editor = site.agent(Role.EDITOR, login="huda")
    kept: Any = editor.post("/desk/people", data={"login": "eve", "name": "Eve"})
    assert kept.status_code == 400
    assert editor.post("/desk/people", data=kept_fields(kept.get_data(as_text=True))).status_code == 403
    assert accounts_of(site.app).people.by_login("eve") is None


def test_what_comes_back_speaks_the_language_of_the_person(agent: FlaskClient) -> None:
    text = (
        signed_out(agent)
        .post("/desk/agent", data={"message": "lost order"}, headers={"Accept-Language": "ar"})
        .get_data(as_text=True)
    )
    assert 'lang="ar" dir="rtl"' in text
    assert "نصك محفوظ هنا" in text  # your text is still here
