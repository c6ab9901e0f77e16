"""What Markdown makes of an article, as a reader sees it: numbers of steps, boxes, tasks, footnotes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.article_trees import ARABIC_FRONT_MATTER, article, valid_tree, write_tree
from tests.browser.agents import served
from tests.web.conftest import build_site

pytestmark = pytest.mark.browser

ENGLISH = """\
Codes:

7. Card refused
8. Card expired

Then:

1. Open a terminal

   ```sh
   kb check --with-a-long-option=and-its-value --with-another-long-option
   ```

2. Wait[^1]

A word between.

3. Go on, see https://souq.example/a-long-address/that-goes-on/and-on/and-on/and-on
4. Close

> [!CAUTION]
> Keep the code.
> 1. Inner
> 2. Second

- [x] sealed
- [ ] sent

It cost ~~90~~ 70.

<details>
<summary>More</summary>

- **twice**

</details>

[^1]: A minute.
"""
ARABIC = """\
الخطوات:

١. افتح التطبيق
٢. اختر الطلب

انتظر قليلا[^١].

٣. اضغط تفعيل

> [!TIP]
> افعل ذلك ليلا:
>
> ٥. خامسا

- [x] أغلقت الطرد

السعر ~~١٠~~ ٨[^١].

[^١]: دون البريد.
"""  # the steps: open the app, choose the order; wait a little; press activate; a tip: do it at night, fifth; a task:
# the parcel is sealed; the price 8 instead of 10; a footnote: without postage


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site with one article in both languages."""
    root: Path = tmp_path_factory.mktemp("markdown")
    files = valid_tree() | {
        "en/orders/steps.md": article(ENGLISH, id="steps", title="Steps"),
        "ar/orders/steps.md": article(ARABIC, ARABIC_FRONT_MATTER, id="steps"),
    }
    with served(build_site(root, write_tree(root / "articles", files))) as site:
        yield site


@pytest.fixture
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab of a width and a theme."""
    width, theme = getattr(request, "param", (360, "light"))
    page = chromium.new_page(viewport={"width": width, "height": 740}, color_scheme=theme)  # type: ignore[arg-type]
    yield page
    page.close()


def spoken(page: Page) -> list[str]:
    """Return the texts of the article as a screen reader is given them, with what style sheets add."""
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    texts: list[str] = []
    waiting = [nodes[0]]
    while waiting:
        node = waiting.pop()
        waiting += (by_id[child] for child in reversed(node.get("childIds", [])))
        if node["role"]["value"] in ("StaticText", "ListMarker", "image"):
            texts.append(node["name"]["value"])
    return texts


@pytest.mark.parametrize(
    ("lang", "numbers"),
    [("en", ["7", "8", "1", "2", "3", "4", "1", "2"]), ("ar", ["١", "٢", "٣", "٥"])],
)
def test_steps_show_the_numbers_that_were_written(page: Page, address: str, lang: str, numbers: list[str]) -> None:
    page.goto(f"{address}/{lang}/articles/steps")
    page.evaluate("document.querySelectorAll('sup, .footnotes, .prose > p').forEach(element => element.remove())")
    texts = (text.strip(" .") for text in spoken(page))
    shown = [text for text in texts if text.isdigit()]
    assert [text for text, _ in groupby(shown)] == numbers


@pytest.mark.parametrize(("lang", "done", "undone"), [("en", "Done", "Not done"), ("ar", "تم", None)])
def test_the_state_of_a_task_is_spoken(page: Page, address: str, lang: str, done: str, undone: str | None) -> None:
    page.goto(f"{address}/{lang}/articles/steps")
    names = spoken(page)
    assert done in names
    assert undone is None or undone in names


def test_a_footnote_is_reached_and_left_by_the_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/en/articles/steps")
    page.locator("sup.footnote a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#fn-1")
    page.locator("#fn-1 a.footnote-back").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#fnref-1-1")


def test_the_number_of_a_footnote_stands_after_a_number_in_arabic(page: Page, address: str) -> None:
    page.goto(f"{address}/ar/articles/steps")
    price, mark = page.evaluate("""() => {
        const mark = document.querySelectorAll("sup.footnote")[1];
        const range = document.createRange(), text = mark.previousSibling;
        range.setStart(text, text.length - 1); range.setEnd(text, text.length);
        return [range.getBoundingClientRect().left, mark.getBoundingClientRect().left];
    }""")
    assert mark < price


@pytest.mark.parametrize(("page", "lang"), [((320, "light"), "en"), ((1280, "dark"), "ar")], indirect=["page"])
def test_articles_fit_and_have_no_faults_of_access(page: Page, address: str, lang: str) -> None:
    page.goto(f"{address}/{lang}/articles/steps")
    page.evaluate("document.querySelectorAll('.prose details').forEach(details => details.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
