"""Every public page on the narrowest telephones, full of words that no line can hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.clock import SystemClock
from kb.model import Language
from kb.storage.generations import GenerationStore
from tests.article_trees import write_tree
from tests.browser.agents import served, watched
from tests.long_words import ADDRESS, GERMAN, KASHIDA, LAUGHTER, NUMBER, WORDS, long_tree, misfits
from tests.web.conftest import build_site
from tests.web.reader_site import BROWSER, open_site

pytestmark = pytest.mark.browser
WIDTHS = (320, 360, 768, 1280)
# What the words are asked for with: found, rewritten, not found, filtered.
QUERIES = (
    *(f"q={quote(word)}" for word in (GERMAN, LAUGHTER, ADDRESS)),
    f"q={quote('xylophone ' + NUMBER[::-1])}&tag={quote(NUMBER)}&category={quote(KASHIDA)}&from=tomorrow",
    f"q={quote('-'.join(WORDS))[:250]}",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the small site of long words, which also has a long name and every channel."""
    root: Path = tmp_path_factory.mktemp("long")
    build_site(root, write_tree(root / "articles", long_tree()))
    site = open_site(
        GenerationStore(root / "var" / "index", SystemClock()),
        root,
        SystemClock(),
        site_name_ar=LAUGHTER,
        site_name_en=GERMAN,
        contact_email=f"{GERMAN[:60].lower()}@{GERMAN[:60].lower()}.example",
        contact_phone="+966 11 000 0000",
        contact_phone_hours="sat-thu 09:00-21:00, fri 14:00-23:00",
    )
    with served(site.app) as address:
        yield address


@pytest.mark.parametrize("lang", list(Language))
def test_no_page_scrolls_sideways(chromium: Browser, address: str, lang: Language) -> None:
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
