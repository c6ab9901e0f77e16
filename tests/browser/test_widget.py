"""The widget on a shop's strict page, in a real browser: by keyboard, in both languages, for screen readers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from kb.clock import SystemClock
from kb.events import ArticleViewed, Channel, ContactOpened, Searched, TicketSent, Traffic, Voted
from kb.storage.generations import GenerationStore
from tests.article_trees import write_tree
from tests.browser.agents import served, stranger, watched
from tests.web.conftest import build_site, site_tree
from tests.web.reader_site import BROWSER, ReaderSite, open_site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ReaderSite]]:
    """Address of a shop that carries the widget, and the site behind it."""
    root: Path = tmp_path_factory.mktemp("widget")
    build_site(root, write_tree(root / "articles", site_tree()))
    help_centre = ""

    def page(lang: str) -> tuple[str, str]:
        html = (
            f'<!doctype html><html lang="{lang}"><title>Shop</title><body><main><h1>Shop</h1>'
            f'<a href="#" data-dalil-open>Questions?</a></main><script src="{help_centre}/widget.js" async></script>'
        )
        # As docs/WIDGET.md asks for; images have the address that the site knows itself by.
        return html, (
            f"default-src 'none'; script-src {help_centre}; connect-src {help_centre}; img-src http://localhost"
        )

    with served(stranger(page)) as address:
        store = GenerationStore(root / "var" / "index", SystemClock())
        site = open_site(store, root, SystemClock(), widget_origins=address)
        with served(site.app) as help_centre:
            yield address, site


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    with watched(chromium, user_agent=BROWSER, viewport={"width": 360, "height": 740}) as page:
        yield page


def test_a_question_is_answered_and_voted_on_by_keyboard_alone(visitor: Page, shop: tuple[str, ReaderSite]) -> None:
    address, site = shop
    visitor.goto(f"{address}/en")
    launch = visitor.get_by_role("button", name="Help")
    launch.focus()
    visitor.keyboard.press("Enter")
    dialog = visitor.get_by_role("dialog", name="How can we help?")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    visitor.keyboard.type("reset my password")
    visitor.keyboard.press("Enter")
    result = dialog.get_by_role("button", name="Reset your password").first
    expect(dialog.get_by_role("status")).to_contain_text("Articles found")
    result.focus()
    visitor.keyboard.press("Enter")
    expect(dialog.get_by_role("heading", name="Reset your password")).to_be_focused()
    dialog.get_by_role("button", name="No").focus()
    visitor.keyboard.press("Enter")
    dialog.get_by_label("It is out of date").check()
    dialog.get_by_role("button", name="Send").focus()
    visitor.keyboard.press("Enter")
    expect(dialog.get_by_text("Thank you for telling us.")).to_be_visible()
    visitor.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(launch).to_be_focused()
    assert visitor.context.cookies() == []

    events = [*site.events(Searched), *site.events(ArticleViewed), *site.events(Voted)]
    assert {event.origin.channel for event in events} == {Channel.WIDGET}
    assert {event.origin.traffic for event in events} == {Traffic.READER}
    assert site.votes()[0].reason == "out_of_date"


def test_the_focus_stays_inside(visitor: Page, shop: tuple[str, ReaderSite]) -> None:
    visitor.goto(f"{shop[0]}/en")
    expect(visitor.get_by_role("button", name="Help")).to_be_visible()  # the widget has begun
    visitor.get_by_text("Questions?").click()
    expect(visitor.get_by_role("searchbox")).to_be_focused()
    for _ in range(12):
        visitor.keyboard.press("Tab")
        inside = visitor.evaluate("() => document.activeElement.tagName")
        assert inside in {"DIV", "BODY"}  # the widget's own tree, or the browser's frame


def test_a_message_is_sent_without_leaving_the_page(visitor: Page, shop: tuple[str, ReaderSite]) -> None:
    address, site = shop
    visitor.goto(f"{address}/en")
    visitor.get_by_role("button", name="Help").click()
    visitor.get_by_role("button", name="Write to us").click()
    visitor.get_by_label("What is it about?").fill("Forgot my password")
    visitor.get_by_label("What happened").fill("I want to reset my password")
    offer = visitor.get_by_role("button", name="Reset your password")
    offer.click()
    expect(visitor.get_by_role("heading", name="Reset your password")).to_be_visible()
    visitor.get_by_role("button", name="Back").click()
    expect(visitor.get_by_label("What happened")).to_have_value("I want to reset my password")
    visitor.get_by_label("E-mail").fill("sara@example.com")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_text("We have your message.")).to_be_visible()

    assert visitor.url == f"{address}/en"
    assert [event.origin.channel for event in (*site.events(ContactOpened), *site.events(TicketSent))] == [
        Channel.WIDGET,
        Channel.WIDGET,
    ]


def test_an_article_that_comes_late_does_not_replace_what_is_written(
    visitor: Page, shop: tuple[str, ReaderSite]
) -> None:
    waiting: list[Route] = []
    visitor.goto(f"{shop[0]}/en")
    visitor.get_by_role("button", name="Help").click()
    visitor.get_by_role("searchbox").fill("password or Apple sign in")
    visitor.keyboard.press("Enter")
    results = visitor.locator(".result")
    expect(results.nth(1)).to_be_visible()
    visitor.route("**/api/v1/articles/*", lambda route: waiting.append(route))
    titles = [results.nth(place).locator("b").inner_text() for place in (0, 1)]
    for place in (0, 1):
        results.nth(place).click()
    while len(waiting) < 2:
        visitor.wait_for_timeout(20)
    waiting[1].continue_()
    expect(visitor.get_by_role("heading", name=titles[1])).to_be_visible()
    visitor.get_by_role("button", name="Back").click()
    results.nth(0).click()
    visitor.get_by_role("button", name="Write to us").click()
    message = visitor.get_by_label("What happened")
    message.fill("It is still on its way")
    while len(waiting) < 3:
        visitor.wait_for_timeout(20)

    for late in (waiting[0], waiting[2]):
        with visitor.expect_response("**/api/v1/articles/*"):
            late.continue_()
    visitor.wait_for_timeout(200)

    expect(message).to_have_value("It is still on its way")
    expect(message).to_be_focused()


def test_results_go_with_the_question_they_answer(visitor: Page, shop: tuple[str, ReaderSite]) -> None:
    visitor.goto(f"{shop[0]}/en")
    visitor.get_by_role("button", name="Help").click()
    box = visitor.get_by_role("searchbox")
    results = visitor.locator(".result")
    box.fill("reset my password")
    expect(results.first).to_contain_text("password")
    box.fill("")
    expect(results).to_have_count(0)

    waiting: list[Route] = []
    visitor.route("**/api/v1/search*", lambda route: waiting.append(route))
    box.fill("track my order")
    while not waiting:
        visitor.wait_for_timeout(20)
    box.fill("ab")
    with visitor.expect_response("**/api/v1/search*"):
        waiting[0].continue_()
    visitor.wait_for_timeout(100)
    expect(results).to_have_count(0)

    visitor.unroute("**/api/v1/search*")
    box.fill("reset my password")
    expect(results.first).to_contain_text("password")
    waiting.clear()
    visitor.route("**/api/v1/search*", lambda route: waiting.append(route))
    box.fill("sign in with Apple")  # and on at once: the article first, then back to the new question
    results.first.click()
    expect(visitor.get_by_role("heading", name="Reset your password")).to_be_focused()
    while not waiting:
        visitor.wait_for_timeout(20)
    waiting[0].continue_()
    visitor.get_by_role("button", name="Back").click()
    expect(visitor.get_by_role("searchbox")).to_have_value("sign in with Apple")
    expect(results.first).to_contain_text("Apple")


def test_an_arabic_page_gets_an_arabic_widget(visitor: Page, shop: tuple[str, ReaderSite]) -> None:
    visitor.goto(f"{shop[0]}/ar")
    visitor.get_by_role("button", name="مساعدة").click()  # help
    visitor.get_by_role("searchbox").fill("وين طلبي")  # where is my order
    visitor.keyboard.press("Enter")
    result = visitor.get_by_role("button", name="تتبع الطلب").first  # tracking the order

    expect(result).to_be_visible()
    assert result.evaluate("element => getComputedStyle(element).direction") == "rtl"


def test_it_has_no_accessibility_faults(visitor: Page, shop: tuple[str, ReaderSite], chromium: Browser) -> None:
    # The tool is injected as an inline script, which the strict page forbids.
    with watched(chromium, user_agent=BROWSER, bypass_csp=True) as page:
        page.goto(f"{shop[0]}/en")
        page.get_by_role("button", name="Help").click()
        page.get_by_role("searchbox").fill("password order")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Articles found")
        assert Axe().run(page).response["violations"] == []
        page.get_by_role("button", name="Write to us").click()
        assert Axe().run(page).response["violations"] == []


def test_a_website_that_is_not_listed_gets_no_widget(chromium: Browser, shop: tuple[str, ReaderSite]) -> None:
    _, site = shop
    with served(site.app) as help_centre:
        other = stranger(
            lambda _: (f'<!doctype html><script src="{help_centre}/widget.js"></script>', "img-src 'none'")
        )
        with served(other) as address:
            context = chromium.new_context()
            page = context.new_page()
            with page.expect_console_message(lambda message: "widget cannot start" in message.text):
                page.goto(f"{address}/en")
            assert page.locator("[data-dalil-widget]").count() == 0
            context.close()


def test_an_arabic_address_is_sent_and_a_wrong_one_explained(visitor: Page, shop: tuple[str, ReaderSite]) -> None:
    address, site = shop
    visitor.goto(f"{address}/en")
    visitor.get_by_role("button", name="Help").click()
    visitor.get_by_role("button", name="Write to us").click()
    visitor.get_by_label("What is it about?").fill("Where is it")
    visitor.get_by_label("What happened").fill("My parcel has not come")
    visitor.get_by_label("E-mail").fill("huda@shop..example")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("alert")).to_contain_text("one dot too many")
    expect(visitor.get_by_label("E-mail")).to_be_focused()
    visitor.get_by_label("E-mail").fill("هدى@متجر.com")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_text("We have your message.")).to_be_visible()

    assert "هدى@متجر.com" in {ticket.email for ticket in site.tickets()}
