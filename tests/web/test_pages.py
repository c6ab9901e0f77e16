"""What readers see on the public pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.article_trees import CATEGORIES, article, write_tree
from tests.web.conftest import MakeSite, build_site, site_tree
from tests.web.html import page_of

WALLET = """\
wallet:
  position: 2
  icon: wallet
  ar: {title: المحفظة, summary: رصيدك}
  en: {title: Wallet, summary: Your balance}
"""


@pytest.fixture(scope="module")
def half_client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A browser at a site with a category that has articles in one language only."""
    root: Path = tmp_path_factory.mktemp("wallet")
    files = site_tree() | {
        "categories.yaml": CATEGORIES + WALLET,
        "en/wallet/top-up.md": article("Pay in.", id="top-up", title="Top up your wallet"),
    }
    return build_site(root, write_tree(root / "articles", files)).test_client()


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


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/ar/articles/track-order", "/ar/articles/تتبع-الطلب"),
        ("/en/articles/تتبع-الطلب", "/en/articles/track-order"),
        ("/ar/articles/follow-parcel", "/ar/articles/تتبع-الطلب"),  # an old address of the other language
        ("/ar/articles/track-order.md", "/ar/articles/تتبع-الطلب.md"),
        ("/en/articles/تتبع-الطلب.md", "/en/articles/track-order.md"),
    ],
)
def test_the_slug_of_the_other_language_leads_to_the_article_in_the_language_of_the_address(
    client: FlaskClient, asked: str, found: str
) -> None:
    response = client.get(asked)

    assert response.status_code == 302
    assert unquote(response.headers["Location"]) == found


def test_a_missing_translation_comes_with_what_there_is_in_the_language(client: FlaskClient) -> None:
    page = page_of(client.get("/ar/articles/apple"))

    assert {"/en/articles/apple", "/ar/categories/account", "/ar/articles/reset-password"} <= set(page.links())


def test_a_category_without_articles_in_a_language_says_so_and_offers_the_other(half_client: FlaskClient) -> None:
    response = half_client.get("/ar/categories/wallet")
    page = page_of(response)

    assert response.status_code == 404
    assert "لا مقالات في هذا الموضوع بالعربية بعد" in page.text  # no articles in this topic in Arabic yet
    assert {"/en/categories/wallet", "/ar/categories/orders"} <= set(page.links())


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
        ("/en/articles/apple", "/ar/articles/apple"),
        ("/en/articles/apple?s=0a1b&r=2", "/ar/articles/apple"),
        ("/en/articles/zanzibar", "/ar/articles/zanzibar"),
        ("/en/categories/nothing", "/ar/categories/nothing"),
        ("/en/nothing/here?a=b%26c", "/ar/nothing/here?a=b%26c"),
        ("/nothing?x=1", "/ar/nothing?x=1"),
        ("/en/search?q=order&category=orders", "/ar/search?q=order&category=orders"),
        ("/en/search?q=%F0%9F%98%80", "/ar/search?q=%F0%9F%98%80"),
        ("/en/search?q=order&from=tomorrow", "/ar/search?q=order"),
        ("/en/search?q=" + "x" * 1_200, "/ar/search?q=" + "x" * 1_200),
    ],
)
def test_the_language_switch_keeps_the_page_where_it_can(client: FlaskClient, path: str, other: str) -> None:
    page = page_of(client.get(path, headers={"Accept-Language": "en"}))
    switch = next(link for link in page.all("a", lang="ar", hreflang="ar") if "nav-language" in str(link["class"]))

    assert switch["href"] == other


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_language_switch_of_every_page_leads_to_the_other_language_and_back(
    half_client: FlaskClient, lang: str
) -> None:
    """The sitemap knows all pages; whatever is not translated says so."""
    addresses = [part.split("</loc>")[0] for part in half_client.get("/sitemap.xml").text.split("<loc>")[1:]]
    paths = [path for path in map(urlsplit, addresses) if path.path.startswith(f"/{lang}/")]
    said = {"ar": "غير متاحة|لا مقالات", "en": "not available|no articles"}["en" if lang == "ar" else "ar"]

    assert len(paths) > 4
    for path in paths:
        there = half_client.get(switch_of(half_client.get(path.path)))
        page = page_of(there)
        assert page.all("html")[0]["lang"] != lang
        assert there.status_code == 200 or re.search(said, page.text), path
        assert unquote(switch_of(there)) == unquote(path.path)


def switch_of(response: TestResponse) -> str:
    """Return where the language switch of a page leads."""
    return next(str(link["href"]) for link in page_of(response).all("a") if "nav-language" in str(link.get("class")))


def test_without_an_index_pages_say_so(empty_client: FlaskClient) -> None:
    response = empty_client.get("/en/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "not ready" in page_of(response).text


@pytest.mark.parametrize(("lang", "title"), [("en", "Help centre · Baydar"), ("ar", "مركز المساعدة · بيدر")])
def test_the_title_of_the_home_page_says_what_it_is(client: FlaskClient, lang: str, title: str) -> None:
    assert f"<title>{title}</title>" in client.get(f"/{lang}/").text


def test_the_home_page_describes_itself_by_its_own_topics(half_client: FlaskClient) -> None:
    described = page_of(half_client.get("/en/")).all("meta", name="description")[0]["content"]

    assert described == "Answers to your questions. Topics: Account, Orders, and Wallet."
    assert "الحساب والطلبات" in str(page_of(half_client.get("/ar/")).all("meta", name="description")[0]["content"])
