"""Every public page on the narrowest telephones, full of words that no line can hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.clock import SystemClock
from kb.model import Language
from kb.storage.generations import GenerationStore
from tests.article_trees import write_tree
from tests.browser.agents import served, stranger, watched
from tests.long_words import ADDRESS, GERMAN, KASHIDA, LAUGHTER, NUMBER, WORDS, long_tree, misfits
from tests.web.conftest import build_site
from tests.web.reader_site import BROWSER, ReaderSite, open_site

pytestmark = pytest.mark.browser
WIDTHS = (320, 360, 768, 1280)
# What the words are asked for with: found, rewritten, not found, filtered.
QUERIES = (
    *(f"q={quote(word)}" for word in (GERMAN, LAUGHTER, ADDRESS)),
    f"q={quote('xylophone ' + NUMBER[::-1])}&tag={quote(NUMBER)}&category={quote(KASHIDA)}&from=tomorrow",
    f"q={quote('-'.join(WORDS))[:250]}",
)


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Addresses of the small site of long words, with a long name and channels, and of a shop with its widget."""
    root: Path = tmp_path_factory.mktemp("long")
    build_site(root, write_tree(root / "articles", long_tree()))
    help_centre = ""

    def page(lang: str) -> tuple[str, str]:
        html = f'<!doctype html><html lang="{lang}"><title>Shop</title><script src="{help_centre}/widget.js"></script>'
        return html, "default-src *; style-src 'none'"

    with served(stranger(page)) as shop:
        site = open_long_site(root, widget_origins=shop)
        with served(site.app) as help_centre:
            yield help_centre, shop


def open_long_site(root: Path, **settings: Any) -> ReaderSite:
    """Return the site over an index that was built."""
    return open_site(
        GenerationStore(root / "var" / "index", SystemClock()),
        root,
        SystemClock(),
        site_name_ar=LAUGHTER,
        site_name_en=GERMAN,
        contact_email=f"{GERMAN[:60].lower()}@{GERMAN[:60].lower()}.example",
        contact_phone="+966 11 000 0000",
        contact_phone_hours="sat-thu 09:00-21:00, fri 14:00-23:00",
        **settings,
    )


@pytest.mark.parametrize("lang", list(Language))
def test_no_page_scrolls_sideways(chromium: Browser, addresses: tuple[str, str], lang: Language) -> None:
    address, _ = addresses
    found: dict[str, list[str]] = {}
    with watched(chromium, user_agent=BROWSER, reduced_motion="reduce") as page:
        paths = [
            "",
            *(f"search?{query}" for query in QUERIES),
            "search",
            "categories/long",
            *(f"articles/word-{place}" for place in (1, 2)),
            "articles/" + "w" * 200,
            "articles/apple",
        ]
        for path in paths:
            page.goto(f"{address}/{lang}/{path}")
            for details in page.locator("main details").all():
                details.evaluate("details => { details.open = true }")
            found[path] = misfits(page, *WIDTHS)
        found["suggestions"] = suggested(page, f"{address}/{lang}/")
        found["vote"] = voted(page, f"{address}/{lang}/articles/word-3")
        found["contact"] = contacted(page, f"{address}/{lang}/contact")

    assert {place: wrong for place, wrong in found.items() if wrong} == {}


def suggested(page: Page, path: str) -> list[str]:
    """Type a part of the words, so that suggestions are open."""
    page.goto(path)
    page.locator(".hero input[name=q]").press_sequentially("what is")
    expect(page.locator(".suggestion").first).to_be_visible()
    return misfits(page, *WIDTHS)


def voted(page: Page, path: str) -> list[str]:
    """Vote, so that other articles are offered."""
    page.goto(path)
    page.locator("[data-feedback] button[value=helpful]").click()
    expect(page.locator(".feedback-next").first).to_be_visible()
    return misfits(page, *WIDTHS)


def contacted(page: Page, path: str) -> list[str]:
    """Write a message of long words, open an offer, send it."""
    page.goto(path)
    page.locator("#subject").fill(f"{GERMAN} {LAUGHTER}")
    page.locator("#message").fill(f"what is {ADDRESS}")
    page.locator(".offer-open").first.click()
    page.locator(".answer").wait_for()
    for details in page.locator("main details").all():
        details.evaluate("details => { details.open = true }")
    found = misfits(page, *WIDTHS)
    page.locator("#email").fill("reem@example.com")
    page.locator(".contact-send .button-primary").click()
    page.locator(".contact-reference").wait_for()
    return found + misfits(page, *WIDTHS)


@pytest.mark.parametrize("lang", list(Language))
def test_no_view_of_the_widget_scrolls_sideways(chromium: Browser, addresses: tuple[str, str], lang: Language) -> None:
    found: dict[str, list[int]] = {}
    with watched(chromium, user_agent=BROWSER, viewport={"width": 320, "height": 740}) as page:

        def look(view: str) -> None:
            found[view] = page.evaluate(WIDER)

        page.goto(f"{addresses[1]}/{lang}")
        page.locator(".launch").click()
        page.get_by_role("searchbox").fill(f"what is {GERMAN}")
        page.locator(".result").first.wait_for()
        look("results")
        page.locator(".result").first.click()
        page.locator(".body").wait_for()
        look("article")
        page.locator(".vote button").nth(1).click()
        look("vote")
        page.locator(".foot button").click()
        page.locator("[name=subject]").fill(GERMAN)
        page.locator("[name=message]").fill(f"{ADDRESS} {LAUGHTER}")
        page.locator(".view .result").first.wait_for()
        look("contact")

    assert {view: wider for view, wider in found.items() if wider} == {}


# Widths of the parts of the widget that are wider than they show; tables and fields scroll in their own box.
WIDER = """() => {
  const inside = document.querySelector("[data-dalil-widget]").shadowRoot;
  return [document.documentElement, ...inside.querySelectorAll("*:not(table, table *, input)")]
    .filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 2)
    .map((each) => each.scrollWidth);
}"""
