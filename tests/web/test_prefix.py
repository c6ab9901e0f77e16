"""The site below a path of its host: every address that it gives leads there, however the proxy passes it on."""

from __future__ import annotations

import re
from collections import deque
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.errors import OperatorError
from kb.settings import load_settings
from tests.web.conftest import MakeSite

HOST = "http://localhost"
PREFIX = "/help"
ADDRESS = re.compile(r'(?:href|src|action|formaction|data-(?!cookie-path)[a-z-]+)="(/[^"]*)"')
WHOLE = re.compile(rf"{HOST}[^\s<>\"')\]}}]*")
MOST_PAGES = 400


@pytest.fixture
def site(make_site: MakeSite) -> Flask:
    return make_site(site_url=HOST + PREFIX)


def stripping(app: Flask) -> FlaskClient:
    """A browser behind a proxy that takes the path off."""
    inner = app.wsgi_app

    def proxy(environ, start_response):  # type: ignore[no-untyped-def]
        path = environ["PATH_INFO"]
        assert path == PREFIX or path.startswith(f"{PREFIX}/"), f"{path} does not reach the site"
        environ["PATH_INFO"] = path.removeprefix(PREFIX) or "/"
        return inner(environ, start_response)

    app.wsgi_app = proxy  # type: ignore[method-assign]
    return app.test_client()


def addresses(text: str) -> set[str]:
    """Return every path of the site in a page or a document."""
    relative = {unescape(found) for found in ADDRESS.findall(text)}
    whole = {unescape(found).removeprefix(HOST).rstrip(".,;:") for found in WHOLE.findall(text)}
    return {each.split("#")[0] for each in relative | whole if "{" not in each}


def walk(client: FlaskClient, *starts: str) -> dict[str, int]:
    """Follow all addresses from some and return what each was answered with."""
    seen: dict[str, int] = {}
    waiting = deque(starts)
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        if path in seen or path in {"", PREFIX}:
            continue
        assert path.startswith(f"{PREFIX}/"), f"{path} leaves the site"
        answer = client.get(path, headers={"Accept": "text/html"})
        seen[path] = answer.status_code
        if "Location" in answer.headers:
            waiting.append(urlsplit(urljoin(HOST + path, answer.headers["Location"])).path)
        elif (answer.mimetype or "").startswith(("text/html", "text/plain", "text/markdown", "application/")):
            waiting.extend(addresses(answer.get_data(as_text=True)))
        answer.close()
    return seen


def status(client: FlaskClient, path: str) -> int:
    """Return what a path is answered with."""
    answer = client.get(path, headers={"Accept": "text/html"})
    answer.close()
    return answer.status_code


STARTS = (
    "/help/",
    "/help/sitemap.xml",
    "/help/robots.txt",
    "/help/llms.txt",
    "/help/en/search?q=order",
    "/help/en/nothing-here",
    "/help/api/v1/articles/track-order?lang=en",
    "/help/api/v1/search?q=order&lang=en",
)


@pytest.mark.parametrize("proxy", ["passes whole addresses on", "takes the path off"])
def test_every_address_leads_below_the_path_and_is_answered_as_without(
    site: Flask, make_site: MakeSite, proxy: str
) -> None:
    client = stripping(site) if proxy == "takes the path off" else site.test_client()

    answered = walk(client, *STARTS)

    plain = make_site(site_url=HOST).test_client()
    assert answered == {path: status(plain, path.removeprefix(PREFIX)) for path in answered}
    assert len(answered) > 40
    kinds = ("/static/", "/assets/", "/articles/", "/categories/", ".md", "feed", "opensearch", "widget.js", "/api/")
    assert [kind for kind in kinds if not any(kind in path for path in answered)] in ([], ["widget.js"])


def test_the_path_alone_leads_to_its_home(site: Flask) -> None:
    answer = site.test_client().get("/help?a=%D8%B1")

    assert (answer.status_code, answer.headers["Location"]) == (308, "/help/?a=%D8%B1")


