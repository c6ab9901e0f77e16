"""The editors' pages in a real browser: fixes by one click in both languages, nothing typed lost, and how they look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from indexer.articles.loading import load_tree
from indexer.build.pipeline import build_generation
from kb.accounts.model import Role, User
from kb.clock import SystemClock
from kb.curation.model import Match, ResultAction
from kb.curation.store import CurationStore
from kb.events import Event, Reason, Verdict
from kb.model import ArticleId, ArticleKey, Language
from kb.statistics.rollups import roll_up
from kb.storage.database import open_database
from kb.storage.event_log import append_many
from kb.storage.generations import GenerationStore
from tests.article_trees import article, valid_tree, write_tree
from tests.browser.agents import served, watched
from tests.factories import HashingEmbedder
from tests.stories import NOON, Story, seen
from tests.web.conftest import build_site, site_tree
from tests.web.desk import accounts_of, make_person, with_desk
from tests.web.small_services import analyzer
from web.desk.access import SESSION_COOKIE
from web.services import Services

pytestmark = pytest.mark.browser
QUEUES = ("unanswered", "unopened", "disliked", "contacted", "overdue", "untranslated")
APPLE = "زرقل آبل"  # invented: Apple
# Queries of invented words, and the article that their readers found by another search.
FAILING = {Language.EN: ("zorgle", "track-order"), Language.AR: ("زرجل", "reset-password")}

OLD = article("Old text.", id="old", title="Old news", questions="[old news]", review_by="2026-11-05")


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk with queues in which something stands.

    Attributes:
        people: An editor who reads Arabic and one who reads English.
    """

    app: Flask
    address: str
    people: dict[Language, User]

    def sign_in(self, page: Page, lang: Language, theme: str = "light") -> None:
        """Give the tab a session of the editor of a language."""
        secret = accounts_of(self.app).sign_in.open(self.people[lang]).secret
        for name, value in ((SESSION_COOKIE, secret), ("theme", theme)):
            page.context.add_cookies([{"name": name, "value": value, "url": self.address}])

    def open_item(self, page: Page, title: str, queue: str = "unanswered") -> None:
        """Open an item of a queue by its title."""
        page.goto(f"{self.address}/desk/editor/queues/{queue}")
        page.locator("main table").get_by_role("link", name=title, exact=True).click()
        page.wait_for_url("**/queues/*/*")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root: Path = tmp_path_factory.mktemp("editor")
    clock = SystemClock()
    services: Services = build_site(
        root,
        write_tree(root / "articles", site_tree() | {"en/account/old.md": OLD}),
        site_url="http://127.0.0.1",
        k_anonymity=2,
    ).extensions["dalil"]
    engine = open_database(f"sqlite:///{root / 'dalil.db'}")
    app = with_desk(services, engine, clock)
    rules = app.extensions["dalil"].curation
    happened = [event for story in stories() for event in story.events] + votes_on(services)
    append_many(engine, [replace(event, at=event.at - NOON + clock.now() - timedelta(hours=1)) for event in happened])
    roll_up(engine, clock)
    decide(rules)
    build_generation(
        GenerationStore(services.settings.candidate_dir, clock),
        load_tree(write_tree(root / "fewer", valid_tree())),
        analyzer(),
        HashingEmbedder(),
    )
    people = {lang: make_person(app, Role.EDITOR, login=f"editor-{lang}", lang=lang) for lang in Language}
    with served(app) as address:
        yield Desk(app, address, people)
    engine.dispose()


def stories() -> list[Story]:
    """Return what readers did: each queue of queries has something in both languages."""
    told: list[Story] = []
    for lang, (query, found) in FAILING.items():
        for visitor in "abc":
            story = Story(f"{visitor}-{query}", lang)
            story.search(0, query, results=0)
            story.click(2, story.search(1, "another try"), article=seen(found, lang=lang))
            told.append(story)
    for visitor in "de":
        story = Story(visitor, Language.AR)
        story.search(0, APPLE, results=0)
        story.click(2, story.search(1, "apple"), article=seen("apple"))
        told.append(story)
    for visitor in "fg":
        story = Story(visitor)
        story.search(0, "password")
        story.view(40, seen("reset-password"))
        story.intent(41)
        story.ticket(42)
        told.append(story)
    return told


