"""Addresses as chats, mails and people hand them on lead to the page that was meant, and never anywhere else."""

from __future__ import annotations

from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TRACK = "/en/articles/track-order"
ARABIC = "/ar/articles/تتبع-الطلب"  # tracking the order
RLM, LRM, BOM, ZWNJ, PDI = "\u200f", "\u200e", "\ufeff", "\u200c", "\u2069"
BEHIND = [
    *("/", "//", ".", "...", ",", ")", "]", "}", ">", '"', "'", "!", ":", ";", "*", "_", "`", "|", "»", "”", "…"),
    *("،", "؛", "؟", ").", "/.", "/)", " ", "%20", "\u00a0", RLM, LRM, BOM, ZWNJ, PDI, f".{RLM}", f"{RLM}/"),
    *("،شكرا", " thanks", "\\"),
]


def led(client: FlaskClient, path: str, **headers: str) -> tuple[int, str]:
    """Return the status and where the address leads, decoded."""
    response = client.get(quote(path, safe="/%?=&"), headers=headers)
    return response.status_code, unquote(response.headers.get("Location", ""))


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("address", [TRACK, ARABIC, "/ar/categories/orders"])
def test_what_stands_behind_an_address_does_not_hide_its_page(client: FlaskClient, address: str, behind: str) -> None:
    assert led(client, address + behind) == (301, address)
    assert client.get(quote(address)).status_code == 200


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/EN/articles/track-order", TRACK),
        ("/en/Articles/Track-Order", TRACK),
        ("/EN/ARTICLES/TRACK-ORDER.", TRACK),
        ("/en/articles/track_order", TRACK),
        ("/en/articles/track order", TRACK),
        ("/en/articles/track\u2013order", TRACK),
        ("/en/articles/\u00abtrack-order\u00bb", TRACK),
        ("/en/articles/(track-order)", TRACK),
        (f"/en/articles/{RLM}track-order", TRACK),
        (f"/en/articles/track-{ZWNJ}order", TRACK),
        ("/en//articles//track-order", TRACK),
        ("/en/articles/track-order.html", TRACK),
        ("/en/articles/track-order.MD", f"{TRACK}.md"),
        ("/en/articles/track-order.md)", f"{TRACK}.md"),
        ("/en/articles/track-order%23in-a-hurry", f"{TRACK}#in-a-hurry"),
        ("/en/articles/Follow-Parcel.", TRACK),
        (quote("/ar/articles/تتبع-الطلب"), ARABIC),
        (quote(quote("/ar/articles/تتبع-الطلب")), ARABIC),
        ("/ar/articles/تتبع-الطـلب", ARABIC),
        ("/ar/articles/تَتَبُّع-الطلب", ARABIC),
        ("/ar/articles/ﺗﺘﺒﻊ-ﺍﻟﻄﻠﺐ", ARABIC),
        ("/EN/Categories/Orders/", "/en/categories/orders"),
        ("/en/feed.xml.", "/en/feed.xml"),
        ("/EN/Search", "/en/search"),
        ("/en/search/", "/en/search"),
        ("/ar.", "/ar/"),
        ("/EN", "/en/"),
        ("/llms.txt.", "/llms.txt"),
    ],
)
def test_an_address_that_was_changed_on_its_way_leads_to_its_page(client: FlaskClient, path: str, target: str) -> None:
    fragment = ""
    for _ in range(3):
        response = client.get(quote(path, safe="/%?=&"))
        if response.status_code not in (301, 302, 308):
            break
        parts = urlsplit(response.headers["Location"])
        path, fragment = parts.path, parts.fragment
    assert unquote(path) + (f"#{fragment}" if fragment else "") == target
    assert response.status_code == 200


def test_the_query_goes_along(client: FlaskClient) -> None:
    assert led(client, f"{TRACK}.?utm_source=chat&x=1") == (301, f"{TRACK}?utm_source=chat&x=1")