def test_without_a_path_nothing_changes(make_site: MakeSite) -> None:
    client = make_site(site_url=HOST).test_client()

    assert client.get("/help/en/").status_code == 404
    assert all(not path.startswith(PREFIX) for path in addresses(client.get("/en/").get_data(as_text=True)))


def test_whole_addresses_hold_the_path_once(site: Flask) -> None:
    client = site.test_client()

    texts = [
        client.get(path).get_data(as_text=True) for path in (*STARTS, "/help/en/feed.xml", "/help/api/openapi.json")
    ]

    assert f'<link rel="canonical" href="{HOST}/help/en/search' in texts[4] or "canonical" not in texts[4]
    assert all(f"{PREFIX}{PREFIX}" not in text for text in texts)
    for text in texts:
        assert [found for found in WHOLE.findall(text) if not found.startswith(HOST + PREFIX)] == []


def test_cookies_belong_to_the_path(site: Flask) -> None:
    client = site.test_client()

    answers = [
        client.get("/help/en/contact"),
        client.post(
            "/help/theme", data={"theme": "dark", "next": "/help/en/"}, headers={"Sec-Fetch-Site": "same-origin"}
        ),
        client.get("/help/en/articles/track-order"),
    ]

    cookies = [SimpleCookie(each) for answer in answers for each in answer.headers.getlist("Set-Cookie")]
    assert cookies
    assert {morsel["path"] for cookie in cookies for morsel in cookie.values()} == {PREFIX}
    assert answers[1].headers["Location"] == "/help/en/"


def test_a_choice_that_would_lead_elsewhere_leads_home(site: Flask) -> None:
    answer = site.test_client().post("/help/theme", data={"theme": "dark", "next": "//evil.example/"})

    assert answer.headers["Location"] == "/help/"


def test_a_trusted_proxy_may_name_the_path(make_site: MakeSite) -> None:
    trusting = make_site(site_url=HOST, trusted_proxies=1).test_client()
    doubting = make_site(site_url=HOST).test_client()
    named = {"X-Forwarded-Prefix": "/support/centre"}

    page = trusting.get("/en/", headers=named).get_data(as_text=True)
    other = doubting.get("/en/", headers=named).get_data(as_text=True)

    assert addresses(page)
    assert all(path.startswith("/support/centre/") for path in addresses(page))
    assert all(not path.startswith("/support") for path in addresses(other))


@pytest.mark.parametrize(
    "named", ["//evil.example", "/a b", "/<script>", "/en", "/api/x", "https://evil.example", "/.%2e"]
)
def test_a_path_that_is_none_is_not_believed(make_site: MakeSite, named: str) -> None:
    client = make_site(site_url=HOST + PREFIX, trusted_proxies=1).test_client()

    answer = client.get("/en/", headers={"X-Forwarded-Prefix": named})

    assert answer.status_code == 200
    assert all(path.startswith(f"{PREFIX}/") for path in addresses(answer.get_data(as_text=True)))


@pytest.mark.parametrize("path", ["/en", "/ar/help", "/api", "/static/x", "/healthz", "/sitemap.xml"])
def test_a_path_that_the_site_has_itself_is_refused_at_start(make_site: MakeSite, path: str) -> None:
    with pytest.raises(OperatorError, match="choose another path"):
        make_site(site_url=HOST + path)


@pytest.mark.parametrize(
    "url",
    ["https://a.example/?x", "https://a.example/a b", "https://a.example/مساعدة", "https://u:p@a.example", "https://"],
)
def test_an_address_that_cannot_be_used_is_refused_at_start(url: str) -> None:
    with pytest.raises(OperatorError, match="KB_SITE_URL"):
        load_settings({"KB_SITE_URL": url})


@pytest.mark.parametrize("url", ["https://a.example/help", "http://[::1]:8000/a/b.c", "https://مثال.example"])
def test_addresses_with_a_path_are_taken(url: str) -> None:
    assert unquote(load_settings({"KB_SITE_URL": url}).site_url) == url
