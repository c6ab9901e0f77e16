"""What readers see on the public pages."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import MakeSite
from tests.web.html import page_of


@pytest.mark.parametrize(
    ("accepts", "home"),
    [("ar-EG,ar;q=0.9", "/ar/"), ("en-GB", "/en/"), ("fr", "/ar/"), ("en;q=0.2,ar;q=0.8", "/ar/")],
)
def test_the_root_leads_to_the_language_that_the_browser_prefers(client: FlaskClient, accepts: str, home: str) -> None:
    response = client.get("/", headers={"Accept-Language": accepts})

    assert response.status_code == 302
    assert response.headers["Location"] == home
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize(("lang", "direction"), [("ar", "rtl"), ("en", "ltr")])
def test_every_page_names_its_language_and_direction(client: FlaskClient, lang: str, direction: str) -> None:
    html = page_of(client.get(f"/{lang}/")).all("html")[0]

    assert (html["lang"], html["dir"]) == (lang, direction)


def test_the_home_page_counts_only_what_anybody_may_read(client: FlaskClient) -> None:
    page = page_of(client.get("/en/"))

    assert "Account Your details 2 articles" in page.text
    assert "Orders What you bought 1 article" in page.text


def test_the_home_page_offers_articles_to_start_with_while_nothing_was_counted(client: FlaskClient) -> None:
    text = page_of(client.get("/en/")).text

    assert "Start here" in text
    assert "Most read" not in text


def test_a_category_lists_its_articles_and_the_way_back(client: FlaskClient) -> None:
    page = page_of(client.get("/en/categories/account"))

    assert "Reset your password" in page.text
    assert "/en/" in page.links()
    assert page.all("span", **{"aria-current": "page"})


def test_an_article_shows_text_contents_date_tags_and_translation(client: FlaskClient) -> None:
    response = client.get("/en/articles/track-order")
    page = page_of(response)

    assert "Updated 5 October 2026" in page.text
    assert "It left our store" in page.text
    assert {"#where-is-my-parcel", "#in-a-hurry"} <= set(page.links())
    assert "/ar/articles/%D8%AA%D8%AA%D8%A8%D8%B9-%D8%A7%D9%84%D8%B7%D9%84%D8%A8" in page.links()
    assert "parcels" in page.text
    assert page.all("a", href="/en/articles/reset-password#the-message-does-not-arrive")


def test_dates_and_plurals_of_arabic_pages_are_arabic(client: FlaskClient) -> None:
    # "5 October 2026"; "one article"
    assert "5 أكتوبر 2026" in page_of(client.get("/ar/articles/تتبع-الطلب")).text
    assert "مقالة واحدة" in page_of(client.get("/ar/")).text


def test_arabic_digits_are_a_setting(make_site: MakeSite) -> None:
    page = page_of(make_site(arabic_digits="arab").test_client().get("/ar/articles/تتبع-الطلب"))

    assert "٥ أكتوبر ٢٠٢٦" in page.text  # "5 October 2026"


def test_images_of_articles_are_served_and_kept_for_ever(client: FlaskClient) -> None:
    source = page_of(client.get("/en/articles/track-order")).all("img")[0]["src"]
    response = client.get(str(source))

    assert response.status_code == 200
    assert response.mimetype == "image/svg+xml"
    assert response.cache_control.immutable


def test_an_old_address_leads_to_the_present_one(client: FlaskClient) -> None:
    response = client.get("/en/articles/follow-parcel")

    assert response.status_code == 301
    assert response.headers["Location"] == "/en/articles/track-order"


def test_an_article_that_is_only_in_the_other_language_is_named(client: FlaskClient) -> None:
    response = client.get("/ar/articles/apple")

    assert response.status_code == 404
    assert "/en/articles/apple" in page_of(response).links()


def test_the_slug_of_the_other_language_leads_to_both_versions(client: FlaskClient) -> None:
    page = page_of(client.get("/ar/articles/track-order"))

    assert "تتبع الطلب" in page.text  # tracking the order
    assert "/en/articles/track-order" in page.links()


def test_the_source_is_there_under_md_and_by_negotiation(client: FlaskClient) -> None:
    by_address = client.get("/en/articles/track-order.md")
    by_header = client.get("/en/articles/track-order", headers={"Accept": "text/markdown"})

    assert by_address.mimetype == by_header.mimetype == "text/markdown"
    assert by_address.data == by_header.data
    assert by_address.get_data(as_text=True).startswith("# Track your order\n")
    assert "Accept" in by_header.headers["Vary"]


def test_browsers_get_html(client: FlaskClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    assert client.get("/en/articles/track-order", headers={"Accept": accept}).mimetype == "text/html"


def test_pages_name_their_canonical_address_and_their_translations(client: FlaskClient) -> None:
    page = page_of(client.get("/en/articles/track-order"))

    assert page.all("link", rel="canonical")[0]["href"] == "https://help.example/en/articles/track-order"
    assert {link["hreflang"] for link in page.all("link", rel="alternate") if link.get("hreflang")} == {"ar", "en"}


def test_structured_data_describes_the_article_and_the_way_to_it(client: FlaskClient) -> None:
    html = client.get("/en/articles/track-order").get_data(as_text=True)
    documents = [
        json.loads(part.split("</script>")[0]) for part in html.split('<script type="application/ld+json">')[1:]
    ]

    assert [document["@type"] for document in documents] == ["BreadcrumbList", "Article"]
    assert [item["name"] for item in documents[0]["itemListElement"]] == ["Help centre", "Orders", "Track your order"]
    assert documents[1]["dateModified"] == "2026-10-05"


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/en/", "/ar/"),
        ("/en/categories/orders", "/ar/categories/orders"),
        ("/en/articles/apple", "/ar/"),
        ("/en/search?q=order&category=orders", "/ar/search?q=order&category=orders"),
    ],
)
def test_the_language_switch_keeps_the_page_where_it_can(client: FlaskClient, path: str, other: str) -> None:
    switch = page_of(client.get(path)).all("a", lang="ar", hreflang="ar")[0]

    assert switch["href"] == other


def test_there_is_no_contact_link_while_there_is_no_contact_page(client: FlaskClient) -> None:
    assert "Contact us" not in page_of(client.get("/en/")).text


def test_without_an_index_pages_say_so(empty_client: FlaskClient) -> None:
    response = empty_client.get("/en/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "not ready" in page_of(response).text
