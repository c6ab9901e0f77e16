"""The search page: results, filters, paging, and what it offers when nothing fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.results import Degradation, Query, SearchResponse
from search.serving.service import SearchService
from tests.web.conftest import MakeSite
from tests.web.html import Page, page_of
from web.app import create_app
from web.services import Services, services


def ask(client: FlaskClient, lang: str = "en", **parameters: str) -> Page:
    """Return the page of a search."""
    return page_of(client.get(f"/{lang}/search", query_string=parameters))


def titles(page: Page) -> list[str]:
    """Return the paths of the results, best first."""
    result_links = [found for found in page.all("a") if found.get("hreflang") and "/articles/" in str(found["href"])]
    return [urlsplit(str(found["href"])).path for found in result_links]


def test_results_are_counted_marked_and_linked(client: FlaskClient) -> None:
    page = ask(client, q="reset password")

    assert titles(page)[0] == "/en/articles/reset-password"
    assert page.all("mark")
    assert "“reset password”" in page.text


def test_arabic_questions_find_arabic_articles(client: FlaskClient) -> None:
    page = ask(client, "ar", q="نسيت الباسورد")  # I forgot the password (dialect)

    assert titles(page)[0] == "/ar/articles/reset-password"
    assert "«نسيت الباسورد»" in page.text


def test_a_result_in_the_other_language_is_labelled(client: FlaskClient) -> None:
    page = ask(client, "ar", q="Apple account")

    assert "/en/articles/apple" in titles(page)
    assert "بالإنجليزية" in page.text  # in English


def test_without_a_question_the_page_offers_to_ask_and_to_browse(client: FlaskClient) -> None:
    response = client.get("/en/search")

    assert response.status_code == 200
    assert "Browse by topic" in page_of(response).text


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"category": "orders"}, True),
        ({"category": "account"}, False),
        ({"tag": "parcels"}, True),
        ({"tag": "nothing"}, False),
        ({"language": "en"}, True),
        ({"from": "2026-10-05", "to": "2026-10-05"}, True),
        ({"from": "2026-10-06"}, False),
        ({"to": "2026-10-04"}, False),
    ],
)
def test_filters_limit_the_results(client: FlaskClient, parameters: dict[str, str], *, found: bool) -> None:
    page = ask(client, q="track order parcel", **parameters)

    assert ("/en/articles/track-order" in titles(page)) is found


def test_a_filter_in_use_can_be_taken_away(client: FlaskClient) -> None:
    page = ask(client, q="order", category="orders", tag="parcels")

    assert "/en/search?q=order&tag=parcels" in page.links()
    assert "/en/search?q=order" in page.links()


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"from": "tomorrow"}, "year-month-day"),
        ({"to": "2026-13-41"}, "year-month-day"),
        ({"from": "2026-10-02", "to": "2026-10-01"}, "last day is before"),
        ({"language": "fr"}, "Choose Arabic or English"),
        ({"page": "0"}, "no such page"),
        ({"page": "999999999999999999999"}, "no such page"),
        ({"page": "٣"}, "no such page"),  # the Arabic-Indic digit three
    ],
)
def test_a_wrong_parameter_is_named_and_the_search_still_runs(
    client: FlaskClient, parameters: dict[str, str], says: str
) -> None:
    response = client.get("/en/search", query_string={"q": "order", **parameters})

    assert response.status_code == 400
    assert says in page_of(response).text
    assert "/en/articles/track-order" in titles(page_of(response))


def test_a_question_that_is_too_long_gets_a_page_that_says_so(client: FlaskClient) -> None:
    response = client.get("/en/search", query_string={"q": "word " * 20_000})

    assert response.status_code == 400
    assert "more than 1000 characters" in page_of(response).text


def test_where_there_is_no_answer_the_page_helps_on(client: FlaskClient) -> None:
    page = ask(client, q="xylophone quantum zebra")

    assert "We found no answer to “xylophone quantum zebra”" in page.text
    assert "Browse by topic" in page.text


@dataclass(frozen=True)
class ScriptedSearch(SearchService):
    """Answers like the real search, with one thing about the answer changed."""

    changes: Mapping[str, Any] = field(default_factory=dict)

    def search(self, query: Query) -> SearchResponse:
        return replace(super().search(query), **self.changes)


def changed(site: Flask, **changes: object) -> FlaskClient:
    """Return a browser at the same site, whose search answers with these attributes."""
    with site.app_context():
        real: Services = services()
    kept = {each.name: getattr(real.search, each.name) for each in fields(SearchService)}
    return create_app(replace(real, search=ScriptedSearch(**kept, changes=changes))).test_client()


def test_a_rewritten_question_is_shown_with_the_way_back_to_the_literal_one(make_site: MakeSite) -> None:
    page = ask(changed(make_site(), rewritten_query="password"), q="pasword")

    assert "Showing results for “password”." in page.text
    assert "/en/search?q=pasword&literal=1" in page.links()


def test_a_failing_part_of_the_search_is_admitted(make_site: MakeSite) -> None:
    page = ask(changed(make_site(), degraded=(Degradation.VECTOR,)), q="password")

    assert "Part of the search is not working right now" in page.text
    assert titles(page)


def test_nearest_articles_are_shown_apart_where_there_is_no_answer(make_site: MakeSite) -> None:
    page = ask(changed(make_site(), no_answer=True), q="password")

    assert "We found no answer" in page.text
    assert "The nearest articles we have" in page.text
    assert "/en/articles/reset-password" in titles(page)


def test_pages_of_results_lead_to_each_other(make_site: MakeSite) -> None:
    client = changed(make_site(), total=25)

    first, second = ask(client, q="password"), ask(client, q="password", page="2")

    assert "/en/search?q=password&page=2" in first.links()
    assert "Page 1 of 3" in first.text
    assert "/en/search?q=password" in second.links()


def test_beyond_the_last_page_the_way_back_is_offered(client: FlaskClient) -> None:
    page = ask(client, q="password", page="90")

    assert "There are no more results" in page.text
    assert "/en/search?q=password" in page.links()


def test_result_pages_are_not_for_search_engines(client: FlaskClient) -> None:
    assert ask(client, q="order").all("meta", name="robots")[0]["content"] == "noindex"


def test_what_was_typed_is_shown_as_text_only(client: FlaskClient) -> None:
    html = client.get("/en/search", query_string={"q": '<script>alert(1)</script>" onfocus="x'}).get_data(as_text=True)

    assert "<script>alert" not in html
    assert 'onfocus="x' not in html


@pytest.mark.parametrize("typed", ["😀", "🙏🏽 🙏🏽", "؟؟", "...", "«»", "-", "\u064e\u064f", "\u200f", "ـــ", '" "'])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_what_holds_no_word_is_met_with_examples_and_topics(client: FlaskClient, lang: str, typed: str) -> None:
    response = client.get(f"/{lang}/search", query_string={"q": typed})
    page = page_of(response)

    assert response.status_code == 200
    assert not page.all("div", **{"class": "notice notice-error"})
    assert page.all("section", role="status")
    assert f"/{lang}/categories/orders" in page.links()
    assert any(link.startswith(f"/{lang}/search?q=") for link in page.links())


@pytest.mark.parametrize("typed", ["a", "و", "7", "٧"])
def test_one_letter_is_searched_for(client: FlaskClient, typed: str) -> None:
    response = client.get("/en/search", query_string={"q": typed})

    assert response.status_code == 200
    assert not page_of(response).all("div", role="alert")


def test_the_empty_search_page_is_ready_for_typing_and_says_what_may_be_asked(client: FlaskClient) -> None:
    page = page_of(client.get("/en/search"))

    assert "autofocus" in page.all("input", id="search")[0]
    assert "where is my order" in page.text
    assert "autofocus" not in page_of(client.get("/en/search?q=password")).all("input", id="search")[0]


@pytest.mark.parametrize(
    ("lang", "question", "card"),
    [
        ("en", "speak to a human", "a person will answer you"),
        ("en", "kallemooni", "a person will answer you"),
        ("ar", "موظف", "وسيجيبك أحد موظفينا"),
        ("ar", "ابي احد يكلمني", "وسيجيبك أحد موظفينا"),
    ],
)
def test_who_wants_a_person_sees_the_contact_card_first(
    client: FlaskClient, lang: str, question: str, card: str
) -> None:
    page = ask(client, lang, q=question)

    assert card in page.text
    assert "We found no answer" not in page.text
    assert "لم نجد" not in page.text
    assert f"/{lang}/contact" in page.links()


def test_who_asks_about_a_contact_lens_sees_no_card(client: FlaskClient) -> None:
    assert "a person will answer you" not in ask(client, q="contact lens").text
