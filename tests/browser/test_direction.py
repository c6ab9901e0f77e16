"""What readers see of mixed texts, by the place of every character on the screen, wherever such texts stand."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from kb.clock import SystemClock
from kb.language import direction
from kb.language.direction import Direction, RunKind, direction_of_unknown, runs
from kb.model import Language
from kb.storage.generations import GenerationStore
from tests.article_trees import article, valid_tree, write_tree
from tests.browser.agents import served, stranger, watched
from tests.direction_pictures import SEEN_JS, as_seen, pictures
from tests.web.conftest import build_site
from tests.web.reader_site import BROWSER, open_site

pytestmark = pytest.mark.browser

AR, EN = Language.AR, Language.EN
CONTROLS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ALL: Final = pictures()
TITLES: Final = [each for each in ALL if each.lang]
ELEMENTS: Final = {RunKind.TEXT: "", RunKind.ISOLATED: "bdi", RunKind.FORCED: "bdo"}
SITE_NAMES: Final = {AR: "بيدر", EN: "Baydar"}  # threshing floor


def markdown(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]()#+\-!])", r"\\\1", text)


def tree() -> dict[str, str | bytes]:
    """Return one article a text, which is its title and summary, and one article a language that holds all of them."""
    files = dict(valid_tree())
    for number, each in enumerate(TITLES):
        files[f"{each.lang}/orders/text-{number}.md"] = article(
            "…", id=f"text-{number}", title=json.dumps(each.text), summary=json.dumps(each.text), questions=None
        )
    for lang in Language:
        texts = [markdown(each.text) for each in TITLES if each.lang is lang]
        body = "\n\n".join(texts) + "\n\n" + "\n".join(f"* {text}" for text in texts)
        rows = "\n".join(f"| {text} | {text} |" for text in texts)
        files[f"{lang}/account/all.md"] = article(
            f"{body}\n\n| a | b |\n|---|---|\n{rows}\n", id=f"all-{lang}", title="all", questions=None
        )
    return files


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    root = tmp_path_factory.mktemp("direction")
    build_site(root, write_tree(root / "articles", tree()))
    store = GenerationStore(root / "var" / "index", SystemClock())
    return open_site(store, root, SystemClock()).app


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as served_at:
        yield served_at


@pytest.fixture
def wide(chromium: Browser) -> Iterator[Page]:
    with watched(chromium, user_agent=BROWSER, viewport={"width": 1600, "height": 1000}) as page:
        yield page


def bare(text: str) -> str:
    return " ".join(CONTROLS.sub("", text).split())


BY_TEXT: Final = {bare(each.text): each for each in ALL}


def wrong_in(elements: Locator, least: int) -> list[str]:
    """Return which elements do not show the picture of their text; at least so many must be such texts."""
    # A text that is broken into lines has no one picture.
    shown = elements.evaluate_all(
        f"""all => all.map((one) => {{
          const range = document.createRange();
          range.selectNodeContents(one);
          const tops = [...range.getClientRects()].map((box) => Math.round((box.top + box.bottom) / 24));
          return [one.textContent, ({SEEN_JS})(one), Math.max(...tops) - Math.min(...tops)];
        }})"""
    )
    known = [(BY_TEXT[bare(text)], seen) for text, seen, lines in shown if bare(text) in BY_TEXT and lines < 2]
    assert len({each.name for each, _ in known}) >= least, [each[0] for each in shown]
    return [f"{each.name}: {as_seen(seen)}" for each, seen in known if as_seen(seen) != as_seen(each.picture)]


def wrong_in_the_end(elements: Locator, least: int) -> list[str]:
    """Return what is still wrong after at most two seconds, in a list that scripts draw anew."""
    for _ in range(20):
        if not (wrong := wrong_in(elements, least)):
            return []
        elements.page.wait_for_timeout(100)
    return wrong


@pytest.mark.parametrize(("lang", "least"), [(AR, 52), (EN, 4)])
def test_lists_of_articles(wide: Page, address: str, lang: Language, least: int) -> None:
    wide.goto(f"{address}/{lang}/categories/orders")

    assert wrong_in(wide.locator(".article-row a"), least) == []
    assert wrong_in(wide.locator(".article-row p"), least) == []


@pytest.mark.parametrize(("lang", "least"), [(AR, 52), (EN, 4)])
def test_bodies_of_articles(wide: Page, address: str, lang: Language, least: int) -> None:
    wide.goto(f"{address}/{lang}/articles/all")

    for place in (".prose > p", ".prose li", ".prose td:first-child"):
        assert wrong_in(wide.locator(place), least) == [], place


def test_headings_of_articles_and_what_stands_around_them(wide: Page, address: str) -> None:
    for number in (0, 8, 21, 44):
        wide.goto(f"{address}/{TITLES[number].lang}/articles/text-{number}")
        for place in ("h1", ".lede", ".breadcrumbs [aria-current]"):
            assert wrong_in(wide.locator(place), 1) == [], place


@pytest.mark.parametrize("rule", ['dir="auto"', 'style="unicode-bidi: plaintext"'], ids=["auto", "plaintext"])
def test_titles_and_descriptions_in_places_without_markup(wide: Page, address: str, app: Flask, rule: str) -> None:
    """A tab, a chat's preview and a feed reader know nothing but the text, and go by its first letter."""
    client, expected, lines = app.test_client(), [], []
    feeds = {lang: client.get(f"/{lang}/feed.xml").text for lang in Language}
    for number, each in enumerate(TITLES):
        assert each.lang
        page = client.get(f"/{each.lang}/articles/text-{number}").text
        title, described, shared = (
            unescape(re.findall(pattern, page)[0])
            for pattern in ("<title>(.*?)</title>", 'name="description" content="(.*?)"', 'og:title" content="(.*?)"')
        )
        feed = re.findall(rf"<title>([^<]*)</title>\n<id>[^<]*/text-{number}</id>", feeds[each.lang])
        name = as_seen(SITE_NAMES[each.lang])
        picture = as_seen(each.picture)
        expected += [f"{name} · {picture}" if each.lang is AR else f"{picture} · {name}", picture, picture]
        lines += [title, described, shared]
        if feed:  # it holds the newest ones only
            expected.append(picture)
            lines.append(unescape(feed[0]))
    html = "".join(f"<div {rule}>{escape(line)}</div>" for line in lines)
    wide.set_content(f"<!doctype html><meta charset=utf-8><body style='font-size:12px;white-space:nowrap'>{html}")
    seen = wide.locator("div").evaluate_all(f"all => all.map({SEEN_JS})")
    assert len(seen) > 3 * len(TITLES)
    wrong = [
        (ascii(line), as_seen(shown))
        for line, shown, picture in zip(lines, seen, expected, strict=True)
        # Marks behind an address would become part of it, so its last sign may fall to the wrong side here.
        if as_seen(shown) != picture and "/ar/" not in line
    ]
    assert wrong == []


