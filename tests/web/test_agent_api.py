"""The agents' part of the JSON API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kb.accounts.model import Role, Scope
from kb.clock import FixedClock
from kb.events import Channel, LinkSent
from kb.storage.generations import GenerationStore
from tests.web.agent_site import AgentSite, open_agent_site
from tests.web.conftest import SECRET

SUGGEST, LINKS = "/api/v1/agent/suggest", "/api/v1/agent/links"
LINK = {"article": "reset-password", "lang": "en", "ticket": "4711"}


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> AgentSite:
    return open_agent_site(store, tmp_path, clock)


@pytest.fixture
def token(site: AgentSite) -> dict[str, str]:
    return site.token(site.agent()[0])


def call(site: AgentSite, path: str, body: object, headers: dict[str, str] | None = None) -> Any:
    """Post JSON without any cookie."""
    return site.app.test_client().post(path, json=body, headers=headers)


def test_a_message_gets_articles_with_passages(site: AgentSite, token: dict[str, str]) -> None:
    answer = call(site, SUGGEST, {"text": f"Hi,\nagents {SECRET} code, I want to reset my password"}, token).json

    by_id = {article["id"]: article for article in answer["articles"]}
    assert by_id["refund-override"]["audience"] == "internal"
    assert by_id["refund-override"]["url"] is None
    assert by_id["reset-password"]["url"] == "http://localhost/en/articles/reset-password"
    assert by_id["reset-password"]["passage"]
    assert answer["lang"] == "en"
    assert not answer["question"].startswith("Hi")


def test_a_link_is_made_with_snippets(site: AgentSite, token: dict[str, str]) -> None:
    answer = call(site, LINKS, LINK | {"passage": "Do <this>."}, token)

    assert answer.status_code == 201
    assert answer.json["url"].startswith("http://localhost/r/")
    assert answer.json["text"] == f"Reset your password\nDo <this>.\n{answer.json['url']}"
    assert "Do &lt;this&gt;." in answer.json["html"]
    assert [event.origin.channel for event in site.events(LinkSent)] == [Channel.API]


@pytest.mark.parametrize("article", ["refund-override", "coming", "nothing"])
def test_what_customers_may_not_read_gets_no_link(site: AgentSite, token: dict[str, str], article: str) -> None:
    answer = call(site, LINKS, LINK | {"article": article}, token)

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert site.events(LinkSent) == []


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer dalil_" + "x" * 43},
        {"Authorization": "Bearer " + "x" * 50_000},
        {"Authorization": "Basic cmVlbTp4"},
    ],
)
@pytest.mark.parametrize("path", [SUGGEST, LINKS])
def test_forged_tokens_are_refused_and_logged(
    site: AgentSite, path: str, headers: dict[str, str] | None, caplog: pytest.LogCaptureFixture
) -> None:
    answer = call(site, path, {"text": "x"}, headers)

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "refused" in caplog.text


def test_a_token_without_the_scope_is_refused(site: AgentSite) -> None:
    manager, _ = site.agent(Role.MANAGER, login="noura")
    answer = call(site, SUGGEST, {"text": "x"}, site.token(manager, Scope.STATISTICS))

    assert answer.status_code == 403


def test_a_token_is_worth_no_more_than_its_owner(site: AgentSite) -> None:
    user, _ = site.agent(login="omar")
    token = site.token(user)
    site.app.extensions["dalil"].accounts.people.change(
        user.id, name="Omar", roles=[Role.WRITER], lang=user.lang, active=True
    )

    assert call(site, SUGGEST, {"text": "x"}, token).status_code == 403


def test_the_session_of_the_desk_opens_nothing_here(site: AgentSite) -> None:
    _, browser = site.agent(login="omar")

    assert browser.post(SUGGEST, json={"text": "x"}).status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "names"),
    [
        (SUGGEST, {}, {"text"}),
        (SUGGEST, {"text": "", "limit": 0, "lang": "fr", "ticket": "a b"}, {"text", "limit", "lang", "ticket"}),
        (SUGGEST, {"text": "x", "txet": "y"}, {"txet"}),
        (SUGGEST, {"text": "x" * 20_001}, {"text"}),
        (LINKS, {"article": "x"}, {"lang"}),
        (LINKS, LINK | {"ticket": "https://evil.example?x"}, {"ticket"}),
        (LINKS, [1], {"query"}),
    ],
)
def test_every_fault_is_named_at_once(
    site: AgentSite, token: dict[str, str], path: str, body: object, names: set[str]
) -> None:
    answer = call(site, path, body, token)

    assert answer.status_code == 422
    assert {fault["parameter"] for fault in answer.json["errors"]} == names


def test_what_is_no_json_is_a_problem(site: AgentSite, token: dict[str, str]) -> None:
    answer = site.app.test_client().post(SUGGEST, data=b"\xff{", headers=token)

    assert answer.status_code == 422


def test_the_calls_are_described(site: AgentSite) -> None:
    document: Any = site.app.test_client().get("/api/openapi.json").json
    operation = document["paths"][LINKS]["post"]

    assert operation["security"] == [{"token": []}]
    assert {"201", "401", "403", "422"} <= set(operation["responses"])
    assert "LinkCall" in document["components"]["schemas"]


class TestPace:
    """How many calls one token may make."""

    @pytest.fixture
    def site(self, store: GenerationStore, tmp_path: Path, clock: FixedClock) -> AgentSite:
        return open_agent_site(store, tmp_path, clock, agent_requests_per_minute=2)

    def test_the_calls_of_one_token_are_limited_and_of_no_other(self, site: AgentSite, token: dict[str, str]) -> None:
        answers = [call(site, SUGGEST, {"text": "password"}, token), call(site, LINKS, LINK, token)]
        answers.append(call(site, SUGGEST, {"text": "password"}, token))
        other = site.token(site.agent(login="omar")[0])

        assert [answer.status_code for answer in answers] == [200, 201, 429]
        assert answers[2].mimetype == "application/problem+json"
        assert 0 < int(answers[2].headers["Retry-After"]) <= 60
        assert call(site, SUGGEST, {"text": "password"}, other).status_code == 200

    def test_another_way_to_write_the_header_is_the_same_token(self, site: AgentSite, token: dict[str, str]) -> None:
        secret = token["Authorization"].removeprefix("Bearer ")
        ways = (f"Bearer {secret}", f"bearer   {secret}", f"BEARER {secret} ")

        answers = [call(site, SUGGEST, {"text": "password"}, {"Authorization": way}) for way in ways]

        assert [answer.status_code for answer in answers] == [200, 200, 429]

    def test_tokens_are_not_tried_without_end(self, site: AgentSite, token: dict[str, str]) -> None:
        made_up = [{"Authorization": f"Bearer dalil_{number}"} for number in range(3)]

        answers = [call(site, SUGGEST, {"text": "password"}, headers) for headers in made_up]

        assert [answer.status_code for answer in answers] == [401, 401, 429]

    def test_no_limit_is_a_choice(self, store: GenerationStore, tmp_path: Path, clock: FixedClock) -> None:
        site = open_agent_site(store, tmp_path / "unlimited", clock, agent_requests_per_minute=0)
        headers = site.token(site.agent()[0])

        assert {call(site, SUGGEST, {"text": "password"}, headers).status_code for _ in range(130)} == {200}
