"""Internal, draft and archived articles are nowhere on the public site."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import SECRET

HIDDEN = ("refund-override", "coming", "gone")
PAGES = (
    "/en/",
    "/en/categories/account",
    "/en/articles/reset-password",
    "/sitemap.xml",
    "/llms.txt",
    "/en/feed.xml",
    "/api/v1/categories?lang=en",
)


@pytest.mark.parametrize("slug", HIDDEN)
@pytest.mark.parametrize(
    "path",
    ["/en/articles/{}", "/en/articles/{}.md", "/ar/articles/{}", "/api/v1/articles/{}?lang=en", "/api/v1/articles/{}"],
)
def test_a_hidden_article_has_no_address(client: FlaskClient, path: str, slug: str) -> None:
    response = client.get(path.format(slug))

    assert response.status_code == 404
    assert SECRET not in response.get_data(as_text=True)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_mentions_a_hidden_article(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 200
    assert SECRET not in response.get_data(as_text=True)
    assert not any(slug in response.get_data(as_text=True) for slug in HIDDEN)


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "vector"])
@pytest.mark.parametrize("query", [SECRET, f'"{SECRET}"', f"where is the {SECRET}", "agents refund"])
def test_no_search_finds_a_hidden_article(client: FlaskClient, query: str, mode: str) -> None:
    found = client.get("/api/v1/search", query_string={"q": query, "lang": "en", "mode": mode, "limit": "50"}).json

    assert found is not None
    assert not {result["id"] for result in found["results"]} & set(HIDDEN)


@pytest.mark.parametrize("query", [SECRET[:4], "agents", "soon", "where is the"])
def test_no_suggestion_names_a_hidden_article(client: FlaskClient, query: str) -> None:
    response = client.get("/api/v1/suggest", query_string={"q": query, "lang": "en"})

    assert SECRET not in response.get_data(as_text=True)


def test_a_tag_of_hidden_articles_is_not_offered(client: FlaskClient) -> None:
    assert SECRET not in client.get("/en/search").get_data(as_text=True)