def votes_on(services: Services) -> list[Event]:
    """Return votes on the revision that is there now."""
    article = services.snapshots.current().content.article(ArticleKey(ArticleId("reset-password"), Language.EN))
    assert article is not None
    voter = Story("h")
    voter.vote(0, Verdict.UNHELPFUL, seen(revision=article.digest), reason=Reason.UNCLEAR, comment="Which page is it?")
    return list(voter.events)


def decide(rules: CurationStore) -> None:
    """Add a rule of each kind; one pins an article that readers cannot see."""
    rules.add_synonyms(("wifi", "واي فاي"), (), lang=None, by="reem", why="said in calls")  # wifi
    rules.add_result(
        ResultAction.PIN, "refund", ArticleId("coming"), match=Match.WORDS, lang=None, by="reem", why="soon"
    )
    rules.add_redirect(Language.EN, "lost-parcel-2019", ArticleId("track-order"), by="reem")


@pytest.mark.parametrize(
    ("lang", "theme", "width"),
    [(Language.AR, "dark", 360), (Language.EN, "light", 1280)],
)
def test_every_page_is_accessible_and_fits(
    chromium: Browser, desk: Desk, lang: Language, theme: str, width: int
) -> None:
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        violations = Axe().run(page).response["violations"]
        found[name] = [f"{each['id']}: {each['nodes'][0]['html']}" for each in violations]
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            found[name].append(f"{needed} px wide")

    with watched(chromium, bypass_csp=True, viewport={"width": width, "height": 800}) as page:
        desk.sign_in(page, lang, theme)
        for path in ("/desk/editor/", "/desk/curation/", *(f"/desk/editor/queues/{queue}" for queue in QUEUES)):
            page.goto(desk.address + path)
            look(path)
        for queue in QUEUES:
            page.goto(f"{desk.address}/desk/editor/queues/{queue}")
            page.locator("main table a").first.click()
            page.wait_for_url("**/queues/*/*")
            look(f"item of {queue}")
        page.goto(f"{desk.address}/desk/editor/replay")
        page.locator("select[name=index]").select_option(index=1)
        page.locator("form[action$=replay] .button-primary").click()
        page.locator("#outcome").wait_for()
        look("replay")

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("lang", Language)
def test_each_fix_takes_one_click(chromium: Browser, desk: Desk, lang: Language) -> None:
    query, found = FAILING[lang]
    with watched(chromium) as page:
        desk.sign_in(page, lang)
        desk.open_item(page, query)
        first = page.locator("form.editor-fix").first
        first.get_by_role("button").click()
        expect(page.locator(".notice-success")).to_contain_text(query)

        with page.expect_download() as downloading:
            page.locator(f"a[href$='draft-{lang}.md']").click()
        draft = Path(downloading.value.path()).read_text("utf-8")
        assert "status: draft" in draft
        assert query in draft

        with page.expect_download() as downloading:
            page.locator(f"a[href$='/articles/{lang}/{found}.md']").first.click()
        assert Path(downloading.value.path()).read_text("utf-8").startswith("---")

        page.locator("summary").last.click()
        pin = page.locator("details form[action$='/pin']").last
        pin.locator("input[name=article]").fill(found)
        pin.get_by_role("button").click()
        expect(page.locator(".notice").first).to_contain_text(query)


@pytest.mark.parametrize("lang", Language)
def test_a_translation_is_asked_for_by_one_click(chromium: Browser, desk: Desk, lang: Language) -> None:
    with watched(chromium) as page:
        desk.sign_in(page, lang)
        desk.open_item(page, APPLE)
        page.locator("form[action$='/translation'] button").click()
        page.wait_for_url("**/queues/untranslated/*")
        expect(page.locator("a[href$='draft-ar.md']")).to_be_visible()


@pytest.mark.parametrize("lang", Language)
def test_what_was_typed_into_a_refused_fix_is_still_there(chromium: Browser, desk: Desk, lang: Language) -> None:
    with watched(chromium) as page:
        desk.sign_in(page, lang)
        desk.open_item(page, APPLE)
        page.locator("summary").last.click()
        pin = page.locator("details form[action$='/pin']").last
        pin.locator("input[name=article]").fill("nothing-like-it")
        pin.locator("textarea").fill("one wording\nanother wording")
        pin.get_by_role("button").click()

        expect(page.locator(".notice-error")).to_be_visible()
        expect(pin.locator("input[name=article]")).to_have_value("nothing-like-it")
        expect(pin.locator("textarea")).to_have_value("one wording\nanother wording")
