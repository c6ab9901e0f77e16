"""The widget among hostile styles, on pages that name their language in many ways; what is typed in it stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kb.clock import SystemClock
from kb.events import TicketSent
from kb.storage.generations import GenerationStore
from tests.article_trees import write_tree
from tests.browser.agents import served, stranger, watched
from tests.web.conftest import build_site, site_tree
from tests.web.reader_site import BROWSER, ReaderSite, open_site

pytestmark = pytest.mark.browser

HOSTILE = (
    "* { text-transform: uppercase !important; letter-spacing: .1em !important }",
    "* { font: italic 900 40px/3 cursive !important; font-variant: small-caps !important }",
    "* { direction: rtl !important; unicode-bidi: bidi-override !important }",
    "* { text-align: center !important; text-indent: 4em !important }",
    "* { color: red !important; -webkit-text-fill-color: red !important }",
    "* { visibility: hidden !important } html, body { visibility: visible !important }",
    "* { pointer-events: none !important; user-select: none !important; cursor: wait !important }",
    "* { white-space: nowrap !important; word-break: break-all !important; hyphens: auto !important }",
    "* { opacity: .2 !important; filter: invert(1) !important }",
    "* { transform: rotate(8deg) scale(1.4) !important }",
    "* { position: static !important; float: inline-start !important; display: inline !important }",
    "div { display: none !important } [data-dalil-widget] { display: none !important }",
    "button, input, textarea, dialog { all: unset !important } dialog { display: none !important }",
    "* { border: 9px solid !important; margin: 9px !important; padding: 9px !important; box-sizing: content-box }",
    "* { max-inline-size: 40px !important; max-block-size: 40px !important; overflow: hidden !important }",
    "* { word-spacing: 2em !important; line-height: .5 !important; quotes: none !important; tab-size: 20 !important }",
    "* { writing-mode: vertical-rl !important; text-orientation: upright !important }",
    "* { --brand: red !important; --dalil-brand: red !important; --dalil-ink: red !important }",
    "* { list-style: square inside !important; text-shadow: 2px 2px red !important; text-decoration: underline wavy }",
    "* { transition: all 9s !important; animation: 9s spin infinite !important; color-scheme: dark }",
    "body { transform: translate(40px, 40px) !important; contain: strict !important; overflow: clip !important }",
    "::placeholder { color: red !important; text-align: right !important } ::selection { background: red !important }",
)
# Everything that is computed for every element of the widget, and where the elements stand.
LOOK_JS = """() => {
  const shadow = document.querySelector("[data-dalil-widget]").shadowRoot;
  return [...shadow.querySelectorAll("*")].map((element) => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const placeholder = getComputedStyle(element, "::placeholder");
    return JSON.stringify([
      element.tagName,
      [...style].filter((name) => !name.startsWith("--")).map((name) => `${name}: ${style.getPropertyValue(name)}`),
      [placeholder.color, placeholder.textAlign],
      box.width && box.height ? [box.x, box.y, box.width, box.height].map(Math.round) : [],
    ]);
  });
}"""
WEAR_JS = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = css ? [sheet] : [];
}"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ReaderSite]]:
    """Address of pages that carry the widget, each named after a `lang` and more, and the site behind them."""
    root: Path = tmp_path_factory.mktemp("surroundings")
    build_site(root, write_tree(root / "articles", site_tree()))
    help_centre = ""

    def page(name: str) -> tuple[str, str]:
        outer, _, rest = name.partition("~")
        inner, _, given = rest.partition("~")
        script = f'<script src="{help_centre}/widget.js" {f"data-lang={given}" if given else ""} async></script>'
        held = f'<div lang="{inner}">{script}</div>' if inner else script
        html = f'<!doctype html><html lang="{outer}"><title>Shop</title><body><main><h1>Shop</h1></main>{held}'
        return html, f"default-src 'none'; script-src {help_centre}; connect-src {help_centre}"

    with served(stranger(page)) as address:
        site = open_site(
            GenerationStore(root / "var" / "index", SystemClock()), root, SystemClock(), widget_origins=address
        )
        with served(site.app) as help_centre:
            yield address, site


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    with watched(chromium, user_agent=BROWSER, viewport={"width": 900, "height": 740}) as page:
        yield page


def look(page: Page) -> Any:
    page.wait_for_timeout(50)  # one frame
    return page.evaluate(LOOK_JS)


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".launch").click()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_styles_of_the_page_do_not_reach_it(visitor: Page, shop: tuple[str, ReaderSite], lang: str) -> None:
    visitor.emulate_media(reduced_motion="reduce")
    visitor.goto(f"{shop[0]}/{lang}")
    expect(visitor.locator(".launch")).to_be_visible()
    closed = look(visitor)
    different = []
    for css in HOSTILE:
        visitor.evaluate(WEAR_JS, css)
        different += [(css, "closed")] if look(visitor) != closed else []
    visitor.evaluate(WEAR_JS, "")
    visitor.locator(".launch").click()
    visitor.get_by_role("searchbox").fill("Apple" if lang == "ar" else "password")
    visitor.keyboard.press("Enter")
    expect(visitor.locator(".result").first).to_be_visible()
    plain = look(visitor)
    for css in HOSTILE:
        visitor.evaluate(WEAR_JS, css)
        different += [(css, "open")] if look(visitor) != plain else []

    assert different == []


def test_every_line_stands_on_the_side_of_its_language(visitor: Page, shop: tuple[str, ReaderSite]) -> None:
    opened(visitor, f"{shop[0]}/ar")
    box = visitor.get_by_role("searchbox")
    assert box.evaluate("field => getComputedStyle(field).direction") == "rtl"  # and so its placeholder
    box.fill("sign in with Apple")
    assert box.evaluate("field => field.dir") == "ltr"
    visitor.keyboard.press("Enter")
    foreign = visitor.locator(".result:has(.badge)").first
    expect(foreign).to_be_visible()
    lines = foreign.evaluate(
        "result => [...result.querySelectorAll('b, p')].map(line => [line.dir, getComputedStyle(line).textAlign])"
    )
    assert lines == [["ltr", "start"]] * 2
    badge, line = foreign.locator(".badge").bounding_box(), foreign.locator("p").bounding_box()
    assert badge
    assert line
    assert badge["y"] >= line["y"] + line["height"]
    box.fill("Apple Pay لا يعمل")  # does not work
    assert box.evaluate("field => field.dir") == "rtl"


def test_it_says_what_was_searched_instead_and_offers_the_words_themselves(
    visitor: Page, shop: tuple[str, ReaderSite]
) -> None:
    def rewritten(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"rewritten_query": "password"})

    visitor.route("**/api/v1/search?*", rewritten, times=1)
    opened(visitor, f"{shop[0]}/en")
    visitor.get_by_role("searchbox").fill("pasword")
    visitor.get_by_role("button", name="Search", exact=True).click()
    expect(visitor.locator(".rewritten")).to_contain_text(
        "Showing results for “password”. Search for exactly “pasword”"
    )
    with visitor.expect_request("**/api/v1/search?*literal=true*"):
        visitor.get_by_role("button", name="Search for exactly").click()
    expect(visitor.locator(".rewritten")).to_have_count(0)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("AR-SA", "مساعدة"),  # help
        ("ar_EG", "مساعدة"),
        ("AR", "مساعدة"),
        ("arz", "مساعدة"),
        ("en~ar-AE", "مساعدة"),
        ("ar~EN-gb", "Help"),
        ("ar~~en_US", "Help"),
        ("en~~Ar", "مساعدة"),
        ("EN-US", "Help"),
        ("arn", "Help"),  # Mapudungun
        ("fr", "Help"),
    ],
)
def test_a_language_tag_is_read_in_any_form(visitor: Page, shop: tuple[str, ReaderSite], page: str, words: str) -> None:
    visitor.goto(f"{shop[0]}/{page}")

    expect(visitor.locator(".launch")).to_have_text(words)


def test_what_was_written_is_still_there_later(visitor: Page, shop: tuple[str, ReaderSite]) -> None:
    written = {
        "What is it about?": "Broken box",
        "What happened": "It came open, and wet. " * 4,
        "E-mail": "mona@example.com",
        "Your name": "Mona",
    }

    def check() -> None:
        for label, value in written.items():
            expect(visitor.get_by_label(label)).to_have_value(value)

    opened(visitor, f"{shop[0]}/en")
    contact = visitor.get_by_role("button", name="Write to us")
    contact.click()
    for label, value in written.items():
        visitor.get_by_label(label).fill(value)
    visitor.get_by_role("button", name="Back").click()
    contact.click()
    check()
    visitor.keyboard.press("Escape")
    visitor.locator(".launch").click()
    check()
    opened(visitor, f"{shop[0]}/en?page=2")
    contact.click()
    check()
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_text("We have your message.")).to_be_visible()
    visitor.get_by_role("button", name="Back to the search").click()
    contact.click()
    expect(visitor.get_by_label("What happened")).to_have_value("")
    expect(visitor.get_by_label("E-mail")).to_have_value("mona@example.com")
    assert visitor.evaluate("localStorage.length") == 0


def test_a_comment_on_an_article_is_kept_too(visitor: Page, shop: tuple[str, ReaderSite]) -> None:
    opened(visitor, f"{shop[0]}/en")
    visitor.get_by_role("searchbox").fill("reset my password")
    visitor.keyboard.press("Enter")
    for _ in range(2):
        visitor.get_by_role("button", name="Reset your password").first.click()
        visitor.get_by_role("button", name="No").click()
        if not visitor.get_by_label("What could be better?").input_value():
            visitor.get_by_label("What could be better?").fill("The link is dead")
            visitor.get_by_role("button", name="Back").click()
    expect(visitor.get_by_label("What could be better?")).to_have_value("The link is dead")


def test_a_widget_that_stood_open_too_long_gets_another_token_and_sends(
    visitor: Page, shop: tuple[str, ReaderSite]
) -> None:
    address, site = shop
    before = len(site.events(TicketSent))

    def with_ended_token(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"form_token": "ended"})

    visitor.route("**/api/v1/widget?*", with_ended_token, times=1)
    opened(visitor, f"{address}/en")
    visitor.get_by_role("button", name="Write to us").click()
    visitor.get_by_label("What is it about?").fill("An old page")
    visitor.get_by_label("What happened").fill("It stood open for a day")
    visitor.get_by_label("E-mail").fill("mona@example.com")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_text("We have your message.")).to_be_visible()

    assert len(site.events(TicketSent)) == before + 1
