"""Gives the text of finished article HTML its direction: code, passages in the other script, left-to-right runs.

A step of its own on the whole HTML, since what a run needs depends on the letters of the paragraph around it. Adds only
``dir`` attributes, ``<bdi>`` and ``<bdo>``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final

from indexer.articles.sanitise import HEADINGS, VOID_TAGS
from kb.language.direction import (
    Direction,
    direction_of,
    direction_of_code,
    direction_of_language,
    needs_isolation,
)
from kb.language.isolation import isolated_html
from kb.model import Language
from kb.results import TextPart

# Paragraphs are laid out in the direction of their script; in a list or a table the text alone turns, so that bullets
# and columns stay in line.
_PARAGRAPHS: Final = frozenset({"p", "blockquote", "details"})
_ENTRIES: Final = frozenset({*HEADINGS, "li", "td", "th", "dt", "dd", "summary", "figcaption", "caption"})
_BLOCKS: Final = _PARAGRAPHS | _ENTRIES
_CODE: Final = frozenset({"code", "pre"})
_VERBATIM: Final = frozenset({"kbd", "bdi", "bdo"})
_HOLDERS: Final = frozenset({"div", "ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "figure", "pre"})


def direct(html: str, lang: Language) -> str:
    """Return an article's HTML with its directions written down.

    Args:
        html: Whole, well-formed HTML.
        lang: Language of the article, whose direction the page has.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return _Writer(lang).written(reader.root)


@dataclass(slots=True)
class _Element:
    """An element, or the whole; `start` is its start tag as it stands."""

    tag: str
    start: str = ""
    has_direction: bool = False
    children: list[_Element | str] = field(default_factory=list)

    def text(self, *, nested: bool = True) -> str:
        """Return what it says, on demand without the blocks in it."""
        return "".join(
            child if isinstance(child, str) else child.text(nested=nested)
            for child in self.children
            if isinstance(child, str) or nested or child.tag not in _BLOCKS | _HOLDERS
        )

    @property
    def holds_blocks(self) -> bool:
        """Return whether other blocks stand in it."""
        return any(not isinstance(child, str) and child.tag in _BLOCKS | _HOLDERS for child in self.children)


class _Reader(HTMLParser):
    """Makes a tree of well-formed HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Put an element into the one that is open."""
        element = _Element(tag, self.get_starttag_text() or "", any(name == "dir" for name, _ in attrs))
        self._open[-1].children.append(element)
        if tag not in VOID_TAGS:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest element of this name."""
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Put text into the element that is open."""
        self._open[-1].children.append(data)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where text stands: whether its runs are isolated, and whether code has been given its direction already."""

    isolates: bool
    in_code: bool = False


class _Writer:
    """Writes the tree, deciding from the outside to the inside."""

    def __init__(self, lang: Language) -> None:
        self._lang = lang
        self._own = direction_of_language(lang)

    def written(self, root: _Element) -> str:
        """Return the tree as HTML."""
        return self._inside(root, _Place(needs_isolation(root.text(nested=False), self._own)))

    def _inside(self, element: _Element, place: _Place) -> str:
        return "".join(
            self._text(child, place) if isinstance(child, str) else self._element(child, place)
            for child in element.children
        )

    def _text(self, text: str, place: _Place) -> str:
        if not place.isolates:
            return escape(text, quote=False)
        return isolated_html([TextPart(text, mark=False)], Direction.RTL)

    def _element(self, element: _Element, place: _Place) -> str:
        if element.tag in VOID_TAGS:
            return element.start
        if element.tag in _CODE and not place.in_code:
            turned = direction_of_code(element.text())
            return self._whole(element, _Place(turned is Direction.RTL, in_code=True), turned)
        if element.tag in _BLOCKS and not place.in_code:
            text = element.text(nested=False)
            turned = direction_of(text, self._lang)
            inside = _Place(needs_isolation(text, turned))
            return self._whole(element, inside, None if turned is self._own else turned)
        return self._whole(element, _Place(isolates=False) if element.tag in _VERBATIM else place, None)

    def _whole(self, element: _Element, place: _Place, turned: Direction | None) -> str:
        start, inside = element.start, self._inside(element, place)
        if turned and not element.has_direction:
            if element.tag not in _ENTRIES:
                start = f'{start[:-1]} dir="{turned}">'
            elif not element.holds_blocks:
                inside = f'<bdi dir="{turned}">{inside}</bdi>'
        return f"{start}{inside}</{element.tag}>"
