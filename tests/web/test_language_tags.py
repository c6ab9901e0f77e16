"""Whatever names a language to the site: headers, parameters, the panel's address."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("AR-SA,en;q=0.5", "ar"),
        ("ar_EG", "ar"),
        ("fr-FR, arz;q=0.8, en;q=0.5", "ar"),
        ("EN-gb;q=0.9, ar;q=0.1", "en"),
        ("ar;q=0, en;q=0.1", "en"),
        ("de, *;q=0.5", "ar"),  # the default of the settings
    ],
)
def test_the_browser_is_understood(client: FlaskClient, header: str, lang: str) -> None:
    assert client.get("/", headers={"Accept-Language": header}).location == f"/{lang}/"


@pytest.mark.parametrize("tag", ["AR", "ar-SA", "ar_eg", "AR_MA.utf8"])
def test_the_api_understands_any_form(client: FlaskClient, tag: str) -> None:
    answer = client.get("/api/v1/articles/reset-password", query_string={"lang": tag}).json

    assert answer is not None
    assert answer["lang"] == "ar"
    assert (client.get("/api/v1/widget", query_string={"lang": tag}).json or {})["lang"] == "ar"
    assert client.get("/api/v1/search", query_string={"q": "x", "article_lang": tag}).status_code == 200
    found = client.get("/en/search", query_string={"q": "password", "language": tag})
    assert "Choose Arabic or English" not in found.text


def test_a_third_language_is_refused_by_name(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?q=x&lang=fr")

    assert answer.status_code == 400
    assert (answer.json or {})["errors"][0]["parameter"] == "lang"
