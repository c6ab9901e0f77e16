"""Pictures of every page in both languages, both themes and both widths: ``python -m scripts.screenshots``.

Starts nothing: give it the address of a running site. ``--readme`` replaces the pictures of the README instead.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.browser import CHROMIUM, FLAGS

ROOT = Path(__file__).parent.parent
LANGUAGES = ("ar", "en")
THEMES = ("light", "dark")
WIDTHS = (360, 1280)
HEIGHT = 860

# What to ask for on the pages of results: a question of a customer, and one that nothing here answers.
QUESTIONS = {"ar": "نسيت الباسورد", "en": "I forgot my password"}
UNANSWERABLE = {"ar": "طقس الرياض غدا", "en": "weather in Riyadh tomorrow"}
TYPED = {"ar": "الغاء", "en": "cancel"}
ARTICLES = {"ar": "حذف-الحساب", "en": "delete-account"}


@dataclass(frozen=True, slots=True)
class Shot:
    """One page to take.

    Attributes:
        path: Below the language, e.g. ``search?q=…``.
        typed: Text to type into the search box first, so that suggestions are open.
    """

    name: str
    path: str
    typed: str = ""


def shots(lang: str) -> tuple[Shot, ...]:
    """Return the pages of one language."""
    return (
        Shot("home", ""),
        Shot("suggestions", "", TYPED[lang]),
        Shot("search", f"search?q={quote(QUESTIONS[lang])}"),
        Shot("filters", f"search?q={quote(QUESTIONS[lang])}&category=sign-in&from=2026-13-01"),
        Shot("no-answer", f"search?q={quote(UNANSWERABLE[lang])}"),
        Shot("category", "categories/delivery"),
        Shot("article", f"articles/{quote(ARTICLES[lang])}"),
        Shot("missing", "nothing-here"),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description="Take pictures of a running site.")
    parser.add_argument("--site", default="http://127.0.0.1:8000", help="address of the site")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "screenshots", help="where the pictures go")
    parser.add_argument("--only", default="", help="names of pages, separated by commas")
    parser.add_argument("--readme", action="store_true", help="replace docs/images/*.png instead")
    given = parser.parse_args(arguments)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        taken = _readme(browser, given.site) if given.readme else _all(browser, given.site, given.out, given.only)
        for path in taken:
            print(path)
        browser.close()
    return 0


def _all(browser: Browser, site: str, out: Path, only: str) -> Iterator[Path]:
    out.mkdir(parents=True, exist_ok=True)
    for lang, theme, width in product(LANGUAGES, THEMES, WIDTHS):
        page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=theme)  # type: ignore[arg-type]
        for shot in shots(lang):
            if not only or shot.name in only.split(","):
                path = out / f"{shot.name}-{lang}-{theme}-{width}.png"
                _open(page, f"{site}/{lang}/", shot)
                page.screenshot(path=str(path), full_page=not shot.typed)
                yield path
        page.close()


def _readme(browser: Browser, site: str) -> Iterator[Path]:
    chosen = (("home-ar", "ar", "light", shots("ar")[0]), ("search-en", "en", "dark", shots("en")[2]))
    for name, lang, theme, shot in chosen:
        page = browser.new_page(viewport={"width": 1280, "height": HEIGHT}, color_scheme=theme)  # type: ignore[arg-type]
        path = ROOT / "docs" / "images" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        _open(page, f"{site}/{lang}/", shot)
        page.screenshot(path=str(path))
        page.close()
        yield path


def _open(page: Page, base: str, shot: Shot) -> None:
    page.goto(base + shot.path, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    if shot.typed:
        box = page.locator("main input[name=q], .hero input[name=q]").first
        box.press_sequentially(shot.typed, delay=30)
        page.locator("[role=option]").first.wait_for()
        box.press("ArrowDown")


if __name__ == "__main__":
    sys.exit(main())
