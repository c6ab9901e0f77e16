"""Every shortcut of every page is pressed, and does what the page says it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.accounts.model import User
from kb.agents.shelf import ShelfKind
from kb.clock import SystemClock
from kb.events import LinkSent
from kb.storage.generations import GenerationStore
from tests.article_trees import write_tree
from tests.browser.agents import served, watched
from tests.web.agent_site import AgentSite, open_agent_site
from tests.web.conftest import build_site, site_tree
from tests.web.desk import accounts_of
from web.desk.access import SESSION_COOKIE

pytestmark = pytest.mark.browser
WEB = Path(__file__).parents[2] / "web"
OWN_TESTS = {
    "suggest.js": "test_public_pages.py",
    "panel.js": "test_panel.py",
    "widget.js": "test_widget.py",
}
"""Scripts that listen to keys whose tests press them: those of the search boxes and of other sites' pages."""

Check = Callable[[Page, AgentSite], None]
Opened = tuple[str, AgentSite]


def agent_of(site: AgentSite) -> User:
    user = accounts_of(site.app).people.by_login("reem")
    assert user is not None
    return user


def copied(kind: str) -> Check:
    def check(page: Page, site: AgentSite) -> None:
        expect(page.locator("[data-status]")).to_have_text("Copied")
        kept = page.locator(f"[data-copied={kind}]").input_value()
        assert page.evaluate("navigator.clipboard.readText()").strip() == kept.strip()
        assert any(sent.link in kept for sent in site.events(LinkSent))

    return check


def kept_as_favourite(page: Page, site: AgentSite) -> None:
    expect(page.locator("[data-status]")).to_have_text("Kept among your favourites")
    chosen = page.locator("[data-hit] h3 button").first.get_attribute("value")
    assert [f"{key.lang}.{key.id}" for key in site.tools.shelf.articles(agent_of(site).id, ShelfKind.FAVOURITE)] == [
        chosen
    ]
    expect(page.locator("[data-hit] h3 button").first).to_be_focused()


def focused(row: int) -> Check:
    return lambda page, site: expect(page.locator("[data-hit] h3 button").nth(row)).to_be_focused()


def read(page: Page, site: AgentSite) -> None:
    expect(page.locator("[data-part=preview]").get_by_role("heading").first).to_be_visible()


def at_the_message(page: Page, site: AgentSite) -> None:
    expect(page.get_by_label("The customer's message")).to_be_focused()


PRESSED: dict[str, tuple[tuple[str, ...], Check]] = {
    "L": (("l",), copied("link")),
    "T": (("t",), copied("text")),
    "M": (("m",), copied("markdown")),
    "H": (("h",), copied("html")),
    "F": (("f",), kept_as_favourite),
    "J": (("j",), focused(1)),
    "K": (("j", "k"), focused(0)),
    "ArrowDown": (("ArrowDown",), focused(1)),
    "ArrowUp": (("ArrowDown", "ArrowUp"), focused(0)),
    "Enter": (("Enter",), read),
    "Esc": (("Escape",), at_the_message),
    "Ctrl+Enter": (("Escape", "Control+Enter"), focused(0)),
    "Meta+Enter": (("Escape", "Meta+Enter"), focused(0)),
}
"""Every shortcut of the agents' page: what is pressed while the first result has the focus, and what it does."""