@pytest.mark.parametrize(
    ("path", "accepts", "target"),
    [
        ("/articles/track-order", "en", TRACK),
        ("/articles/track-order", "ar", ARABIC),
        ("/articles/تتبع-الطلب.", "en", TRACK),
        ("/articles/apple", "ar", "/en/articles/apple"),
        ("/articles/reset-password", "ar", "/ar/articles/reset-password"),
        ("/articles/reset-password", "en", "/en/articles/reset-password"),
        ("/categories/orders/", "ar", "/ar/categories/orders"),
        ("/search", "en", "/en/search"),
        ("/search?q=pay", "ar", "/ar/search?q=pay"),
    ],
)
def test_without_a_language_the_readers_is_taken_if_the_page_is_there(
    client: FlaskClient, path: str, accepts: str, target: str
) -> None:
    headers = {"Accept-Language": accepts}
    response = client.get(quote(path, safe="/%?=&"), headers=headers)
    assert response.status_code == 302
    assert "Accept-Language" in response.headers["Vary"]
    followed = client.get(response.headers["Location"], headers=headers, follow_redirects=True)
    query = followed.request.query_string.decode()
    assert (followed.status_code, followed.request.path + (f"?{query}" if query else "")) == (200, target)


@pytest.mark.parametrize(
    "path",
    [
        "/en/articles/nothing-like-it",
        "/en/articles/nothing.",
        "/en/articles/refund-override.",
        "/en/articles/Coming",
        "/en/articles/gone/",
        "/en/articles/...",
        "/en/articles/track-order/comments",
        "/fr/articles/track-order",
        "/en/categories/none.",
        "/nothing.",
        "/api/v1/nothing.",
        "/en/articles/" + "x" * 5_000,
        "/en/articles/%FF%FE",
        "/en/articles/%2525252525",
    ],
)
def test_what_is_not_there_or_not_public_stays_missing(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_only_reading_is_led_on(client: FlaskClient) -> None:
    assert client.post(f"{TRACK}.").status_code in (400, 404, 405)


def test_tokens_keep_their_capitals_and_lose_only_what_stands_behind(client: FlaskClient) -> None:
    token = "WyJzYXRp-Q_x"
    assert led(client, f"/ar/survey/{token}") == (404, "")
    assert led(client, f"/ar/survey/{token}.)") == (301, f"/ar/survey/{token}")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/en/articles/track-order.",
        "/en/articles/track-order/@evil.example",
        "/en/articles/track-order.//evil.example",
        "/%2F%2Fevil.example/en/",
        "/%5Cevil.example/en/search.",
        "/en/articles/https://evil.example",
        "/en/articles/track-order%0d%0aLocation:%20https://evil.example",
        "/https:%2F%2Fevil.example.",
    ],
)
def test_no_address_leads_off_the_site(client: FlaskClient, path: str) -> None:
    _stays_here(client, path)


ODD = st.sampled_from(
    ["en", "ar", "EN", "articles", "categories", "track-order", "/", "//", "\\", "@", "evil.example", ":", "."]
)
ODD |= st.sampled_from(["%2f", "%5c", "%0d%0a", "%252f", "?", "#", ";", RLM, "http", "search", "r", "desk"])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ODD, max_size=8))
def test_no_odd_address_leads_off_the_site(client: FlaskClient, parts: list[str]) -> None:
    _stays_here(client, "/" + quote("".join(parts), safe="/%?;:@"))


def _stays_here(client: FlaskClient, path: str) -> None:
    # The client takes a path that starts with two slashes for another host; a server does not.
    path, _, query = path.partition("?")
    sent = {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query}
    response = client.get("/", environ_overrides=sent)
    assert response.status_code < 500
    location = urlsplit(response.headers.get("Location", ""))
    assert location.netloc in ("", "localhost")
    assert not location.path.startswith(("//", "/\\"))
    assert "\n" not in response.headers.get("Location", "")
