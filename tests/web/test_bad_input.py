"""Whatever is sent, the answer is a page or a problem document, never a server error."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WEIRD = {
    "empty": "",
    "spaces": " \t\n",
    "long": "x" * 2_000,
    "long Arabic": "\u0643" * 2_000,
    "control": "\x00\x01\x1b[31m\x7f",
    "nul": "pass\x00word",
    "lone surrogate": "%ED%A0%80",
    "broken utf-8": "%FF%FE%C3",
    "bidi": "\u202e\u2066order\u2069\u202c",
    "quotes": '"order',
    "many quotes": '"' * 999,
    "operators": "AND OR NOT ( ) [ ] { } ^ ~ * ? : \\ / + - && || !",
    "minus": '- -- -order -"',
    "markup": "<img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }}{% raw %}${7*7}",
    "percent": "100% %(name)s %s %d",
    "sql": "' OR 1=1; DROP TABLE article; --",
    "path": "../../etc/passwd",
    "emoji": "\U0001f600\u200d\U0001f469",
    "combining": "a" + "\u0301" * 500,
}
PATHS = (
    "/en/search?q={}",
    "/ar/search?q=order&category={0}&tag={0}&language={0}&from={0}&to={0}&page={0}&literal={0}",
    "/en/articles/{}",
    "/en/articles/{}.md",
    "/en/categories/{}",
    "/assets/{}",
    "/static/{0}/{0}",
    "/api/v1/search?q={}",
    "/api/v1/search?q=x&category={0}&tag={0}&lang={0}&limit={0}&offset={0}&mode={0}&updated_from={0}",
    "/api/v1/suggest?q={}",
    "/api/v1/articles/{}",
    "/{}",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", WEIRD.values(), ids=WEIRD.keys())
def test_weird_values_never_break_a_page(client: FlaskClient, path: str, value: str) -> None:
    encoded = value if "%ED" in value or "%FF" in value else quote(value, safe="")

    response = client.get(path.format(encoded))

    assert response.status_code < 500
    if response.status_code >= 400:
        expected = "application/problem+json" if path.startswith("/api/") else "text/html"
        assert response.mimetype == expected


@pytest.mark.parametrize("path", ["/en/search?q={}", "/api/v1/search?q={}", "/api/v1/suggest?q={}", "/ar/articles/{}"])
def test_a_hundred_thousand_characters_are_too_many(client: FlaskClient, path: str) -> None:
    assert client.get(path.format("x" * 100_000)).status_code in {400, 404}


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXT, category=TEXT, page=TEXT)
def test_any_text_can_be_searched_for(app: Flask, text: str, category: str, page: str) -> None:
    client = app.test_client()

    for path in ("/ar/search", "/api/v1/search", "/api/v1/suggest"):
        parameters = {"q": text} if path.endswith("suggest") else {"q": text, "category": category}
        assert client.get(path, query_string=parameters).status_code in {200, 400}
    assert client.get("/en/search", query_string={"q": "order", "page": page}).status_code in {200, 400}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(slug=TEXT)
def test_any_address_is_answered(app: Flask, slug: str) -> None:
    client = app.test_client()

    for path in ("/en/articles/{}", "/ar/categories/{}", "/{}", "/api/v1/articles/{}"):
        assert client.get(path.format(quote(slug, safe=""))).status_code < 500
