"""Every page and link of the sample knowledge base, followed in both languages."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit, urlunsplit

import pytest
from flask import Flask

from tests.web.conftest import build_site
from tests.web.html import Page

ARTICLES = Path(__file__).parent.parent.parent / "articles"
ORIGIN = "https://help.example"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site over the sample articles."""
    return build_site(tmp_path_factory.mktemp("sample"), ARTICLES, site_url=ORIGIN)


def test_every_link_of_the_sample_leads_somewhere(sample: Flask) -> None:
    client = sample.test_client()
    waiting = deque(["/ar/", "/en/"])
    reached: dict[str, set[str]] = {}  # path: the fragments that it has
    wanted: list[tuple[str, str, str]] = []  # page, path, fragment
    broken: list[str] = []
    while waiting:
        path = waiting.popleft()
        with client.get(path, follow_redirects=True) as response:
            if response.status_code != 200:
                broken.append(f"{path}: {response.status_code}")
            html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        page = Page(html)
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