def test_results_and_snippets_that_marks_cut_through(wide: Page, address: str) -> None:
    shown: set[str] = set()
    for question in ("رقم المتجر 555", "الحرارة -5", "السعر 150 SAR", "حتى 12", "زر shop", "الطلب #90417", "Save"):
        wide.goto(f"{address}/ar/search?q={quote(question)}")
        assert wrong_in(wide.locator(".result-title"), 1) == []
        assert wrong_in(wide.locator(".result-snippet"), 1) == []
        shown |= set(wide.locator(".result-title:has(bdi mark), .result-title:has(bdo mark)").all_inner_texts())
    assert len(shown) >= 5


def test_questions_are_repeated_in_their_order_inside_marks_of_the_page(wide: Page, address: str) -> None:
    for each in ALL:
        if each.lang is None:
            wide.goto(f"{address}/ar/search?q={quote(each.text)}")
            box = wide.get_by_role("searchbox", name="").or_(wide.get_by_role("combobox")).first
            expect(box).to_have_attribute("dir", each.direction)
            quoted = wide.locator(".results-summary, .no-answer h2").first
            assert f"«{bare(each.text)}»" in bare(quoted.inner_text())
            assert wrong_in(quoted.locator("bdi").first, 1) == []
    wide.goto(f"{address}/en/search?q={quote('كلمة السر')}")  # password
    seen = wide.locator(".results-summary, .no-answer h2").first.evaluate(SEEN_JS)
    assert "“· ·”" in as_seen(seen)


