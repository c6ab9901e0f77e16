"""The widget's calls, and which websites may make them."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.clock import FixedClock
from kb.events import (
    ArticleViewed,
    Channel,
    ContactOpened,
    ContactTyped,
    ResultOpened,
    Searched,
    SuggestionOpened,
    TicketSent,
    ViewTimed,
    Voted,
)
from kb.origins import is_listed, parse_origins
from kb.storage.generations import GenerationStore
from tests.web.conftest import SECRET
from tests.web.reader_site import ReaderSite, open_site

SHOP = "https://shop.example"
VOTE = {"lang": "en", "article": "reset-password", "verdict": "helpful"}
MESSAGE = {
    "lang": "en",
    "name": "Sara",
    "email": "sara@example.com",
    "subject": "Forgot my password",
    "message": "I cannot reset my password",
}


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> ReaderSite:
    return open_site(store, tmp_path, clock, widget_origins=f"{SHOP} https://*.mall.example")


@pytest.fixture
def shop(site: ReaderSite) -> FlaskClient:
    """A page of the shop."""
    return site.reader(Origin=SHOP, Sec_Fetch_Site="cross-site")


def start(shop: FlaskClient, **query: str) -> Any:
    return shop.get("/api/v1/widget", query_string={"lang": "en", **query}).json


def known(shop: FlaskClient) -> tuple[dict[str, str], str]:
    """Return the header that tells a reader, and the form's token."""
    begun = start(shop)
    return {"X-Dalil-Visitor": begun["visitor"]}, begun["form_token"]


def test_the_script_is_small_whole_and_does_nothing_that_a_strict_page_forbids(shop: FlaskClient) -> None:
    with shop.get("/widget.js") as answer:
        script = answer.get_data(as_text=True)

    assert len(gzip.compress(script.encode())) < 12_000
    assert "function directionOf(" in script
    assert "export " not in script
    for forbidden in ("innerHTML", "eval(", "new Function", ".style.", 'setAttribute("style', "document.cookie"):
        assert forbidden not in script


