"""Waits for what a page's script does."""

from __future__ import annotations

import time

from playwright.sync_api import Page

LONGEST_WAIT_S = 15.0


def wait_until(page: Page, expression: str) -> None:
    """Return once a JavaScript expression is true.

    `Page.wait_for_function` asks a second time by `eval` inside the page, which the site's policy forbids: it passes
    where the first answer is yes and fails where the page needs a moment.
    """
    deadline = time.monotonic() + LONGEST_WAIT_S
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"not true in {LONGEST_WAIT_S:.0f} s: {expression}"
        page.wait_for_timeout(20)
