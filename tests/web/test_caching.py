"""What may be kept, by whom, for how long."""

from __future__ import annotations

import re

import pytest
from flask import session
from flask.testing import FlaskClient

from tests.web.conftest import MakeSite
from web.assets import STATIC


@pytest.mark.parametrize("path", ["/en/", "/en/articles/track-order", "/en/articles/track-order.md", "/sitemap.xml"])
def test_public_pages_are_revalidated(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert "public" in first.headers["Cache-Control"]
    assert "Set-Cookie" not in first.headers
    assert again.status_code == 304
    assert again.data == b""


def test_pages_differ_by_theme_and_proxies_are_told(client: FlaskClient) -> None:
    light = client.get("/en/")
    client.set_cookie("theme", "dark")

    assert "Cookie" in light.headers["Vary"]
    assert client.get("/en/").headers["ETag"] != light.headers["ETag"]


def test_html_and_markdown_of_one_address_are_told_apart(client: FlaskClient) -> None:
    html = client.get("/en/articles/track-order")
    markdown = client.get("/en/articles/track-order", headers={"Accept": "text/markdown"})

    assert html.headers["ETag"] != markdown.headers["ETag"]
    assert "Accept" in html.headers["Vary"]


def test_pages_with_a_session_are_never_kept(make_site: MakeSite) -> None:
    site = make_site()

    def view(lang: str) -> str:
        session["seen"] = True
        return "personal"

    site.add_url_rule("/<lang:lang>/personal", "personal", view)
    response = site.test_client().get("/en/personal")

    assert "no-store" in response.headers["Cache-Control"]
    assert "private" in response.headers["Cache-Control"]
    assert "ETag" not in response.headers


def test_static_files_have_a_hash_in_their_address_and_are_kept_for_ever(client: FlaskClient) -> None:
    html = client.get("/en/").get_data(as_text=True)
    addresses = set(re.findall(r'"(/static/[0-9a-f]{8}/[^"#]+)', html))

    assert len(addresses) > 8
    for address in addresses:
        with client.get(address) as response:
            assert response.status_code == 200
            assert response.cache_control.immutable
            assert response.cache_control.max_age == 31_536_000


def test_files_that_style_sheets_and_scripts_name_exist() -> None:
    for path in [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]:
        for name in re.findall(r'url\("([^"]+)"\)|from "([^"]+)"', path.read_text("utf-8")):
            assert (path.parent / next(filter(None, name))).is_file()


def test_answers_of_the_search_are_not_kept(client: FlaskClient) -> None:
    assert "no-store" in client.get("/api/v1/search?q=order").headers["Cache-Control"]
