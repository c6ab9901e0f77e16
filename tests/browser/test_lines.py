"""Articles on a phone: a table that is wider says so; what belongs together stays on one line."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.article_trees import article, valid_tree, write_tree
from tests.browser.agents import served
from tests.browser.waiting import wait_until
from tests.web.conftest import build_site

pytestmark = pytest.mark.browser

ENGLISH = """\
Choose a slot, which may be 9:00–13:00, or 13:00–18:00, or 18:00–22:00 or even 9:00 PM – 11:00 PM, as you like it.
Call 0800 123 4567 or +966 11 000 0000 or (011) 555-0100 if it does not come, on one of 2026-11-20 and 2026-11-21.

1. Open `Account > Help > My conversations`.
2. Or open `Settings > Apps > Baydar > Battery > Unrestricted`, then Settings → Apps → Baydar, number `BD-2048-7713`.
3. Wait.
4. Done.

## Hours

| Channel of our team | Hours in the time of Riyadh | Then we answer |
|---|---|---|
| Chat in the application | Saturday–Thursday 9:00–23:00, Friday 14:00–23:00 | Within 3 minutes |
| `Help > Call me` | Saturday–Thursday 9:00–21:00 | Within 15–20 minutes |
"""
ARABIC = """\
اختر الفترة التي تناسبك: 9:00–13:00 أو 13:00–18:00 أو 18:00–22:00 أو ٩:٠٠–١٣:٠٠، ثم انتظر من 9:00 ص إلى 11:00 م.
اتصل على 0800 123 4567 أو ‎+966 11 000 0000 إن لم يصل الطلب في 2026-11-20 أو بعد 3–5 أيام.

1. افتح المحادثة السابقة من `حسابي > المساعدة > محادثاتي`.
2. أو افتح `الإعدادات > التطبيقات > بيدر > البطارية > غير مقيّد` ثم الإعدادات ← التطبيقات، ورقمك `BD-2048-7713`.
3. انتظر.
4. تم.

## الأوقات

| القناة التي تختارها | الوقت بتوقيت الرياض | متى نرد عليك |
|---|---|---|
| محادثة التطبيق والموقع | السبت–الخميس 9:00–23:00، والجمعة 14:00–23:00 | خلال 3 دقائق |
| `المساعدة > اتصلوا بي` | السبت–الخميس 9:00–21:00 | خلال 15–20 دقيقة |
"""  # the same in Arabic

# Whether the strip of a picture is shaded: the difference between its lightest and its darkest column.
SHADED = """async (picture) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, 1);
  const light = [...Array(image.width).keys()].map((x) => data[4 * x] + data[4 * x + 1] + data[4 * x + 2]);
  return Math.max(...light) - Math.min(...light);
}"""
LINES = """all => all.map((each) => {
  const range = document.createRange();
  range.selectNodeContents(each);
  return [each.textContent, new Set([...range.getClientRects()].map((box) => Math.round(box.bottom / 10))).size];
})"""
TORN = """() => [...document.querySelectorAll(".prose .whole")]
  .filter((each) => {
    const lines = [...each.getClientRects()].map((box) => Math.round(box.bottom));
    return Math.max(...lines) - Math.min(...lines) > 8;
  })
  .map((each) => each.textContent)"""


@pytest.fixture(scope="module")
def help_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("lines")
    tree = valid_tree() | {
        "en/account/hours.md": article(ENGLISH, id="hours", title="Hours", questions="[opening hours]"),
        "ar/account/hours.md": article(ARABIC, id="hours", title="الأوقات", questions="[متى تفتحون]"),  # when open
    }
    with served(build_site(root, write_tree(root / "articles", tree))) as address:
        yield address


def opened(chromium: Browser, help_centre: str, lang: str, width: int = 360, theme: str = "light") -> Page:
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce", color_scheme=theme)  # type: ignore[arg-type]
    page.goto(f"{help_centre}/{lang}/articles/hours")
    page.evaluate("document.fonts.ready")
    return page


def shade(page: Page, blank: Page, side: str) -> int:
    """Return how much one edge of the table differs from what lies beside it, below the words of a row."""
    box, row = page.locator(".table-wrap").bounding_box(), page.locator("tbody tr").first.bounding_box()
    assert box is not None
    assert row is not None
    left = box["x"] + 2 if side == "left" else box["x"] + box["width"] - 10
    strip = page.screenshot(clip={"x": left, "y": row["y"] + row["height"] - 5, "width": 8, "height": 1})
    difference: int = blank.evaluate(SHADED, base64.b64encode(strip).decode())
    return difference


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("lang", "start", "end", "key"), [("en", "left", "right", "Right"), ("ar", "right", "left", "Left")]
)
def test_a_wide_table_shows_where_it_goes_on_and_scrolls_by_keyboard(
    chromium: Browser, help_centre: str, lang: str, start: str, end: str, key: str, theme: str
) -> None:
    page, blank = opened(chromium, help_centre, lang, theme=theme), chromium.new_page()
    table = page.locator(".table-wrap")
    table.scroll_into_view_if_needed()
    assert table.evaluate("each => each.scrollWidth > each.clientWidth + 40")
    assert shade(page, blank, end) > 40
    assert shade(page, blank, start) < 12

    page.locator(".prose h2 a").focus()  # the link of the heading comes before the table
    page.keyboard.press("Tab")
    assert table.evaluate("each => each === document.activeElement")
    for _ in range(12):
        page.keyboard.press(f"Arrow{key}")
    wait_until(
        page, "(each => each.scrollWidth - Math.abs(each.scrollLeft) - each.clientWidth < 2)(document.activeElement)"
    )
    page.evaluate("document.activeElement.blur()")
    assert shade(page, blank, start) > 40
    assert shade(page, blank, end) < 12
    page.close()
    blank.close()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_table_that_fits_shows_no_cue(chromium: Browser, help_centre: str, lang: str) -> None:
    page, blank = opened(chromium, help_centre, lang, width=1280), chromium.new_page()
    page.locator(".table-wrap").scroll_into_view_if_needed()

    assert max(shade(page, blank, side) for side in ("left", "right")) < 12
    page.close()
    blank.close()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_ranges_telephone_numbers_and_short_paths_stay_on_one_line(
    chromium: Browser, help_centre: str, lang: str
) -> None:
    page = opened(chromium, help_centre, lang)
    wholes = page.locator(".prose .whole").all_inner_texts()
    assert {"13:00–18:00", "0800 123 4567", "+966 11 000 0000", "BD-2048-7713", "15–20"} <= set(wholes)

    for width in range(320, 460, 20):  # breaks fall elsewhere at every width
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(TORN) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.set_viewport_size({"width": 360, "height": 900})
    paths = page.locator(".prose code.path, .prose .path")
    assert paths.count() >= 3
    lines = paths.evaluate_all(LINES)
    assert [text for text, count in lines if count > 1] == []
    page.close()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_line_between_two_steps_is_a_line(chromium: Browser, help_centre: str, lang: str) -> None:
    page = opened(chromium, help_centre, lang)

    heights = page.locator(".prose > ol > li:not(:last-child)").evaluate_all(
        "all => all.map(each => parseFloat(getComputedStyle(each, '::after').height))"
    )

    assert len(heights) == 3
    assert min(heights) > 8
    page.close()
