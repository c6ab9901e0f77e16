"""Reads pages the way tests ask about them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

INLINE = frozenset({"a", "b", "bdi", "em", "mark", "span", "strong", "time"})


class Page(HTMLParser):
    """The elements and the text of a page.

    Attributes:
        elements: Tag and attributes, in the order of the page.
        text: Visible text, white space collapsed.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._text: list[str] = []
        self._hidden = 0
        self.feed(html)
        self.text = " ".join("".join(self._text).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._hidden += tag in {"script", "style"}
        self._separate(tag)

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style"}
        self._separate(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._text.append(data)

    def _separate(self, tag: str) -> None:
        if tag not in INLINE:
            self._text.append(" ")

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element with that tag and those attributes."""
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(key) == value for key, value in attributes.items())
        ]

    def links(self) -> list[str]:
        """Return where every link, image, form, script and style sheet of the page leads."""
        names = {"a": "href", "img": "src", "form": "action", "script": "src", "link": "href", "use": "href"}
        return [str(found[names[tag]]) for tag, found in self.elements if tag in names and found.get(names[tag])]


def page_of(response: Any) -> Page:
    """Return the page of a response of the test client."""
    return Page(response.get_data(as_text=True))
