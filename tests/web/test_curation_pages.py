"""Editors direct the search from their desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from kb.accounts.model import Role
from kb.clock import FixedClock
from kb.storage.database import open_database
from tests.web.conftest import MakeSite
from tests.web.desk import make_person, post_form, signed_in, with_desk
from web.services import Services

HOME = "/desk/curation/"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def desk(make_site: MakeSite, engine: Engine, clock: FixedClock) -> Flask:
    services: Services = make_site(site_url="http://localhost").extensions["dalil"]
    return with_desk(services, engine, clock)


@pytest.fixture
def editor(desk: Flask) -> FlaskClient:
    return signed_in(desk, make_person(desk, Role.EDITOR))


def first_result(client: FlaskClient, query: str) -> str | None:
    results = client.get("/api/v1/search", query_string={"q": query, "lang": "en"}).get_json()["results"]
    return results[0]["id"] if results else None


def test_a_pin_counts_with_the_next_search_and_can_be_removed(editor: FlaskClient) -> None:
    assert first_result(editor, "password") == "reset-password"
    added = post_form(
        editor, HOME, f"{HOME}results", pattern="password", match="words", action="pin", article="track-order",
        lang="both", why="campaign"
    )  # fmt: skip
    assert added.status_code == 303
    assert first_result(editor, "password") == "track-order"
    page = editor.get(HOME).get_data(as_text=True)
    assert "campaign" in page
    remove = page.split('action="/desk/curation/rules/')[1].split('"')[0]
    post_form(editor, HOME, f"{HOME}rules/{remove}")
    assert first_result(editor, "password") == "reset-password"


def test_synonyms_find_what_articles_call_otherwise(editor: FlaskClient) -> None:
    assert first_result(editor, "zorgle") is None
    post_form(editor, HOME, f"{HOME}synonyms", terms="zorgle", replacements="parcel", lang="en", why="")
    assert first_result(editor, "zorgle") == "track-order"


def test_a_redirect_leads_old_readers_on_without_being_remembered(editor: FlaskClient) -> None:
    assert editor.get("/en/articles/old-tracking").status_code == 404
    post_form(editor, HOME, f"{HOME}redirects", slug="old-tracking", lang="en", article="track-order", why="")
    answer = editor.get("/en/articles/old-tracking")
    assert (answer.status_code, answer.location) == (302, "/en/articles/track-order")


def test_a_pin_of_an_article_that_customers_cannot_read_warns_and_shows_nothing(editor: FlaskClient) -> None:
    post_form(
        editor, HOME, f"{HOME}results", pattern="refund", match="words", action="pin", article="refund-override",
        lang="both", why=""
    )  # fmt: skip
    assert "Without effect" in editor.get(HOME).get_data(as_text=True)
    assert first_result(editor, "refund") != "refund-override"


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("synonyms", {"terms": "alone", "replacements": "", "lang": "both"}, "two terms"),
        ("synonyms", {"terms": "", "lang": "both"}, "at least one term"),
        (
            "results",
            {"pattern": "x", "match": "words", "action": "pin", "article": "nope", "lang": "both"},
            "no article",
        ),
        ("redirects", {"slug": "a/b", "lang": "en", "article": "track-order"}, "without slashes"),
        ("import", {"rules": "format: 7"}, "format"),
    ],
)
def test_a_faulty_rule_is_refused_and_what_was_typed_is_kept(
    editor: FlaskClient, path: str, fields: dict[str, str], said: str
) -> None:
    answer = post_form(editor, HOME, HOME + path, **fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert said in text
    assert next(iter(fields.values())) in text


def test_rules_are_exported_and_imported(editor: FlaskClient) -> None:
    post_form(editor, HOME, f"{HOME}synonyms", terms="فلوس\nمبلغ", lang="ar", why="")  # money, amount
    exported = editor.get(f"{HOME}rules.yaml").get_data(as_text=True)
    assert "فلوس" in exported
    replaced = post_form(editor, HOME, f"{HOME}import", rules="format: 1")
    assert replaced.status_code == 303
    assert "فلوس" not in editor.get(HOME).get_data(as_text=True)
    post_form(editor, HOME, f"{HOME}import", rules=exported)
    assert "فلوس" in editor.get(HOME).get_data(as_text=True)
