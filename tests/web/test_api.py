"""The JSON API: its shapes, its description, its problem documents."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from tests.web.conftest import MakeSite


def get(client: FlaskClient, path: str, **parameters: str) -> Any:
    """Return the JSON of an answer."""
    return client.get(path, query_string=parameters).json


def test_a_search_has_exactly_the_documented_shape(client: FlaskClient) -> None:
    answer = get(client, "/api/v1/search", q="reset password", lang="en")

    assert set(answer) == {
        "results",
        "total",
        "no_answer",
        "rewritten_query",
        "intent",
        "degraded",
        "took_ms",
        "search_id",
    }
    first = answer["results"][0]
    assert set(first) == {"id", "lang", "title", "url", "anchor", "snippet", "score", "ranks"}
    assert (first["id"], first["lang"], first["title"]) == ("reset-password", "en", "Reset your password")
    assert first["url"] == "https://help.example/en/articles/reset-password"
    assert all(set(part) == {"text", "mark"} for part in first["snippet"])
    assert set(first["ranks"]) <= {"keyword", "grams", "vector"}
    assert answer["degraded"] == []


def test_each_search_has_an_id_of_its_own(client: FlaskClient) -> None:
    ids = {get(client, "/api/v1/search", q="order")["search_id"] for _ in range(3)}

    assert len(ids) == 3


def test_limit_and_offset_page_through_the_same_order(client: FlaskClient) -> None:
    whole = get(client, "/api/v1/search", q="account order", lang="en", limit="3")["results"]
    second = get(client, "/api/v1/search", q="account order", lang="en", limit="1", offset="1")["results"]

    assert [result["id"] for result in second] == [whole[1]["id"]]


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "vector"])
def test_the_mode_chooses_the_retrievers(client: FlaskClient, mode: str) -> None:
    ranks = get(client, "/api/v1/search", q="reset password", lang="en", mode=mode)["results"][0]["ranks"]

    assert ("vector" in ranks) == (mode != "keyword")
    assert ("keyword" in ranks) == (mode != "vector")


def test_suggestions_open_articles(client: FlaskClient) -> None:
    offered = get(client, "/api/v1/suggest", q="trac", lang="en")["suggestions"]

    assert offered[0]["article_id"] == "track-order"
    assert offered[0]["url"] == "https://help.example/en/articles/track-order"
    assert any(part["mark"] for part in offered[0]["text"])


def test_nothing_typed_gives_no_suggestions(client: FlaskClient) -> None:
    assert get(client, "/api/v1/suggest", q="") == {"suggestions": []}


def test_an_article_comes_in_the_language_asked_for_or_in_the_one_there_is(client: FlaskClient) -> None:
    arabic = get(client, "/api/v1/articles/track-order", lang="ar")
    only_english = get(client, "/api/v1/articles/apple", lang="ar")

    assert arabic["title"] == "تتبع الطلب"  # tracking the order
    assert {version["lang"] for version in arabic["versions"]} == {"ar", "en"}
    assert only_english["lang"] == "en"


def test_categories_have_titles_in_the_language_and_count_public_articles(client: FlaskClient) -> None:
    categories = get(client, "/api/v1/categories", lang="ar")["categories"]

    assert [(item["slug"], item["title"], item["articles"]) for item in categories] == [
        ("account", "الحساب", 1),  # account
        ("orders", "الطلبات", 1),  # orders
    ]


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({}, {"q"}),
        ({"q": ""}, {"q"}),
        ({"q": "x" * 100_000}, {"q"}),
        ({"q": "x", "limit": "0", "offset": "-1", "mode": "magic"}, {"limit", "offset", "mode"}),
        ({"q": "x", "limit": "51", "offset": "1001"}, {"limit", "offset"}),
        ({"q": "x", "lang": "fr", "article_lang": "de"}, {"lang", "article_lang"}),
        ({"q": "x", "updated_from": "yesterday"}, {"updated_from"}),
        ({"q": "x", "updated_from": "2026-02-02", "updated_to": "2026-02-01"}, {"query"}),
        ({"q": "x", "literal": "perhaps"}, {"literal"}),
        ({"q": "x", "categroy": "orders"}, {"categroy"}),
        ({"q": "x", "limit": "9" * 5000}, {"limit"}),
    ],
)
def test_every_fault_of_the_parameters_is_named_at_once(
    client: FlaskClient, parameters: dict[str, str], names: set[str]
) -> None:
    response = client.get("/api/v1/search", query_string=parameters)

    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["type"] == "urn:dalil:problem:invalid-parameters"
    assert {fault["parameter"] for fault in response.json["errors"]} == names


def test_a_question_of_signs_alone_is_a_problem(client: FlaskClient) -> None:
    response = client.get("/api/v1/search", query_string={"q": "؟؟؟"})

    assert response.status_code == 400
    assert response.json is not None
    assert "at least one word" in response.json["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/articles/nothing", 404),
        ("GET", "/api/v2/search", 404),
        ("POST", "/api/v1/categories", 405),
    ],
)
def test_errors_of_the_api_are_problem_documents(client: FlaskClient, method: str, path: str, status: int) -> None:
    response = client.open(path, method=method)

    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["status"] == status
    assert response.json["type"] == "about:blank"


def test_405_names_the_methods_that_work(client: FlaskClient) -> None:
    assert "GET" in client.delete("/api/v1/categories").headers["Allow"]


def test_health_and_readiness(client: FlaskClient) -> None:
    ready = client.get("/readyz")

    assert client.get("/healthz").json == {"status": "ok"}
    assert ready.status_code == 200
    assert ready.json is not None
    assert ready.json["status"] == "ready"
    assert ready.json["generation"].startswith("gen-")


def test_without_an_index_the_service_lives_but_is_not_ready(empty_client: FlaskClient) -> None:
    assert empty_client.get("/healthz").status_code == 200
    assert empty_client.get("/readyz").status_code == 503
    assert empty_client.get("/api/v1/search?q=x").mimetype == "application/problem+json"
    assert empty_client.get("/api/v1/search?q=x").status_code == 503


def test_the_pace_of_one_address_is_limited(make_site: MakeSite) -> None:
    client = make_site(api_requests_per_minute=2).test_client()
    answers = [client.get("/api/v1/suggest?q=or") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].mimetype == "application/problem+json"
    assert "Retry-After" in answers[2].headers
    assert client.get("/en/search?q=order").status_code == 429
    assert "Wait a minute" in client.get("/en/search?q=order").get_data(as_text=True)
    assert client.get("/en/").status_code == 200


def test_the_description_is_valid_openapi(client: FlaskClient) -> None:
    validate(get(client, "/api/openapi.json"))


def test_what_pages_tell_is_described(client: FlaskClient) -> None:
    description = get(client, "/api/openapi.json")
    described = description["paths"]["/api/v1/events"]["post"]
    schema = described["requestBody"]["content"]["application/json"]["schema"]
    told = {"kind": "dwell", "article": "track-order", "lang": "en", "age_s": 12, "dwell_s": 11}

    OAS31Validator(schema | {"components": description["components"]}).validate(told)
    assert str(client.post("/api/v1/events", json=told).status_code) in described["responses"]
    assert client.post("/api/v1/events", json=told | {"kind": "guess"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/api/v1/search?q=order&lang=en", "/api/v1/search"),
        ("/api/v1/suggest?q=or&lang=en", "/api/v1/suggest"),
        ("/api/v1/articles/track-order?lang=en", "/api/v1/articles/{article_id}"),
        ("/api/v1/categories", "/api/v1/categories"),
        ("/healthz", "/healthz"),
        ("/readyz", "/readyz"),
        ("/api/v1/search", "/api/v1/search"),
        ("/api/v1/articles/nothing", "/api/v1/articles/{article_id}"),
    ],
)
def test_answers_are_as_described(client: FlaskClient, path: str, operation: str) -> None:
    description = get(client, "/api/openapi.json")
    response = client.get(path)
    described = description["paths"][operation]["get"]["responses"][str(response.status_code)]
    schema = described["content"][response.mimetype]["schema"] | {"components": description["components"]}

    OAS31Validator(schema).validate(response.json)
