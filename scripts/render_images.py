"""Draws the images that cannot be SVG, from the site's own SVG: ``python -m scripts.render_images``.

They are committed; this runs again only when the mark or the colours change. Needs Chromium.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.browser import CHROMIUM, FLAGS

IMAGES = Path(__file__).parent.parent / "web" / "static" / "images"

TOUCH_ICON = """<body style="margin:0;display:grid;place-items:center;height:180px;background:#faf8f4">
<img src="{mark}" width="132">"""
SHARE = """<body style="margin:0;display:grid;place-items:center;height:630px;
background:url({pattern}) center/120px,linear-gradient(160deg,#0c5a4e,#083a36)">
<div style="display:grid;place-items:center;width:300px;height:300px;border-radius:64px;background:#faf8f4">
<img src="{mark}" width="210"></div>"""


def main() -> int:
    """Draw the images again."""
    embedded = {name: _data_address(IMAGES / f"{file}.svg") for name, file in [("mark", "favicon"), ("pattern",) * 2]}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, html, size in (("touch-icon", TOUCH_ICON, (180, 180)), ("share", SHARE, (1200, 630))):
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            page.set_content(html.format(**embedded))
            page.screenshot(path=str(IMAGES / f"{name}.png"))
        browser.close()
    return 0


def _data_address(path: Path) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


if __name__ == "__main__":
    sys.exit(main())
