"""The panel's page: who may show it, whom it believes."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kb.accounts.model import Role
from kb.clock import FixedClock
from kb.storage.generations import GenerationStore
from tests.web.agent_site import AgentSite, open_agent_site
from tests.web.desk import accounts_of
from web.panel.embedding import sign_address

KEY = "k" * 32
HOST = "https://chat.example"
SUGGEST = "/api/v1/agent/suggest"


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    """The marks of pages are dated by the machine's clock, so the site's shows the same."""
    clock.instant = datetime.now(UTC)
    return clock.instant


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock, now: datetime) -> AgentSite:
    return open_agent_site(store, tmp_path, clock, panel_origins=f"{HOST} https://*.zendesk.com", panel_secret=KEY)


def mark_of(answer: Any) -> str:
    """Return the bearer token of a panel's page."""
    return str(answer.get_data(as_text=True).split('data-mark="')[1].split('"')[0])


def open_panel(site: AgentSite, embed: str) -> Any:
    return site.app.test_client().get("/panel", query_string={"embed": embed})


def test_only_listed_help_desks_may_frame_it_and_nothing_else(site: AgentSite) -> None:
    client = site.app.test_client()
    answer = client.get("/panel")

    assert f"frame-ancestors {HOST} https://*.zendesk.com" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    for path in ("/en/", "/desk/sign-in"):
        assert "frame-ancestors 'none'" in client.get(path).headers["Content-Security-Policy"]


def test_without_origins_nobody_may_frame_it(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> None:
    site = open_agent_site(store, tmp_path, clock)

    assert "frame-ancestors 'none'" in site.app.test_client().get("/panel").headers["Content-Security-Policy"]


def test_a_session_of_the_desk_gives_the_panel_nothing(site: AgentSite) -> None:
    _, browser = site.agent()

    assert mark_of(browser.get("/panel")) == ""


def test_a_host_that_signs_names_the_agent(site: AgentSite, now: datetime) -> None:
    site.agent(login="reem")
    answer = open_panel(site, sign_address(KEY, "reem", now + timedelta(minutes=4)))
    headers = {"Authorization": f"Bearer {mark_of(answer)}"}

    assert answer.status_code == 200
    called = site.app.test_client().post(SUGGEST, json={"text": "reset my password"}, headers=headers)
    assert called.status_code == 200


def test_a_mark_ends_with_the_account(site: AgentSite, now: datetime) -> None:
    user, _ = site.agent(login="reem")
    answer = open_panel(site, sign_address(KEY, "reem", now + timedelta(minutes=4)))
    people = site.app.extensions["dalil"].accounts.people
    people.change(user.id, name="Reem", roles=[Role.WRITER], lang=user.lang, active=True)
    headers = {"Authorization": f"Bearer {mark_of(answer)}"}

    assert site.app.test_client().post(SUGGEST, json={"text": "x"}, headers=headers).status_code == 401


def test_forged_marks_are_refused(site: AgentSite) -> None:
    for mark in ("panel.", "panel.x.y.z", "panel." + "x" * 5_000):
        headers = {"Authorization": f"Bearer {mark}"}
        assert site.app.test_client().post(SUGGEST, json={"text": "x"}, headers=headers).status_code == 401


@pytest.mark.parametrize("minutes", [-1, 0, 6, 10**9])
def test_an_address_that_is_too_old_or_lives_too_long_is_refused(
    site: AgentSite, now: datetime, minutes: int, caplog: pytest.LogCaptureFixture
) -> None:
    site.agent(login="reem")
    expires = int(now.timestamp()) + 60 * minutes
    answer = open_panel(site, signed({"login": "reem", "expires": expires}))

    assert answer.status_code == 403
    assert mark_of(answer) == ""
    assert "refused" in caplog.text


def signed(claim: object) -> str:
    """Sign any claim as a host's server would."""
    text = base64.urlsafe_b64encode(json.dumps(claim).encode()).decode().rstrip("=")
    good = sign_address(KEY, "x", datetime.now(UTC))
    assert good.count(".") == 1
    return f"{text}.{base64.urlsafe_b64encode(digest(text)).decode().rstrip('=')}"


def digest(text: str) -> bytes:
    """Return the signature as docs/AGENTS.md describes it."""
    import hashlib
    import hmac

    return hmac.new(KEY.encode(), text.encode(), hashlib.sha256).digest()


@pytest.mark.parametrize(
    "claim", [{}, [], "x", {"login": "reem"}, {"login": 1, "expires": 2}, {"login": "reem", "expires": "soon"}]
)
def test_claims_of_another_shape_are_refused(site: AgentSite, claim: object) -> None:
    assert open_panel(site, signed(claim)).status_code == 403


def test_forged_signatures_other_keys_and_people_without_the_right_are_refused(site: AgentSite, now: datetime) -> None:
    site.agent(login="reem")
    site.agent(Role.WRITER, login="writer")
    soon = now + timedelta(minutes=4)
    good = sign_address(KEY, "reem", soon)
    forged = [good[:-2], good + "x", "." + good, good.split(".")[0] + ".", "…", "x" * 10_000]
    for embed in [*forged, sign_address("o" * 32, "reem", soon), sign_address(KEY, "writer", soon), "a.b"]:
        assert open_panel(site, embed).status_code == 403


def test_without_a_key_no_address_is_believed(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> None:
    clock.instant = datetime.now(UTC)
    site = open_agent_site(store, tmp_path, clock, panel_origins=HOST)
    site.agent(login="reem")

    assert open_panel(site, sign_address("", "reem", clock.now() + timedelta(minutes=4))).status_code == 403


def test_it_speaks_the_language_that_is_asked_for(site: AgentSite) -> None:
    html = site.app.test_client().get("/panel?lang=ar").get_data(as_text=True)

    assert '<html lang="ar" dir="rtl">' in html
    assert "رسالة العميل" in html  # the customer's message


def test_a_signed_address_works_once(site: AgentSite, now: datetime, clock: FixedClock) -> None:
    site.agent(login="reem")
    site.agent(login="omar")
    address = sign_address(KEY, "reem", now + timedelta(minutes=4))

    assert open_panel(site, address).status_code == 200
    for again in (address, f"{address}=", f"{address}==", f"{address[:-1]}{chr(ord(address[-1]) + 1)}"):
        replayed = open_panel(site, again)
        assert (replayed.status_code, mark_of(replayed)) == (403, "")
    clock.instant += timedelta(minutes=3)
    assert open_panel(site, address).status_code == 403
    assert open_panel(site, sign_address(KEY, "omar", clock.now() + timedelta(minutes=4))).status_code == 200


def test_a_new_password_ends_the_panels_that_are_open(site: AgentSite, now: datetime) -> None:
    user, _ = site.agent(login="reem")
    answer = open_panel(site, sign_address(KEY, "reem", now + timedelta(minutes=4)))
    headers = {"Authorization": f"Bearer {mark_of(answer)}"}
    accounts_of(site.app).people.set_password(user.id, "quite another password")

    assert site.app.test_client().post(SUGGEST, json={"text": "password"}, headers=headers).status_code == 401