def test_suggestions(wide: Page, address: str) -> None:
    wide.goto(f"{address}/ar/")
    for typed in ("السعر", "الحرارة", "حتى", "زر"):
        with wide.expect_response("**/api/v1/suggest?*"):
            wide.locator("#search").fill(typed)
        expect(wide.locator(".suggestion mark").first).to_have_text(typed)
        assert wrong_in(wide.locator(".suggestion bdi[dir=rtl]"), 1) == []


def test_fields_take_the_direction_of_what_is_typed(wide: Page, address: str) -> None:
    wide.goto(f"{address}/ar/contact")
    subject = wide.locator("[name=subject]")
    expect(subject).to_have_attribute("dir", "rtl")
    for each in ALL:
        if each.lang is None:
            subject.fill(each.text)
            expect(subject).to_have_attribute("dir", each.direction)


def test_the_widget(chromium: Browser, tmp_path: Path) -> None:
    build_site(tmp_path, write_tree(tmp_path / "articles", tree()))
    help_centre = ""

    def shop(lang: str) -> tuple[str, str]:
        html = f'<!doctype html><html lang="{lang}"><body><script src="{help_centre}/widget.js" async></script>'
        return html, f"default-src 'none'; script-src {help_centre}; connect-src {help_centre}"

    store = GenerationStore(tmp_path / "var" / "index", SystemClock())
    with served(stranger(shop)) as shop_address:
        site = open_site(store, tmp_path, SystemClock(), widget_origins=shop_address)
        with (
            served(site.app) as help_centre,
            watched(chromium, user_agent=BROWSER, viewport={"width": 1000, "height": 900}) as page,
        ):
            page.goto(f"{shop_address}/ar")
            page.locator(".launch").click()
            for question in ("رقم المتجر 555", "السعر 150 SAR", "حتى 12", "زر shop"):
                page.get_by_role("searchbox").fill(question)
                with page.expect_response("**/api/v1/search?*"):
                    page.keyboard.press("Enter")
                expect(page.locator(".result mark").first).to_be_visible()
                # The list of the question before may still be on its way out.
                assert wrong_in_the_end(page.locator(".result b"), 2) == []
                assert wrong_in_the_end(page.locator(".result p"), 1) == []


def test_scripts_and_pages_agree(wide: Page, address: str) -> None:
    chance = random.Random(7)
    pieces = [*(each.text for each in ALL), " ", "(", ")", "-", "[", "]", "5", "٣", "+", "من", "\u2066", "\u2069", "𝒳"]
    texts = ["".join(chance.choices(pieces, k=chance.randint(1, 4))) for _ in range(400)]
    texts += ["".join(chance.sample(text, len(text))) for text in texts[:200]]
    wide.goto(f"{address}/ar/")
    script = wide.locator("script[src*='js/main.js']").get_attribute("src")
    assert script
    found = wide.evaluate(
        """async ([path, texts]) => {
          const { PATTERNS, runsOf, directionOfTyped } = await import(path);
          return [PATTERNS, texts.map((text) => [runsOf(text), directionOfTyped(text, "rtl")])];
        }""",
        [script.replace("main.js", "direction.js"), texts],
    )

    assert found[0] == {name: getattr(direction, name) for name in found[0]}
    for text, (theirs, way) in zip(texts, found[1], strict=True):
        assert [list(each) for each in theirs] == [[run.text, ELEMENTS[run.kind]] for run in runs(text)]
        assert way == direction_of_unknown(text, Direction.RTL)