def test_the_script_has_one_address_that_caches_check_again(shop: FlaskClient) -> None:
    with shop.get("/widget.js") as answer:
        assert answer.mimetype == "text/javascript"
        assert answer.cache_control.max_age == 600
        tag = answer.headers["ETag"]
    with shop.get("/widget.js", headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304


def test_a_listed_website_may_ask_and_gets_no_cookie(shop: FlaskClient) -> None:
    answer = shop.get("/api/v1/widget?lang=ar")

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers
    assert answer.json is not None
    assert answer.json["texts"]["close"] == "إغلاق"  # close


@pytest.mark.parametrize("path", ["/api/v1/search?q=reset&lang=en", "/api/v1/articles/reset-password"])
def test_it_may_search_and_read(shop: FlaskClient, path: str) -> None:
    answer = shop.get(path)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Set-Cookie" not in answer.headers


def test_its_browser_may_ask_beforehand(shop: FlaskClient) -> None:
    answer = shop.options(
        "/api/v1/widget/votes",
        headers={"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"},
    )

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "X-Dalil-Visitor" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example.evil.example",
        "null",
        "https://mall.example",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/widget"),
        ("GET", "/api/v1/search?q=x"),
        ("POST", "/api/v1/widget/votes"),
        ("POST", "/api/v1/widget/tickets"),
        ("OPTIONS", "/api/v1/widget/votes"),
    ],
)
def test_other_websites_are_refused_and_logged(
    site: ReaderSite, origin: str, method: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = site.reader(Origin=origin, Sec_Fetch_Site="cross-site").open(path, method=method, json=VOTE)

    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "refused" in caplog.text


def test_subdomains_are_listed_by_a_star_and_servers_send_no_origin(site: ReaderSite) -> None:
    assert site.reader(Origin="https://a.mall.example").get("/api/v1/widget").status_code == 200
    assert site.app.test_client().get("/api/v1/search?q=reset").status_code == 200


def test_other_pages_of_the_site_stay_closed_to_websites(shop: FlaskClient) -> None:
    for path in ("/en/", "/en/contact", "/api/openapi.json", "/healthz"):
        assert "Access-Control-Allow-Origin" not in shop.get(path).headers


def test_everything_happens_in_the_channel_widget_and_for_one_reader(site: ReaderSite, shop: FlaskClient) -> None:
    headers, token = known(shop)
    found = shop.get("/api/v1/search?q=reset+password&lang=en", headers=headers).json
    assert found is not None
    body = {"lang": "en", "article": "reset-password"}
    query = {"s": found["search_id"], "r": "1"}
    for call in (body | {"kind": "viewed"}, body | {"kind": "read", "dwell_s": 12}):
        assert shop.post("/api/v1/widget/events", json=call, headers=headers, query_string=query).status_code == 204
    shop.post("/api/v1/widget/votes", json=VOTE, headers=headers, query_string=query)
    shop.post("/api/v1/widget/events", json={"lang": "en", "kind": "contact", "form_token": token}, headers=headers)
    offers = shop.post("/api/v1/widget/offers", json=MESSAGE | {"form_token": token}, headers=headers).json
    assert offers is not None
    assert offers["articles"][0]["id"] == "reset-password"
    opened = {"lang": "en", "form_token": token, "choice": offers["articles"][0]["choice"]}
    assert shop.post("/api/v1/widget/opened", json=opened, headers=headers).status_code == 204
    shop.post("/api/v1/widget/tickets", json=MESSAGE | {"form_token": token}, headers=headers)

    kinds = (Searched, ResultOpened, ArticleViewed, ViewTimed, Voted, ContactOpened, ContactTyped, SuggestionOpened)
    events = [event for kind in (*kinds, TicketSent) for event in site.events(kind)]
    assert [type(event) for event in events] == [*kinds, TicketSent]
    assert {event.origin.channel for event in events} == {Channel.WIDGET}
    assert len({event.origin.visitor for event in events}) == 1
    assert site.events(Voted)[0].search == found["search_id"]


def test_the_mark_of_a_reader_is_stored_nowhere(site: ReaderSite, shop: FlaskClient) -> None:
    headers, _ = known(shop)
    shop.post("/api/v1/widget/votes", json=VOTE, headers=headers)

    assert headers["X-Dalil-Visitor"].split(".")[1] not in site.dump()


def test_who_does_not_want_to_be_followed_is_not(site: ReaderSite) -> None:
    shop = site.reader(Origin=SHOP, DNT="1")

    assert start(shop)["visitor"] == ""
    shop.get("/api/v1/search?q=reset")
    assert site.events(Searched) == []


def test_a_vote_counts_once_however_often_it_is_sent(site: ReaderSite, shop: FlaskClient) -> None:
    headers, _ = known(shop)
    for key in ("a" * 16, "a" * 16, "b" * 16):
        sent = headers | {"Idempotency-Key": key}
        assert shop.post("/api/v1/widget/votes", json=VOTE, headers=sent).status_code == 204

    assert len(site.events(Voted)) == 2
    assert len(site.votes()) == 1


@pytest.mark.parametrize("shift", [timedelta(hours=26), -timedelta(hours=1)])
def test_a_message_can_be_sent_from_a_page_that_stood_open_for_a_day(
    site: ReaderSite, shop: FlaskClient, clock: FixedClock, shift: timedelta
) -> None:
    headers, token = known(shop)
    clock.instant += shift

    assert shop.post("/api/v1/widget/tickets", json=MESSAGE | {"form_token": token}, headers=headers).status_code == 201
    assert len(site.tickets()) == 1


def test_a_message_makes_one_ticket(site: ReaderSite, shop: FlaskClient) -> None:
    headers, token = known(shop)
    answers = [shop.post("/api/v1/widget/tickets", json=MESSAGE | {"form_token": token}, headers=headers) for _ in "12"]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({(answer.json or {})["reference"] for answer in answers}) == len(site.tickets()) == 1
    changed = MESSAGE | {"form_token": token, "message": "Another one"}
    assert shop.post("/api/v1/widget/tickets", json=changed, headers=headers).status_code == 409


def test_every_fault_of_a_message_is_named_in_the_language_of_the_page(shop: FlaskClient) -> None:
    headers, token = known(shop)
    body = {"lang": "ar", "form_token": token, "email": "nobody", "message": "x" * 5_001}
    answer = shop.post("/api/v1/widget/tickets", json=body, headers=headers)

    assert answer.status_code == 422
    assert answer.json is not None
    assert {fault["parameter"] for fault in answer.json["errors"]} == {"email", "subject", "message"}
    assert all(not fault["detail"].isascii() for fault in answer.json["errors"])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("votes", {}, 422),
        ("votes", VOTE | {"verdict": "perhaps"}, 422),
        ("votes", VOTE | {"article": "nothing"}, 404),
        ("votes", VOTE | {"article": "refund-override"}, 404),
        ("votes", VOTE | {"comment": "x" * 2_001}, 422),
        ("events", {"lang": "en", "kind": "viewed", "article": "refund-override"}, 404),
        ("events", {"lang": "en", "kind": "contact", "form_token": "forged"}, 403),
        ("events", {"lang": "en", "kind": "read", "article": "reset-password", "dwell_s": -1}, 422),
        ("offers", MESSAGE | {"form_token": "forged"}, 403),
        ("opened", {"lang": "en", "form_token": "forged", "choice": "1.en.x"}, 403),
        ("tickets", MESSAGE | {"form_token": "forged"}, 403),
        ("tickets", MESSAGE, 422),
    ],
)
def test_bad_calls_are_refused(shop: FlaskClient, path: str, body: dict[str, Any], status: int) -> None:
    answer = shop.post(f"/api/v1/widget/{path}", json=body)

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP


def test_internal_articles_are_out_of_reach(shop: FlaskClient) -> None:
    assert SECRET not in shop.get(f"/api/v1/search?q={SECRET}").get_data(as_text=True)
    assert shop.get("/api/v1/articles/refund-override").status_code == 404


def test_votes_and_messages_are_slowed_down(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> None:
    site = open_site(store, tmp_path, clock, widget_origins=SHOP, forms_per_minute=2)
    shop = site.reader(Origin=SHOP)
    statuses = [shop.post("/api/v1/widget/votes", json=VOTE).status_code for _ in range(3)]

    assert statuses == [204, 204, 429]


@pytest.mark.parametrize(
    "text", ["shop.example", "https://shop.example/path", "https://*", "javascript:x", "https://a b*"]
)
def test_what_is_no_origin_is_not_accepted_as_one(text: str) -> None:
    with pytest.raises(ValueError, match="write origins"):
        parse_origins(text)


def test_origins_are_compared_whole() -> None:
    listed = parse_origins("https://shop.example, http://localhost:8080\nhttps://*.mall.example")

    assert listed == ("https://shop.example", "http://localhost:8080", "https://*.mall.example")
    assert is_listed("https://a.b.mall.example", listed)
    assert not is_listed("https://evil.example/.mall.example", listed)
    assert not is_listed("https://mall.example", listed)
    assert not is_listed("http://localhost:80801", listed)
