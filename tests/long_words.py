"""Words that no line can hold, wherever people write: addresses, numbers, laughter; and what they do to a page."""

from __future__ import annotations

from playwright.sync_api import Page

from kb.model import Language
from tests.article_trees import CATEGORIES, article
from tests.web.conftest import site_tree

ADDRESS = (
    "https://shop.example/account/orders/2026-11-27/0f8b6c1d4e2a/track?carrier=desert-express&token=" + "9f3c" * 16
)
NUMBER = "JD0140" + "7" * 48
LAUGHTER = "ه" * 60
GERMAN = "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz"
KASHIDA = "مـ" * 30 + "رحبا"  # "hello", stretched by hand
HELD = "\u00a0".join(["رقم", "الطلب"] * 9)  # "order number", held together by spaces that do not break
SNAKE = "_".join(["ERROR", "CODE", "PAYMENT", "DECLINED"] * 4)
FULL_WIDTH = "Ｗ" * 45
WORDS = (ADDRESS, NUMBER, LAUGHTER, GERMAN, KASHIDA, HELD, SNAKE, FULL_WIDTH)
NAMES = {Language.EN: GERMAN * 2, Language.AR: "عبد" * 30}

_BODY = f"""\
{ADDRESS}

[{ADDRESS}]({ADDRESS}) and `{SNAKE}` and **{NUMBER}**.

1. {LAUGHTER}
2. {GERMAN}{GERMAN}

- {KASHIDA}

## {GERMAN}

> {HELD}

| {SNAKE} | {GERMAN} |
|---|---|
| {NUMBER} | {LAUGHTER} |

## {LAUGHTER}

!!! note "{GERMAN}"
    {FULL_WIDTH}

### {NUMBER}

```
{ADDRESS}
```
"""


def long_tree() -> dict[str, str | bytes]:
    """Return the small site, written by people who know such words: an article of each, in both languages."""
    files = site_tree()
    files["categories.yaml"] = CATEGORIES + (
        f"{'long':s}:\n  position: 2\n  icon: user\n"
        f"  ar: {{title: {LAUGHTER}, summary: {KASHIDA}}}\n  en: {{title: {GERMAN[:60]}, summary: {SNAKE}}}\n"
    )
    for lang in Language:
        for place, word in enumerate(WORDS):
            files[f"{lang}/long/word-{place}.md"] = article(
                _BODY,
                id=f"word-{place}",
                title=f'"{word}"',
                summary=f'"{word}"',
                tags=f'["{word[:60]}", "{SNAKE[:59]}x"]',
                questions=f'["{word}", "what is {word}"]',
                updated=f"2026-11-{20 - place:02}",
            )
    return files


def misfits(page: Page, *widths: int) -> list[str]:
    """Return what does not fit at widths: a page that scrolls sideways, a text that runs out of its box.

    What scrolls inside a box of its own (tables, code) is meant to.
    """
    found: list[str] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(_DRAWN)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{width}: the page is {wide} wide"] if wide > width else []
        found += [f"{width}: {spill}" for spill in page.evaluate(_SPILLS)]
    return found


# Charts follow the width of the window one picture later.
_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_SPILLS = """() => {
  const shown = (element) => {
    const style = getComputedStyle(element);
    return style.overflowX === "visible" && style.position !== "absolute" && !style.display.startsWith("inline");
  };
  const scrolls = (element) => {
    for (let each = element; each && each !== document.body; each = each.parentElement) {
      const { overflowX, clipPath } = getComputedStyle(each);
      if (overflowX !== "visible" || clipPath !== "none") return true;
    }
    return false;
  };
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 2)
    .filter((element) => shown(element) && !scrolls(element))
    .map((element) => `${element.tagName} ${element.className}: ${element.scrollWidth} in ${element.clientWidth}`)
    .slice(0, 3);
}"""
