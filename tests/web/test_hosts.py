"""By which names the site is asked for, and from which address."""

from __future__ import annotations

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from tests.web.conftest import MakeSite
from web.app import create_app

HELP = "https://help.example"
PAGES = ("/en/search?q=order", "/desk/sign-in", "/api/v1/search?q=order", "/static/x/nothing.css", "/")


def asked_as(client: FlaskClient, host: str, path: str = "/en/", **headers: str) -> int:
    """Return the status of a request for a host."""
    return client.get(path, headers={"Host": host, **{n.replace("_", "-"): v for n, v in headers.items()}}).status_code


@pytest.fixture
def named(make_site: MakeSite) -> FlaskClient:
    """A site with a name of its own."""
    return make_site(site_url=HELP, trusted_hosts="help.internal .shop.example").test_client()


@pytest.fixture
def local(make_site: MakeSite) -> FlaskClient:
    """A site that somebody tries out."""
    return make_site(site_url="http://127.0.0.1:8000").test_client()


OWN = ["help.example", "HELP.example", "help.example:8443", "help.example.", "help.internal", "de.shop.example"]
THIS_MACHINE = ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"]


@pytest.mark.parametrize("host", [*OWN, *THIS_MACHINE])
def test_our_own_names_are_answered(named: FlaskClient, host: str) -> None:
    assert asked_as(named, host) == 200


STRANGE = [
    "evil.example",
    "help.example.evil.example",
    "evilhelp.example",
    "notshop.example",
    "192.0.2.1",
    "h" * 300,
    "h" * 64 + ".example",
    "help.example:port",
    "help.example:123456",
    "help.example, evil.example",
    "help.example@evil.example",
    "help.example/evil",
    "help.example evil",
    "help..example",
    "[help.example]",
    "[::1",
    "-help.example",
    "h\u00e9lp.example",
    "%",
    "?",
    "",
    " ",
]


@pytest.mark.parametrize("host", STRANGE)
def test_any_other_name_is_refused_on_every_page(named: FlaskClient, host: str) -> None:
    assert {asked_as(named, host, path) for path in PAGES} == {400}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitors_ask_by_the_address_of_the_machine(named: FlaskClient, path: str) -> None:
    assert {asked_as(named, host, path) for host in ("192.0.2.1", "10.1.2.3:8000", "[2001:db8::1]:80", "pod-7")} == {
        200
    }
    assert asked_as(named, "h" * 300, path) == 400


@pytest.mark.parametrize("host", ["192.0.2.1:8000", "[2001:db8::1]:8000", "127.0.0.1", "localhost:9"])
def test_a_site_that_is_tried_out_is_answered_at_every_address(local: FlaskClient, host: str) -> None:
    assert asked_as(local, host) == 200
    assert asked_as(local, "evil.example") == 400


