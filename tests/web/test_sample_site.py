"""Every page and link of the sample knowledge base, followed in both languages."""

from __future__ import annotations

import re
from collections import deque
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit, urlunsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markdown import markdown

from tests.web.conftest import build_site
from tests.web.html import Page

ARTICLES = Path(__file__).parent.parent.parent / "articles"
ORIGIN = "https://help.example"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site over the sample articles."""
    return build_site(tmp_path_factory.mktemp("sample"), ARTICLES, site_url=ORIGIN)


def offers_the_other_language(page: Page, path: str) -> bool:
    """Tell whether a page that the language switch led to leads on to the article that there is."""
    there = "/en/articles/" if path.startswith("/ar/articles/") else "/ar/articles/"
    return "/articles/" in path and any(link.startswith(there) for link in inner_links(page, path))


def test_every_link_of_the_sample_leads_somewhere(sample: Flask) -> None:
    client = sample.test_client()
    waiting = deque(["/ar/", "/en/"])
    reached: dict[str, set[str]] = {}  # path: the fragments that it has
    wanted: list[tuple[str, str, str]] = []  # page, path, fragment
    broken: list[str] = []
    while waiting:
        path = waiting.popleft()
        with client.get(path, follow_redirects=True) as response:
            html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        page = Page(html)
        if response.status_code != 200 and not (response.status_code == 404 and offers_the_other_language(page, path)):
            broken.append(f"{path}: {response.status_code}")
        reached[path] = {str(found["id"]) for _tag, found in page.elements if "id" in found}
        for link in inner_links(page, path):
            target, fragment = urldefrag(link)
            wanted.append((path, target, fragment))
            if target not in reached and target not in waiting and not ("/search?" in path and "/search?" in target):
                waiting.append(target)

    missing = [
        f"{page} -> {target}#{fragment}"
        for page, target, fragment in wanted
        if fragment and target in reached and not is_sprite(target) and unquote(fragment) not in reached[target]
    ]
    assert broken == []
    assert missing == []
    assert sum("/articles/" in path for path in reached) >= 80


XML_FORMS = ("/sitemap.xml", "/ar/feed.xml", "/en/feed.xml", "/ar/opensearch.xml", "/en/opensearch.xml")


def test_every_link_of_every_form_for_machines_leads_somewhere(sample: Flask) -> None:
    client = sample.test_client()
    reached: dict[str, str] = {}  # path: body
    broken: list[str] = []
    links = [(form, link) for form in XML_FORMS for link in links_of_xml(get(client, form))]
    links += [("/robots.txt", link) for link in re.findall(r"https?://\S+", get(client, "/robots.txt"))]
    guide = get(client, "/llms.txt")
    listed = links_of_markdown(guide)
    links += [("/llms.txt", link) for link in [*listed, *re.findall(r"https?://\S+\.json", guide)]]
    for address in listed:
        path = address.removeprefix(ORIGIN)
        text = get(client, path)
        asked = client.get(path.removesuffix(".md"), headers={"Accept": "text/markdown"})
        assert asked.get_data(as_text=True) == text
        links += [(path, link) for link in links_of_markdown(text)]
    for page, link in links:
        target, fragment = urldefrag(link.removeprefix(ORIGIN).replace("{searchTerms}", "pay"))
        if link.startswith(("mailto:", "tel:", "#")) or (not link.startswith(ORIGIN) and "://" in link):
            continue
        if not target.startswith("/"):
            broken.append(f"{page} -> {link}: relative")
            continue
        if target not in reached:
            with client.get(target) as response:
                reached[target] = response.get_data(as_text=True) if response.status_code == 200 else ""
        if not reached[target]:
            broken.append(f"{page} -> {link}")
        elif fragment and f'id="{unquote(fragment)}"' not in get(client, target.removesuffix(".md")):
            broken.append(f"{page} -> {link}: no such heading")

    assert broken == []
    assert len(listed) >= 80
    assert sum(path.startswith("/assets/") for path in reached) >= 4
    assert sum(".md" in page and ".md" in link for page, link in links) >= 80


def get(client: FlaskClient, path: str) -> str:
    """Return the text of an address that must answer."""
    with client.get(path) as response:
        assert response.status_code == 200, path
        return response.get_data(as_text=True)


def links_of_xml(text: str) -> list[str]:
    """Return every address of this site that an XML document holds, in texts and attributes; namespaces are none."""
    found = []
    for element in ElementTree.fromstring(text).iter():
        texts = [element.text or "", *element.attrib.values()]
        found += [each.strip() for each in texts if each.strip().startswith(("http", "/"))]
    return found


def links_of_markdown(text: str) -> list[str]:
    """Return where the links and images of a Markdown text lead."""
    page = Page(markdown(text, extensions=["fenced_code", "tables"]))
    return page.links()


def inner_links(page: Page, path: str) -> list[str]:
    """Return where a page leads within the site."""
    links = []
    for link in page.links():
        link = without_trail(link.removeprefix(ORIGIN))
        if link.startswith("#"):
            links.append(path + link)
        elif link.startswith("/") and urlsplit(link).path != "/theme":
            links.append(link)
    return links


def without_trail(link: str) -> str:
    """Return the link to an article without the search that it was found by, which is another one each time."""
    parts = urlsplit(link)
    return urlunsplit(parts._replace(query="")) if "/articles/" in parts.path else link


def is_sprite(target: str) -> bool:
    """Tell whether the fragments of an address are icons."""
    return target.endswith(".svg")


@pytest.mark.parametrize(
    ("lang", "question", "article"),
    [
        ("ar", "نسيت الباسورد", "استعادة كلمة المرور"),  # I forgot the password: recovering the password
        ("ar", "ابي اسكر حسابي", "حذف الحساب"),  # I want to close my account: deleting the account
        ("en", "I want to cancel my order", "Cancel an order"),
    ],
)
def test_questions_in_the_words_of_customers_find_their_article(
    sample: Flask, lang: str, question: str, article: str
) -> None:
    found = sample.test_client().get("/api/v1/search", query_string={"q": question, "lang": lang}).json

    assert found is not None
    assert article in found["results"][0]["title"]
