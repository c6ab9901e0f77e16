"""What machines read: sitemap, feed, search description, robots, guide for language models."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def read(client: FlaskClient, path: str) -> ElementTree.Element:
    """Return the root of an XML document."""
    return ElementTree.fromstring(client.get(path).data)


def test_the_sitemap_lists_every_public_page_with_its_translations(client: FlaskClient) -> None:
    urls = {url.findtext(f"{SITEMAP}loc"): url for url in read(client, "/sitemap.xml")}

    article = urls["https://help.example/en/articles/track-order"]
    assert article.findtext(f"{SITEMAP}lastmod") == "2026-10-05"
    assert {link.get("hreflang") for link in article.iter(f"{XHTML}link")} == {"ar", "en"}
    assert [link.get("hreflang") for link in urls["https://help.example/en/articles/apple"].iter(f"{XHTML}link")] == [
        "en"
    ]
    assert len(urls) == 2 + 4 + 5  # homes, categories, articles


def test_every_address_of_the_sitemap_answers_and_agrees(client: FlaskClient) -> None:
    for url in read(client, "/sitemap.xml"):
        address = str(url.findtext(f"{SITEMAP}loc"))
        response = client.get(address.removeprefix("https://help.example"))

        assert response.status_code == 200
        assert f'rel="canonical" href="{address}"' in response.get_data(as_text=True)


def test_the_feed_gives_the_articles_updated_last_first(client: FlaskClient) -> None:
    feed = read(client, "/en/feed.xml")
    entries = feed.findall(f"{ATOM}entry")

    updates = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert updates == sorted(updates, key=str, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == updates[0]
    assert "Track your order" in [entry.findtext(f"{ATOM}title") for entry in entries]


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_browsers_can_add_the_search(client: FlaskClient, lang: str) -> None:
    description = read(client, f"/{lang}/opensearch.xml")

    template = description.find(f"{OPENSEARCH}Url[@type='text/html']")
    assert template is not None
    assert template.get("template") == f"https://help.example/{lang}/search?q={{searchTerms}}"
    assert len(description.findtext(f"{OPENSEARCH}ShortName") or "") <= 16


def test_robots_leave_result_pages_alone_and_find_the_sitemap(client: FlaskClient) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)

    assert "Disallow: /en/search\n" in text
    assert "Disallow: /ar/search\n" in text
    assert "Sitemap: https://help.example/sitemap.xml" in text


def test_language_models_find_every_article_as_markdown(client: FlaskClient) -> None:
    text = client.get("/llms.txt").get_data(as_text=True)

    assert text.startswith("# ")
    assert "- [Track your order](https://help.example/en/articles/track-order.md): How to get back in\n" in text
    assert text.count(".md)") == 5