_ON_AN_ARABIC_KEYBOARD = {"l": "م", "t": "ف", "m": "ة", "h": "ا", "f": "ب", "j": "ت", "k": "ن"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    root: Path = tmp_path_factory.mktemp("shortcuts")
    build_site(root, write_tree(root / "articles", site_tree()))
    site = open_agent_site(GenerationStore(root / "var" / "index", SystemClock()), root, SystemClock())
    site.agent(login="reem")
    with served(site.app) as address:
        yield address, site


@pytest.fixture(scope="module")
def results(chromium: Browser, desk: Opened) -> Iterator[Page]:
    """The agents' page with results."""
    address, site = desk
    secret = accounts_of(site.app).sign_in.open(agent_of(site)).secret
    with watched(chromium, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": address}])
        page.goto(f"{address}/desk/agent")
        page.get_by_label("The customer's message").fill("I want to reset my password for my order.")
        page.get_by_role("button", name="Find articles").click()
        expect(page.locator("[data-hit] h3 button").first).to_be_focused()
        yield page


@pytest.fixture
def first(results: Page, desk: Opened) -> Page:
    """The same, as if nothing had been pressed yet: the first result has the focus."""
    site = desk[1]
    for key in site.tools.shelf.articles(agent_of(site).id, ShelfKind.FAVOURITE):
        site.tools.shelf.drop(agent_of(site).id, key)
    clear = "for (const each of document.querySelectorAll('[data-status], [data-place]')) each.replaceChildren()"
    results.evaluate(f"{clear}; document.querySelector('[data-hit] h3 button').focus()")
    return results


@pytest.mark.parametrize("name", PRESSED)
def test_each_key_does_what_it_says(first: Page, desk: Opened, name: str) -> None:
    keys, check = PRESSED[name]
    for key in keys:
        first.keyboard.press(key)
    check(first, desk[1])


@pytest.mark.parametrize("name", [name for name in PRESSED if len(name) == 1])
def test_letters_work_by_their_place_on_an_arabic_keyboard(first: Page, desk: Opened, name: str) -> None:
    keys, check = PRESSED[name]
    for key in keys:
        pressed = {"key": _ON_AN_ARABIC_KEYBOARD[key], "code": f"Key{key.upper()}", "bubbles": True}
        first.evaluate("init => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', init))", pressed)
    check(first, desk[1])


def test_presses_in_a_row_are_all_done(first: Page, desk: Opened) -> None:
    for key in ("f", "j", "f", "Enter"):
        first.keyboard.press(key)
    second = first.locator("[data-hit] h3 button").nth(1).inner_text()
    expect(first.locator("[data-part=preview]").get_by_role("heading", name=second)).to_be_visible()
    expect(first.get_by_role("button", name="Remove from favourites")).to_be_visible()
    assert len(desk[1].tools.shelf.articles(agent_of(desk[1]).id, ShelfKind.FAVOURITE)) == 2


def test_every_key_that_a_page_names_or_a_script_knows_is_pressed() -> None:
    templates = "\n".join(path.read_text("utf-8") for path in sorted(WEB.glob("templates/**/*.html")))
    named = set(re.findall(r"<kbd>([^<]+)</kbd>", templates)) | set(
        re.findall(r'aria-keyshortcuts="([^"]+)"', templates)
    )
    assert named - set(PRESSED) == {"Ctrl"}  # goes with Enter

    scripts = {path.name: path.read_text("utf-8") for path in sorted((WEB / "static/js").glob("*.js"))}
    listening = {
        name for name, text in scripts.items() if re.search(r"addEventListener\(\s*.key|onkey|accesskey", text, re.I)
    }
    assert listening - set(OWN_TESTS) == {"agent.js"}
    for name in listening & set(OWN_TESTS):
        for key in set(re.findall(r'\.key === "(\w+)"', scripts[name])):
            assert f'"{key}"' in (Path(__file__).parent / OWN_TESTS[name]).read_text("utf-8"), (name, key)

    agent = scripts["agent.js"]
    letters = (
        re.findall(r"\b([a-z]): \"\[", agent)
        + re.findall(r"\b([jk]): ", agent)
        + re.findall(r'letter === "(\w)"', agent)
    )
    arrows = [f"Arrow{each.capitalize()}" for each in re.findall(r"\barrow(\w+):", agent)]
    assert {letter.upper() for letter in letters} | set(arrows) | {"Enter", "Esc", "Ctrl+Enter", "Meta+Enter"} == set(
        PRESSED
    )