def test_a_refused_name_stands_in_no_answer_and_harmlessly_in_the_log(
    named: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = named.get("/en/", headers={"Host": "evil.example"})
    assert b"evil" not in answer.data
    assert "Location" not in answer.headers
    assert "evil.example" in caplog.text
    assert "KB_SITE_URL" in caplog.text


@pytest.mark.parametrize("path", ["/", "/en", "/desk", "/en/search", "/en/articles/follow-parcel", "/desk/account"])
def test_no_redirect_leads_to_a_name_that_was_sent(make_site: MakeSite, path: str) -> None:
    client = make_site(site_url=HELP, trusted_proxies=1, trusted_hosts="help.internal").test_client()
    for headers in ({"Host": "help.internal"}, {"X-Forwarded-Host": "help.internal"}):
        answer = client.get(path, headers={"X-Forwarded-For": "192.0.2.1", **headers})
        assert answer.status_code < 500
        assert "internal" not in answer.headers.get("Location", "")
    refused = client.get(path, headers={"X-Forwarded-Host": "evil.example"})
    assert refused.status_code == 400


def test_without_trusted_proxies_their_headers_mean_nothing(named: FlaskClient) -> None:
    assert asked_as(named, "help.example", X_Forwarded_Host="evil.example") == 200


def seen_address(make_site: MakeSite, hops: int, environ: dict[str, str], **headers: str) -> str:
    """Return the address that views see."""
    site: Flask = make_site(trusted_proxies=hops)
    app = create_app(site.extensions["dalil"])
    app.add_url_rule("/en/who", "who", lambda: request.remote_addr or "")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get("/en/who", headers=sent, environ_overrides=environ).get_data(as_text=True)


PEER = {"REMOTE_ADDR": "10.0.0.1"}


@pytest.mark.parametrize(
    ("forwarded", "hops", "address"),
    [
        ("203.0.113.9:51000", 1, "203.0.113.9"),
        ("192.0.2.66, 203.0.113.9:51000", 1, "203.0.113.9"),
        ("192.0.2.66, 203.0.113.9:51000, 10.0.0.2:80", 2, "203.0.113.9"),
        ("[2001:db8::9]:51000", 1, "2001:db8::9"),
        ('"[2001:db8::9]:51000"', 1, "2001:db8::9"),
        ("unknown", 1, "10.0.0.1"),
        ("203.0.113.9, unknown", 1, "10.0.0.1"),
        ("_gateway7", 1, "10.0.0.1"),
        ("", 1, "10.0.0.1"),
        ("203.0.113.9:51000", 0, "10.0.0.1"),
        ("203.0.113.9:51000", 2, "10.0.0.1"),
    ],
)
def test_the_address_is_what_the_trusted_proxy_saw(
    make_site: MakeSite, forwarded: str, hops: int, address: str
) -> None:
    assert seen_address(make_site, hops, PEER, X_Forwarded_For=forwarded) == address


@pytest.mark.parametrize("forwarded", ["for=203.0.113.9", 'for="[2001:db8::9]:51000";proto=https', "for=_hidden"])
def test_forwarded_is_never_believed(make_site: MakeSite, forwarded: str) -> None:
    assert seen_address(make_site, 1, PEER, Forwarded=forwarded) == "10.0.0.1"


def test_ports_and_the_rest_of_a_network_pass_no_limit(make_site: MakeSite) -> None:
    client = make_site(api_requests_per_minute=3, trusted_proxies=1).test_client()

    def statuses(addresses: list[str]) -> list[int]:
        sent = ({"X-Forwarded-For": address} for address in addresses)
        return [client.get("/en/search?q=order", headers=headers).status_code for headers in sent]

    assert statuses([f"203.0.113.9:{50_000 + number}" for number in range(5)]) == [200] * 3 + [429] * 2
    assert statuses([f"[2001:db8:0:1:{number:x}::1]:443" for number in range(5)]) == [200] * 3 + [429] * 2
    assert statuses([f"_proxy{number}" for number in range(5)]) == [200] * 3 + [429] * 2
    assert statuses(["2001:db8:0:2::1", "198.51.100.1"]) == [200, 200]


ORIGINS = ["http://[", "https://[::1", "null", "https://", "\x7f", "https://help.example:port", "//", "h" * 5_000, "[]"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_half_an_origin_is_refused_where_one_is_asked_for(named: FlaskClient, origin: str) -> None:
    beacon = {"kind": "channel", "channel": "phone", "lang": "en"}
    headers = {"Host": "help.example", "Origin": origin, "User-Agent": "Mozilla/5.0"}
    assert named.post("/api/v1/events", json=beacon, headers=headers).status_code == 403
    assert named.post("/theme", data={"theme": "dark", "next": "/en/"}, headers=headers).status_code < 500
    assert named.get("/en/", headers=headers).status_code == 200
    assert named.post("/en/feedback/track-order", data={"helpful": "yes"}, headers=headers).status_code < 500


BROKEN = [
    "/en/\nSet-Cookie: x=1",
    "/en/\r\n\r\n<script>",
    "/en/\x00",
    "/en/\x1b[31m",
    "/en/\u2028",
    "/en/\u202e",
    "\n/en/",
]


@pytest.mark.parametrize("target", BROKEN)
def test_a_newline_in_the_way_back_is_refused(named: FlaskClient, target: str) -> None:
    answer = named.post("/theme", data={"theme": "dark", "next": target}, headers={"Host": "help.example"})
    assert answer.status_code == 400
