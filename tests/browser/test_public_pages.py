"""The public pages as people use them: keyboard, screen reader, small phone, no scripts."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from web.layout import readable

pytestmark = pytest.mark.browser

PATHS = {
    "home": "/{lang}/",
    "search": "/{lang}/search?q=password",
    "faulty filters": "/{lang}/search?q=password&from=tomorrow&category=account",
    "no answer": "/{lang}/search?q=xylophone+quantum",
    "category": "/{lang}/categories/orders",
    "missing": "/{lang}/nothing",
}
ARTICLES = {"en": "/en/articles/track-order", "ar": "/ar/articles/تتبع-الطلب"}


def addresses(lang: str) -> list[str]:
    """Return the paths of all pages in one language."""
    return [path.format(lang=lang) for path in PATHS.values()] + [ARTICLES[lang]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_no_page_has_an_accessibility_violation(chromium: Browser, site: str, lang: str, theme: Any) -> None:
    page = chromium.new_page(color_scheme=theme, reduced_motion="reduce", viewport={"width": 1280, "height": 800})
    found: list[str] = []
    for path in addresses(lang):
        page.goto(site + path)
        results = Axe().run(page)
        found += [
            f"{path}: {violation['id']}: {violation['nodes'][0]['html']}"
            for violation in results.response["violations"]
        ]
    page.close()

    assert found == []


def test_suggestions_are_chosen_by_keyboard(page: Page, site: str) -> None:
    page.goto(f"{site}/en/")
    box = page.get_by_role("combobox").first
    box.press_sequentially("track")
    expect(page.get_by_role("listbox")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")

    box.press("ArrowDown")
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    box.press("ArrowUp")
    expect(first).to_have_attribute("aria-selected", "false")
    box.press("ArrowDown")
    box.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Track your order")


def test_suggestions_are_announced_and_closed_by_escape(page: Page, site: str) -> None:
    page.goto(f"{site}/en/")
    box = page.get_by_role("combobox").first
    box.press_sequentially("track")
    expect(page.get_by_role("status").first).to_contain_text("Suggestions:")

    box.press("Escape")

    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("track")


def test_enter_without_a_choice_searches_for_what_was_typed(page: Page, site: str) -> None:
    page.goto(f"{site}/ar/")
    page.get_by_role("combobox").first.fill("كلمة المرور")  # password
    page.keyboard.press("Enter")

    expect(page.locator(".result").first).to_contain_text("استعادة كلمة المرور")  # recovering the password


def test_suggestions_open_by_click(page: Page, site: str) -> None:
    page.goto(f"{site}/ar/")
    page.get_by_role("combobox").first.press_sequentially("تتبع")  # tracking
    page.get_by_role("option").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("تتبع الطلب")  # tracking the order


def test_the_theme_changes_at_once_and_stays(page: Page, site: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}/en/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Use dark colours").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto(f"{site}/ar/")

    assert light != dark
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    expect(page.get_by_role("button", name="استخدم الألوان الفاتحة")).to_be_visible()  # use light colours


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_everything_works_without_scripts(chromium: Browser, site: str, lang: str) -> None:
    page = chromium.new_page(java_script_enabled=False, color_scheme="light", viewport={"width": 360, "height": 740})
    page.goto(f"{site}/{lang}/")
    page.locator(".hero input[name=q]").fill("password")
    page.locator(".hero button[type=submit]").click()
    page.locator("summary").first.click()
    page.locator("select[name=language]").select_option("en")
    page.locator(".filters button").click()
    page.locator(".result a").first.click()
    expect(page.locator("h1")).to_have_text("Reset your password")
    page.locator(".theme-dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("h1")).to_have_text("Reset your password")
    page.close()


def test_headings_have_links_that_copy_their_address(context: BrowserContext, page: Page, site: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/ar/articles/تتبع-الطلب")
    page.locator("h2 .heading-link").first.click()

    assert page.url.endswith("#" + quote("أين-شحنتي"))  # where is my parcel
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{site}/ar/articles/تتبع-الطلب#أين-شحنتي"
    page.get_by_role("button", name="نسخ الرابط").click()  # copy link
    expect(page.get_by_role("button", name="تم النسخ")).to_be_visible()  # copied
    assert page.evaluate("navigator.clipboard.readText()").endswith("/ar/articles/تتبع-الطلب")
    page.goto(copied)
    expect(page.get_by_role("heading", level=1)).to_have_text("تتبع الطلب")  # tracking the order


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example/%D9%85%D8%B1%D8%AD%D8%A8%D8%A7", "https://a.example/مرحبا"),
        (
            "https://a.example/caf%C3%A9%20noir?q=%D8%B4%26x%3D1#%E2%80%8F",
            "https://a.example/café%20noir?q=ش%26x%3D1#%E2%80%8F",
        ),
        ("https://a.example/%FF%D8", "https://a.example/%FF%D8"),
        ("https://a.example/%E4%BD%A0-%D9%85%D9%8E%C2%AB%22", "https://a.example/你-مَ%C2%AB%22"),
        ("https://a.example/100%25%2F", "https://a.example/100%25%2F"),
    ],
)
def test_addresses_are_shown_in_letters_by_page_and_script_alike(
    page: Page, site: str, address: str, shown: str
) -> None:
    page.goto(f"{site}/en/articles/track-order")
    module = page.evaluate(
        "performance.getEntriesByType('resource').find((each) => each.name.endsWith('/addresses.js')).name"
    )

    by_script = page.evaluate(
        "async ([module, address]) => (await import(module)).readable(address)", [module, address]
    )

    assert readable(address) == by_script == shown


def test_the_first_key_offers_to_skip_to_the_content(page: Page, site: str) -> None:
    page.goto(f"{site}/en/articles/track-order")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()

    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_the_contents_come_before_the_text_and_the_text_before_the_vote(chromium: Browser, site: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{site}/en/articles/track-order")
    order = page.evaluate(
        """() => [...document.querySelectorAll("main h1, .toc a, .prose a, .prose h2, [data-feedback] button")]
            .filter((each) => each.checkVisibility())
            .map((each) => each.closest(".toc, .prose, [data-feedback]")?.className ?? "title")
            .filter((each, place, all) => each !== all[place - 1])"""
    )
    toc, prose = page.locator(".toc").bounding_box(), page.locator(".prose").bounding_box()
    page.close()

    assert order == ["title", "toc", "prose", "feedback"]
    assert toc is not None
    assert prose is not None
    assert toc["x"] >= prose["x"] + prose["width"]
    assert toc["y"] < prose["y"]


def test_printed_articles_leave_the_frame_out(page: Page, site: str) -> None:
    page.goto(f"{site}/en/articles/track-order")
    page.emulate_media(media="print")

    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator(".print-address")).to_be_visible()
    page.goto(f"{site}/ar/articles/تتبع-الطلب")
    expect(page.locator(".print-address")).to_contain_text("/ar/articles/تتبع-الطلب")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_both_scripts_are_set_in_the_fonts_of_the_site(page: Page, site: str) -> None:
    page.goto(f"{site}/ar/articles/تتبع-الطلب", wait_until="networkidle")
    loaded = page.evaluate("[...document.fonts].filter(face => face.status === 'loaded').map(face => face.family)")

    assert {name.strip('"') for name in loaded} >= {"Plex Arabic", "Plex Latin"}
