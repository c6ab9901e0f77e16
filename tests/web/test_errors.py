"""Errors are answered in the reader's language, with a way on, and never by a traceback."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from kb.errors import OperatorError, UserError
from tests.web.conftest import MakeSite
from tests.web.html import page_of


@pytest.fixture
def faulty(make_site: MakeSite) -> FlaskClient:
    """A site with a view that fails in any way it is asked to."""
    site: Flask = make_site()

    def fail(lang: str, how: str) -> str:
        if how == "user":
            raise UserError("Choose a shorter name.")
        if how == "operator":
            raise OperatorError("The disk is full.", "make room.")
        if how == "bug":
            raise KeyError("secret detail")
        abort(int(how))

    site.add_url_rule("/<lang:lang>/fail/<how>", "fail", fail)
    return site.test_client()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500, 503])
@pytest.mark.parametrize(("lang", "search"), [("ar", "بحث"), ("en", "Search")])  # search
def test_each_error_has_a_page_in_the_language_with_a_search_box(
    faulty: FlaskClient, status: int, lang: str, search: str
) -> None:
    response = faulty.get(f"/{lang}/fail/{status}")
    page = page_of(response)

    assert response.status_code == status
    assert page.all("html")[0]["lang"] == lang
    assert page.all("form", role="search", action=f"/{lang}/search")
    assert search in page.text
    assert "no-store" in response.headers["Cache-Control"]


def test_a_page_that_does_not_exist_takes_the_language_of_its_address(client: FlaskClient) -> None:
    assert page_of(client.get("/en/nothing/here")).all("html")[0]["lang"] == "en"
    assert page_of(client.get("/nothing", headers={"Accept-Language": "en"})).all("html")[0]["lang"] == "en"


def test_what_the_reader_can_change_is_told_to_them(faulty: FlaskClient) -> None:
    response = faulty.get("/en/fail/user")

    assert response.status_code == 400
    assert "Choose a shorter name." in page_of(response).text


def test_what_the_operator_can_change_is_logged_not_shown(
    faulty: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = faulty.get("/en/fail/operator")

    assert response.status_code == 503
    assert "disk" not in page_of(response).text
    assert "make room" in caplog.text


def test_a_bug_is_logged_with_its_traceback_and_not_shown(
    faulty: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = faulty.get("/en/fail/bug")

    assert response.status_code == 500
    assert "secret detail" not in response.get_data(as_text=True)
    assert "KeyError" in caplog.text


def test_a_method_that_does_not_work_is_405_with_the_ones_that_do(client: FlaskClient) -> None:
    response = client.delete("/en/")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_body_that_is_too_large_is_413(client: FlaskClient) -> None:
    response = client.post("/theme", data={"theme": "dark", "next": "x" * 100_000})

    assert response.status_code == 413
