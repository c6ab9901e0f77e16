"""Suggestions belong to the text they were asked for, and the keys of an input method to the input method."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.waiting import wait_until
from web.assets import STATIC

pytestmark = pytest.mark.browser

SUGGEST = "**/api/v1/suggest?*"
# What Safari reports for the key that has just ended a composition.
CONFIRMING = """(box, key) => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ctrlKey: key === "Enter" });
  Object.defineProperty(event, "keyCode", { value: 229 });
  box.dispatchEvent(event);
  return event.defaultPrevented;
}"""


def open_box(page: Page, site: str, lang: str = "en") -> Locator:
    page.goto(f"{site}/{lang}/")
    return page.get_by_role("combobox").first


def offered(page: Page, box: Locator, text: str) -> None:
    """Type a text and wait for its suggestions."""
    box.press_sequentially(text)
    expect(page.get_by_role("option").first).to_be_visible()
    wait_until(page, f"document.querySelector('.suggestions').textContent.toLowerCase().includes({text[:4].lower()!r})")


def test_an_emptied_box_has_no_suggestions(page: Page, site: str) -> None:
    box = open_box(page, site)
    offered(page, box, "password")

    box.press("Control+A")
    box.press("Backspace")
    box.press("ArrowDown")
    page.wait_for_timeout(300)

    expect(page.get_by_role("listbox")).to_be_hidden()
    assert box.get_attribute("aria-activedescendant") is None


@pytest.mark.parametrize(("first", "second"), [("track", "Apple"), ("password", "where is my"), ("apple", "تتبع")])
def test_an_arrow_waits_for_the_suggestions_of_the_words_in_the_box(
    page: Page, site: str, first: str, second: str
) -> None:
    box = open_box(page, site)
    offered(page, box, first)
    old = page.get_by_role("option").first.inner_text()

    box.press("Control+A")
    with page.expect_response(SUGGEST):
        box.press_sequentially(second)
        box.press("ArrowDown")
        expect(page.locator("[role=option][aria-selected=true]", has_text=old)).to_have_count(0)

    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    assert chosen.inner_text() != old
    expect(box).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))


def test_enter_before_the_answer_searches_for_what_is_in_the_box(page: Page, site: str) -> None:
    waiting: list[Route] = []
    box = open_box(page, site)
    offered(page, box, "track")
    page.route(SUGGEST, lambda route: waiting.append(route))
    box.press_sequentially(" apple")
    box.press("ArrowDown")
    box.press("Enter")

    page.wait_for_url("**/search?q=track+apple")


def test_words_taken_back_bring_their_suggestions_back(page: Page, site: str) -> None:
    box = open_box(page, site)
    offered(page, box, "track")
    box.press_sequentially("zzz")
    expect(page.get_by_role("listbox")).to_be_hidden()

    for _ in "zzz":
        box.press("Backspace")

    expect(page.get_by_role("option").first).to_contain_text("rack")
    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")


def test_an_answer_to_words_that_are_gone_is_not_shown(page: Page, site: str) -> None:
    waiting: list[Route] = []
    page.route(SUGGEST, lambda route: waiting.append(route))
    box = open_box(page, site)
    box.press_sequentially("track")
    while not waiting:
        page.wait_for_timeout(20)
    box.evaluate("box => { box.value = 'apple' }")  # as a browser that fills in does, without an event

    waiting[0].continue_()
    page.wait_for_timeout(200)

    expect(page.get_by_role("listbox")).to_be_hidden()


def test_without_network_no_suggestions_of_other_words_stay(page: Page, site: str) -> None:
    box = open_box(page, site)
    offered(page, box, "track")
    page.route(SUGGEST, lambda route: route.abort())

    box.press_sequentially(" my")

    expect(page.get_by_role("listbox")).to_be_hidden()


def test_who_comes_back_finds_the_list_closed(page: Page, site: str) -> None:
    box = open_box(page, site)
    offered(page, box, "track")
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/articles/**")

    page.go_back(wait_until="commit")
    page.wait_for_url("**/en/")

    expect(page.get_by_role("listbox", include_hidden=True).first).to_be_hidden()
    expect(page.get_by_role("combobox").first).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("key", ["Enter", "ArrowDown", "Escape"])
def test_the_key_that_confirms_a_composition_is_no_command(page: Page, site: str, key: str) -> None:
    box = open_box(page, site)
    offered(page, box, "track")
    box.press("ArrowDown")
    before = page.url

    assert box.evaluate(CONFIRMING, key) is False

    page.wait_for_timeout(200)
    assert page.url == before
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")


def test_every_script_that_listens_to_keys_leaves_those_of_an_input_method_alone() -> None:
    listening = {
        path.name: path.read_text("utf-8")
        for path in STATIC.glob("js/*.js")
        if re.search(r"""["'](?:keydown|keyup|keypress)["']|onkey""", path.read_text("utf-8"))
    }

    assert {"suggest.js", "agent.js"} <= set(listening)
    assert [name for name, text in listening.items() if "belongsToInputMethod(event)" not in text] == []
