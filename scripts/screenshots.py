"""Pictures of every page in both languages, both themes and both widths: ``python -m scripts.screenshots``.

Starts nothing: give it the address of a running site. ``--desk`` takes the pages of the desk as well, as the person
with that login sees them; the password is read from ``KB_SCREENSHOTS_PASSWORD``. The contact page is sent, so take a
site whose tickets go nowhere. ``--readme`` replaces the pictures of the README instead.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, Route, sync_playwright

from scripts.browser import CHROMIUM, FLAGS

ROOT = Path(__file__).parent.parent
LANGUAGES = ("ar", "en")
THEMES = ("light", "dark")
WIDTHS = (360, 1280)
HEIGHT = 860

# What to ask for on the pages of results: a question of a customer, and one that nothing here answers.
QUESTIONS = {"ar": "نسيت الباسورد", "en": "I forgot my password"}
UNANSWERABLE = {"ar": "طقس الرياض غدا", "en": "weather in Riyadh tomorrow"}
TICKETS = {
    "ar": "السلام عليكم، طلبت شاشة قبل أسبوع برقم BD-2048-7713 ولم تصل حتى الآن. متى تصل؟",  # a screen is a week late
    "en": "Hello, my order BD-2048-7713 of last week has not come yet. When will it?",
}
ADDRESS = "reem@example.com"
TYPED = {"ar": "الغاء", "en": "cancel"}
ARTICLES = {"ar": "حذف-الحساب", "en": "delete-account"}


Act = Callable[[Page, str], None]
"""What is done on a page, in a language, before its picture is taken."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One page to take.

    Attributes:
        path: Below the address of the site.
        act: What is done there first; None: nothing.
        whole: The page to its end, not only what a window shows.
    """

    name: str
    path: str
    act: Act | None = None
    whole: bool = True


def _suggest(page: Page, lang: str) -> None:
    box = page.locator("main input[name=q], .hero input[name=q]").first
    box.press_sequentially(TYPED[lang], delay=30)
    page.locator("[role=option]").first.wait_for()
    box.press("ArrowDown")


def _ask(page: Page, lang: str) -> None:
    page.locator("#subject").fill(QUESTIONS[lang])
    page.locator(".offer").first.wait_for()


def _send_too_early(page: Page, lang: str) -> None:
    page.locator("#message").fill(TICKETS[lang])
    page.locator("#email").fill("reem@example")
    page.locator(".contact-send .button-primary").click()
    page.locator(".field-faults").first.wait_for()


def _send(page: Page, lang: str) -> None:
    page.locator("#subject").fill(QUESTIONS[lang])
    page.locator("#message").fill(TICKETS[lang])
    page.locator("#email").fill(ADDRESS)
    page.locator(".contact-send .button-primary").click()
    page.locator(".contact-reference").wait_for()


def _paste_ticket(page: Page, lang: str) -> None:
    page.locator("#message").fill(TICKETS[lang])
    page.locator("#agent-form .button-primary").click()
    page.locator("[data-first]").click()
    page.locator("[data-part=preview]").wait_for()


def _open_queue(page: Page, lang: str) -> None:
    page.locator("main a[href*='/queues/']").first.click()


def _open_widget(page: Page, lang: str) -> None:
    page.locator(".launch").click()
    page.get_by_role("searchbox").wait_for()


def _search_in_widget(page: Page, lang: str) -> None:
    _open_widget(page, lang)
    page.get_by_role("searchbox").fill(QUESTIONS[lang])
    page.locator(".result").first.wait_for()


def _read_in_widget(page: Page, lang: str) -> None:
    _search_in_widget(page, lang)
    page.locator(".result").first.click()
    page.locator(".body").wait_for()


def _write_in_widget(page: Page, lang: str) -> None:
    _open_widget(page, lang)
    page.locator(".foot button").click()
    page.locator("textarea").wait_for()


def shots(lang: str) -> tuple[Shot, ...]:
    """Return the pages of readers in one language."""
    question = quote(QUESTIONS[lang])
    return (
        Shot("home", f"{lang}/"),
        Shot("suggestions", f"{lang}/", _suggest, whole=False),
        Shot("search", f"{lang}/search?q={question}"),
        Shot("filters", f"{lang}/search?q={question}&category=sign-in&from=2026-13-01"),
        Shot("no-answer", f"{lang}/search?q={quote(UNANSWERABLE[lang])}"),
        Shot("category", f"{lang}/categories/delivery"),
        Shot("article", f"{lang}/articles/{quote(ARTICLES[lang])}"),
        Shot("table", f"{lang}/articles/contact-us"),
        Shot("missing", f"{lang}/nothing-here"),
        Shot("contact", f"{lang}/contact"),
        Shot("contact-offers", f"{lang}/contact", _ask),
        Shot("contact-faults", f"{lang}/contact", _send_too_early),
        Shot("contact-sent", f"{lang}/contact", _send),
        Shot("widget", f"{lang}/widget-on-a-page", _open_widget, whole=False),
        Shot("widget-results", f"{lang}/widget-on-a-page", _search_in_widget, whole=False),
        Shot("widget-article", f"{lang}/widget-on-a-page", _read_in_widget, whole=False),
        Shot("widget-contact", f"{lang}/widget-on-a-page", _write_in_widget, whole=False),
    )


DESK_SHOTS = (
    Shot("desk", "desk/"),
    Shot("account", "desk/account"),
    Shot("people", "desk/people"),
    Shot("agent", "desk/agent"),
    Shot("agent-answers", "desk/agent", _paste_ticket),
    Shot("replies", "desk/agent/replies"),
    Shot("reply", "desk/agent/replies/new"),
    Shot("editor", "desk/editor/"),
    Shot("editor-queue", "desk/editor/", _open_queue),
    Shot("curation", "desk/curation/"),
    Shot("articles", "desk/articles/"),
    Shot("statistics", "desk/stats/"),
    Shot("statistics-parts", "desk/stats/parts"),
    Shot("statistics-searches", "desk/stats/searches"),
    Shot("statistics-articles", "desk/stats/articles"),
    Shot("statistics-report", "desk/stats/report"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description="Take pictures of a running site.")
    parser.add_argument("--site", default="http://127.0.0.1:8000", help="address of the site")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots", help="where the pictures go")
    parser.add_argument("--only", default="", help="names of pages, separated by commas")
    parser.add_argument("--desk", default="", metavar="LOGIN", help="take the pages of the desk, too")
    parser.add_argument("--readme", action="store_true", help="replace docs/images/*.png instead")
    given = parser.parse_args(arguments)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        taken = _readme(browser, given.site) if given.readme else _all(browser, given)
        for path in taken:
            print(path)
        browser.close()
    return 0


def _all(browser: Browser, given: argparse.Namespace) -> Iterator[Path]:
    given.out.mkdir(parents=True, exist_ok=True)
    wanted = given.only.split(",") if given.only else ()
    for lang, theme in product(LANGUAGES, THEMES):
        context = browser.new_context(color_scheme=theme, locale=lang, reduced_motion="reduce")  # type: ignore[arg-type]
        context.route("**/widget-on-a-page", _page_of_a_shop)
        page, chosen = context.new_page(), shots(lang)
        if given.desk:
            _sign_in(page, given.site, given.desk)
            _speak(page, given.site, lang)
            chosen += DESK_SHOTS
        for shot, width in product([shot for shot in chosen if not wanted or shot.name in wanted], WIDTHS):
            path = given.out / f"{shot.name}-{lang}-{theme}-{width}.png"
            page.set_viewport_size({"width": width, "height": HEIGHT})
            _open(page, given.site, shot, lang)
            page.screenshot(path=str(path), full_page=shot.whole)
            yield path
        context.close()


def _readme(browser: Browser, site: str) -> Iterator[Path]:
    chosen = (("home-ar", "ar", "light", shots("ar")[0]), ("search-en", "en", "dark", shots("en")[2]))
    for name, lang, theme, shot in chosen:
        page = browser.new_page(viewport={"width": 1280, "height": HEIGHT}, color_scheme=theme)  # type: ignore[arg-type]
        path = ROOT / "docs" / "images" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        _open(page, site, shot, lang)
        page.screenshot(path=str(path))
        page.close()
        yield path


def _open(page: Page, site: str, shot: Shot, lang: str) -> None:
    page.goto(f"{site}/{shot.path}", wait_until="networkidle")
    if shot.act:
        shot.act(page, lang)
        page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")


def _page_of_a_shop(route: Route) -> None:
    """Answer with a page of somebody else that has the widget."""
    lang = "ar" if "/ar/" in route.request.url else "en"
    route.fulfill(
        content_type="text/html; charset=utf-8",
        body=f'<!doctype html><html lang="{lang}"><meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"><title>Shop</title><h1>Shop</h1>'
        '<script src="/widget.js" async></script>',
    )


def _sign_in(page: Page, site: str, login: str) -> None:
    page.goto(f"{site}/desk/sign-in")
    page.locator("#login").fill(login)
    page.locator("#password").fill(os.environ["KB_SCREENSHOTS_PASSWORD"])
    page.locator("main .button-primary").click()
    page.locator(".desk-menu").wait_for()


def _speak(page: Page, site: str, lang: str) -> None:
    """Change the language of the person who is signed in."""
    page.goto(f"{site}/desk/account")
    page.locator("#lang").select_option(lang)
    page.locator("form[action$='/account/profile'] .button-primary").click()
    page.locator(f"html[lang={lang}]").wait_for()


if __name__ == "__main__":
    sys.exit(main())
