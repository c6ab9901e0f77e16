"""Reads the site's pages as far as a simulated browser acts on them."""

from __future__ import annotations

from html.parser import HTMLParser


class SeenPage(HTMLParser):
    """The elements of a page.

    Args:
        html: The page, or a part of one.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self._elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self._elements.append((tag, {name: value or "" for name, value in attrs}))

    def results(self) -> tuple[str, ...]:
        """Return where the results of a search lead, best first."""
        links = (found.get("href", "") for tag, found in self._elements if tag == "a")
        return tuple(link for link in links if "/articles/" in link and "s=" in link)

    def having(self, attribute: str) -> dict[str, str] | None:
        """Return the attributes of the first element that has this one."""
        return next((found for _, found in self._elements if attribute in found), None)

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the values of the buttons with that name."""
        return tuple(found["value"] for tag, found in self._elements if tag == "button" and found.get("name") == name)

    def form(self, action_end: str) -> tuple[str, dict[str, str]] | None:
        """Return action and hidden fields of the first form whose action ends so."""
        action, fields = "", dict[str, str]()
        for tag, found in self._elements:
            if tag == "form":
                if action:
                    break
                action = found["action"] if found.get("action", "").endswith(action_end) else ""
            elif action and found.get("type") == "hidden":
                fields[found["name"]] = found["value"]
        return (action, fields) if action else None
