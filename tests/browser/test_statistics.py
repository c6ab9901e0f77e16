"""The statistics in a real browser: charts under the policy, tables without scripts, paper."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from kb.accounts.model import Role, User
from kb.clock import FixedClock, SystemClock
from kb.model import Language
from kb.statistics.rollups import roll_up
from kb.storage.database import open_database
from kb.storage.event_log import append_many
from scripts.simulation.scenario import Scenario
from scripts.simulation.world import simulate
from tests.article_trees import write_tree
from tests.browser.agents import served, watched
from tests.browser.waiting import wait_until
from tests.web.conftest import build_site, site_tree
from tests.web.desk import accounts_of, make_person, with_desk
from web.desk.access import SESSION_COOKIE

pytestmark = pytest.mark.browser
PERIOD = "period=2026-09-01..2026-09-14"
PLACES = ("", "parts", "searches", "articles", "report")


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk with figures of simulated visitors.

    Attributes:
        people: A manager who reads Arabic and one who reads English.
    """

    app: Flask
    address: str
    people: dict[Language, User]

    def open(self, page: Page, place: str, lang: Language, theme: str = "light") -> None:
        """Open a page of the statistics as the manager of a language."""
        secret = accounts_of(self.app).sign_in.open(self.people[lang]).secret
        for name, value in ((SESSION_COOKIE, secret), ("theme", theme)):
            page.context.add_cookies([{"name": name, "value": value, "url": self.address}])
        page.goto(f"{self.address}/desk/stats/{place}?{PERIOD}")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root: Path = tmp_path_factory.mktemp("statistics")
    engine = open_database(f"sqlite:///{root / 'dalil.db'}")
    world = simulate(Scenario(people=400, holdout=0.3), random.Random(7))
    append_many(engine, world.events)
    roll_up(engine, FixedClock(world.events[-1].at))
    site = build_site(root, write_tree(root / "articles", site_tree()))
    app = with_desk(site.extensions["dalil"], engine, SystemClock())
    people = {lang: make_person(app, Role.MANAGER, login=f"reem-{lang}", lang=lang) for lang in Language}
    with served(app) as address:
        yield Desk(app, address, people)
    engine.dispose()


@pytest.mark.parametrize(("lang", "theme"), [(Language.AR, "dark"), (Language.EN, "light")])
def test_every_page_is_accessible_and_fits_a_telephone(
    chromium: Browser, desk: Desk, lang: Language, theme: str
) -> None:
    with watched(chromium, viewport={"width": 360, "height": 800}) as page:
        for place in PLACES:
            desk.open(page, place, lang, theme)
            assert Axe().run(page).response["violations"] == [], place
            assert page.evaluate("document.querySelector('main').scrollWidth") <= 360, place


def test_charts_are_drawn_under_the_policy_and_tables_open_on_demand(chromium: Browser, desk: Desk) -> None:
    with watched(chromium, viewport={"width": 1280, "height": 900}) as page:
        desk.open(page, "", Language.EN)
        panel = page.locator("section.stats-panel", has=page.get_by_role("heading", name="Deflection over time"))

        expect(panel.get_by_role("img", name="Deflection over time")).to_be_visible()
        expect(panel.get_by_role("table")).to_be_hidden()
        assert page.evaluate("Chart.getChart(document.querySelector('canvas')).data.datasets.length") == 2

        panel.get_by_text("Table", exact=True).click()
        expect(panel.get_by_role("table")).to_be_visible()


@pytest.mark.parametrize(("lang", "mirrored"), [(Language.AR, True), (Language.EN, False)])
def test_time_runs_in_the_direction_of_reading(
    chromium: Browser, desk: Desk, lang: Language, *, mirrored: bool
) -> None:
    with watched(chromium) as page:
        desk.open(page, "", lang)
        expect(page.locator("canvas").first).to_be_visible()
        first_day, last_day = page.evaluate(
            "(() => { const chart = Chart.getChart(document.querySelector('canvas'));"
            "return [chart.scales.x.getPixelForValue(0), chart.scales.x.getPixelForValue(chart.data.labels.length - 1)]"
            "})()"
        )

        assert (first_day > last_day) is mirrored


def test_signing_out_is_not_taken_for_a_change_of_theme(chromium: Browser, desk: Desk) -> None:
    with watched(chromium) as page:
        desk.open(page, "parts", Language.AR)
        page.locator("form[action$='/sign-out'] button").click()
        page.wait_for_url("**/desk/sign-in**")


def test_a_change_of_theme_changes_the_chart(chromium: Browser, desk: Desk) -> None:
    colour = "Chart.getChart(document.querySelector('canvas')).options.scales.x.ticks.color"
    with watched(chromium) as page:
        desk.open(page, "", Language.EN)
        expect(page.locator("canvas").first).to_be_visible()
        before = page.evaluate(colour)
        page.get_by_role("button", name="Use dark colours").click()
        wait_until(page, f"{colour} !== '{before}'")


def test_without_scripts_the_tables_say_it_all(chromium: Browser, desk: Desk) -> None:
    with watched(chromium, java_script_enabled=False) as page:
        desk.open(page, "", Language.EN)

        expect(page.locator("canvas").first).to_be_hidden()
        expect(page.get_by_role("table", name="Deflection over time")).to_be_visible()
        page.locator("#figure-deflection summary").click()
        expect(page.locator("#figure-deflection").get_by_text("Denominator")).to_be_visible()


def test_paper_holds_the_report_with_charts_and_tables(chromium: Browser, desk: Desk) -> None:
    with watched(chromium) as page:
        desk.open(page, "report", Language.EN, "dark")
        expect(page.locator("canvas").first).to_be_visible()

        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")

        expect(page.get_by_role("table", name="Deflection over time")).to_be_visible()
        expect(page.get_by_role("heading", name="Self-service report")).to_be_visible()
        expect(page.get_by_role("button", name="Show")).to_be_hidden()
        assert len(page.pdf()) > 50_000
