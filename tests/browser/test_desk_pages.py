"""Every page of the desk on a telephone, in both languages, for people with long names; forms that come too late."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from kb.accounts.model import Role, Scope, User
from kb.clock import SystemClock
from kb.events import Reason, Verdict
from kb.model import Language
from kb.statistics.rollups import roll_up
from kb.storage.event_log import append_many
from kb.storage.generations import GenerationStore
from tests.article_trees import write_tree
from tests.browser.agents import served, watched
from tests.long_words import ADDRESS, GERMAN, KASHIDA, LAUGHTER, NAMES, WORDS, long_tree, misfits
from tests.stories import NOON, Story, seen
from tests.web.agent_site import open_agent_site
from tests.web.conftest import build_site
from tests.web.desk import PASSWORD, accounts_of
from web.desk.access import SESSION_COOKIE
from web.services import Services

pytestmark = pytest.mark.browser

WIDTHS = (360, 320)
MESSAGES = {Language.EN: f"what is {GERMAN}? {ADDRESS}", Language.AR: f"وين طلبي؟ {LAUGHTER}"}  # where is my order?
PAGES = (
    "/desk/",
    "/desk/account",
    "/desk/people",
    "/desk/people/{user}",
    "/desk/invitation/{invitation}",
    "/desk/signed-in",
    "/desk/agent",
    "/desk/articles/",
    "/desk/agent/replies",
    "/desk/agent/replies/new",
    "/desk/curation/",
    "/desk/editor/",
    "/desk/editor/queues/unanswered",
    "{item}",
    "/desk/editor/replay",
    "/desk/nothing-here",
)
STATISTICS = ("", "parts", "searches", "articles", "report")
"""Their accessibility is looked at in tests/browser/test_statistics.py."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk with everything that a site can have."""

    app: Flask
    address: str
    people: dict[Language, User]

    def sign_in(self, page: Page, lang: Language) -> None:
        """Give the tab a session of the person of a language."""
        secret = accounts_of(self.app).sign_in.open(self.people[lang]).secret
        page.context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": self.address}])

    def item(self, page: Page) -> str:
        """Return the address of the first item of the first queue."""
        page.goto(f"{self.address}/desk/editor/queues/unanswered")
        link = page.locator("main a[href*='/queues/unanswered/']").first
        return re.sub(r"\?.*", "", link.get_attribute("href") or "")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root: Path = tmp_path_factory.mktemp("desk-pages")
    clock = SystemClock()
    build_site(root, write_tree(root / "articles", long_tree()))
    site = open_agent_site(GenerationStore(root / "var" / "index", clock), root, clock, k_anonymity=2)
    services: Services = site.app.extensions["dalil"]
    app = site.app
    fill(app, services, clock)
    people = {lang: person(app, lang) for lang in Language}
    with served(app) as address:
        yield Desk(app, address, people)


def fill(app: Flask, services: Services, clock: SystemClock) -> None:
    """Let something have happened: queries that failed, rules, a reply, all in words that no line can hold."""
    stories = [Story(visitor) for visitor in "abc"]
    for story in stories:
        for minute, word in enumerate(WORDS):
            story.search(minute, word, results=0)
            story.search(minute + 0.5, f"what is {word}")
        article = seen("word-1", category="long")
        story.click(20, story.search(19, GERMAN), article=article)
        story.vote(21, Verdict.UNHELPFUL, article, reason=Reason.WRONG, comment=f"{ADDRESS} {LAUGHTER}")
    told = [event for story in stories for event in story.events]
    append_many(services.engine, [replace(event, at=event.at - NOON + clock.now()) for event in told])
    roll_up(services.engine, clock)
    services.curation.add_synonyms((GERMAN, LAUGHTER), (), lang=None, by="reem", why=ADDRESS)
    services.agents.replies.add(Language.AR, KASHIDA, f"{{name}} {ADDRESS}", NAMES[Language.AR])


def person(app: Flask, lang: Language) -> User:
    """Make a person who may do everything, with a token."""
    accounts = accounts_of(app)
    login = f"someone.{lang}@{GERMAN[:40].lower()}.example"
    user = accounts.people.add(login, NAMES[lang], list(Role), lang)
    accounts.people.set_password(user.id, PASSWORD)
    accounts.tokens.issue(user, GERMAN[:60], (Scope.AGENT,))
    return user


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page that is open: accessibility, and what does not fit."""
    violations = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in violations] + misfits(page, *WIDTHS)


@pytest.mark.parametrize(("lang", "theme"), [(Language.AR, "dark"), (Language.EN, "light")])
def test_every_page_fits_a_telephone_and_is_accessible(
    chromium: Browser, desk: Desk, lang: Language, theme: str
) -> None:
    found: dict[str, list[str]] = {}
    with watched(chromium, bypass_csp=True, viewport={"width": WIDTHS[0], "height": 740}) as page:
        page.context.add_cookies([{"name": "theme", "value": theme, "url": desk.address}])
        page.goto(f"{desk.address}/desk/sign-in")
        found["sign-in"] = faults(page)
        desk.sign_in(page, lang)
        places = {
            "user": desk.people[lang].id,
            "invitation": accounts_of(desk.app).people.invite(desk.people[lang.other].id),
            "item": desk.item(page),
        }
        for path in PAGES:
            page.goto(desk.address + path.format_map(places))
            found[path] = faults(page)
        for place in STATISTICS:
            page.goto(f"{desk.address}/desk/stats/{place}")
            found[f"statistics {place}"] = misfits(page, *WIDTHS)
        page.goto(f"{desk.address}/desk/agent")
        page.locator("#message").fill(MESSAGES[lang])
        page.locator("#agent-form .button-primary").click()
        page.locator("[data-copy=markdown]").first.click()
        page.locator("[data-part=handout]").wait_for()
        page.locator("[data-hit] h3 button").first.click()
        page.locator("[data-part=preview]").wait_for()
        found["agent"] = faults(page)
        page.context.clear_cookies(name=SESSION_COOKIE)
        page.locator("#agent-form .button-primary").click()
        page.locator("[id^=kept-]").first.wait_for()
        found["kept"] = faults(page)

    assert {place: wrong for place, wrong in found.items() if wrong} == {}


def test_without_scripts_an_editors_note_outlives_the_session(chromium: Browser, desk: Desk) -> None:
    with watched(chromium, java_script_enabled=False) as page:
        desk.sign_in(page, Language.EN)
        item = desk.address + desk.item(page)
        page.goto(item)
        page.get_by_label("Note for your colleagues").fill("Ask the courier\nand write it down")
        page.context.clear_cookies(name=SESSION_COOKIE)
        page.locator("section[aria-labelledby=work] .button-primary").click()

        expect(page.get_by_label("What you typed")).to_have_value("Ask the courier\nand write it down")
        page.get_by_role("button", name="Send again").click()  # too early: nothing is lost by it
        expect(page.get_by_label("What you typed")).to_have_value("Ask the courier\nand write it down")
        desk.sign_in(page, Language.EN)
        page.get_by_role("button", name="Send again").click()

        expect(page).to_have_url(item)
        expect(page.get_by_label("Note for your colleagues")).to_have_value("Ask the courier\nand write it down")
