"""The agents' page as agents use it: with keys and clipboard, without scripts, after the session ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kb.clock import SystemClock
from kb.events import LinkSent
from kb.storage.generations import GenerationStore
from tests.article_trees import write_tree
from tests.browser.agents import served, watched
from tests.browser.test_suggestions import CONFIRMING
from tests.web.agent_site import AgentSite, open_agent_site
from tests.web.conftest import build_site, site_tree
from tests.web.desk import PASSWORD, accounts_of
from web.desk.access import SESSION_COOKIE

pytestmark = pytest.mark.browser
MESSAGE = "Hi,\nI want to reset my password.\nBest regards,\nSara"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, AgentSite]]:
    root: Path = tmp_path_factory.mktemp("desk")
    build_site(root, write_tree(root / "articles", site_tree()))
    site = open_agent_site(GenerationStore(root / "var" / "index", SystemClock()), root, SystemClock())
    site.agent(login="reem")
    with served(site.app) as address:
        yield address, site


def sign_in(page: Page, desk: tuple[str, AgentSite]) -> None:
    """Give the tab a session of the agent, and open their page."""
    address, site = desk
    user = accounts_of(site.app).people.by_login("reem")
    assert user is not None
    secret = accounts_of(site.app).sign_in.open(user).secret
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": address}])
    page.goto(f"{address}/desk/agent")


def ask(page: Page) -> None:
    """Paste a message and look for articles by keyboard."""
    page.get_by_label("The customer's message").fill(MESSAGE)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Reset your password").first).to_be_visible()


def test_keys_copy_read_and_walk(chromium: Browser, desk: tuple[str, AgentSite]) -> None:
    with watched(chromium, permissions=["clipboard-read", "clipboard-write"]) as page:
        sign_in(page, desk)
        ask(page)
        first = page.locator("[data-hit] h3 button").first
        expect(first).to_be_focused()
        page.keyboard.press("l")
        expect(page.locator("[data-status]")).to_have_text("Copied")
        link = desk[1].events(LinkSent)[-1].link
        assert page.evaluate("navigator.clipboard.readText()").endswith(f"/r/{link}")
        expect(first).to_be_focused()
        page.keyboard.press("m")
        expect(page.get_by_label("Markdown", exact=True)).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.locator("[data-part=preview]").get_by_role("heading").first).to_be_visible()
        first.press("j")
        expect(page.locator("[data-hit] h3 button").nth(1)).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_label("The customer's message")).to_be_focused()
        assert page.get_by_label("The customer's message").input_value() == MESSAGE


def test_articles_found_for_another_message_cannot_be_handed_out(
    chromium: Browser, desk: tuple[str, AgentSite]
) -> None:
    with watched(chromium) as page:
        sign_in(page, desk)
        ask(page)
        message = page.get_by_label("The customer's message")
        stale = page.get_by_text("not the one that these articles were found for")
        expect(stale).to_be_hidden()

        message.fill("Where is my parcel?")
        expect(stale).to_be_visible()
        page.get_by_role("button", name="Find articles").focus()
        for _ in range(4):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('[data-hit]') === null")
        message.fill(f"  {MESSAGE}\n")
        expect(stale).to_be_hidden()
        message.fill("Where is my parcel?")
        page.get_by_role("button", name="Find articles").click()

        expect(page.locator("[data-hit]").first).to_contain_text("Track your order")
        expect(stale).to_be_hidden()


def test_a_key_that_confirms_a_composition_sends_nothing(chromium: Browser, desk: tuple[str, AgentSite]) -> None:
    with watched(chromium) as page:
        sign_in(page, desk)
        message = page.get_by_label("The customer's message")
        message.fill(MESSAGE)
        message.evaluate(CONFIRMING, "Enter")
        page.wait_for_timeout(300)

        expect(page.locator("[data-hit]")).to_have_count(0)
        expect(message).to_have_value(MESSAGE)


def test_without_scripts_the_texts_stand_in_fields(chromium: Browser, desk: tuple[str, AgentSite]) -> None:
    with watched(chromium, java_script_enabled=False) as page:
        sign_in(page, desk)
        page.get_by_label("The customer's message").fill(MESSAGE)
        page.get_by_role("button", name="Find articles").click()
        page.get_by_role("button", name="Copy link").first.click()

        assert "/r/" in page.get_by_label("Link", exact=True).input_value()
        assert page.get_by_label("Plain text").input_value().startswith("Reset your password")
        assert page.get_by_label("The customer's message").input_value() == MESSAGE


def test_a_session_that_ended_costs_no_text(chromium: Browser, desk: tuple[str, AgentSite]) -> None:
    with watched(chromium) as page:
        sign_in(page, desk)
        page.get_by_label("The customer's message").fill(MESSAGE)
        page.context.clear_cookies()
        page.get_by_role("button", name="Find articles").click()
        sign_in(page, desk)

        assert page.get_by_label("The customer's message").input_value() == MESSAGE


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_has_no_accessibility_faults(chromium: Browser, desk: tuple[str, AgentSite], width: int) -> None:
    with watched(chromium, bypass_csp=True, viewport={"width": width, "height": 800}) as page:
        sign_in(page, desk)
        ask(page)
        page.get_by_role("button", name="Copy link").first.click()
        expect(page.get_by_label("Link", exact=True)).to_be_visible()

        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_an_ended_session_costs_no_text_either(chromium: Browser, desk: tuple[str, AgentSite]) -> None:
    with watched(chromium, java_script_enabled=False) as page:
        sign_in(page, desk)
        page.get_by_label("The customer's message").fill(MESSAGE)
        page.context.clear_cookies(name=SESSION_COOKIE)
        page.get_by_role("button", name="Find articles").click()

        expect(page.get_by_label("What you typed")).to_have_value(MESSAGE)
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Sign in in a new window").click()
        window = opened.value
        window.get_by_label("Login or e-mail").fill("reem")
        window.get_by_label("Password").fill(PASSWORD)
        window.get_by_role("button", name="Sign in").click()
        expect(window.get_by_text("go back to the one with your text")).to_be_visible()
        window.close()
        page.get_by_role("button", name="Send again").click()
        expect(page.get_by_role("button", name="Reset your password").first).to_be_visible()
        assert page.get_by_label("The customer's message").input_value() == MESSAGE


def test_without_scripts_a_reply_that_came_too_late_is_saved_after_all(
    chromium: Browser, desk: tuple[str, AgentSite]
) -> None:
    address, site = desk
    with watched(chromium, java_script_enabled=False) as page:
        sign_in(page, desk)
        page.goto(f"{address}/desk/agent/replies/new")
        page.get_by_label("Name of the reply").fill("Too late")
        page.get_by_label("Text", exact=True).fill("Dear {name},\nit works now.")
        page.context.clear_cookies(name="session")
        page.get_by_role("button", name="Save").click()

        expect(page.get_by_text("The form was too old")).to_be_visible()
        page.get_by_role("button", name="Send again").click()
        expect(page.get_by_role("link", name="Too late")).to_be_visible()
        assert [reply.body for reply in site.tools.replies.all()] == ["Dear {name},\nit works now."]
