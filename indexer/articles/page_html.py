"""Finishes an article's HTML: addresses, tables and notes; and sees what it is made of.

Knows no files: what links and images lead to is answered by a `Surroundings`. Security is not decided here but by
`sanitise`, which runs last; what it would remove is reported, so that nothing a writer wrote vanishes silently.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Protocol

from indexer.articles.note_boxes import NOTE_WORDS
from indexer.articles.sanitise import CLASSES, HEADINGS, TAGS, VOID_TAGS, expected_value, is_allowed, sanitise
from indexer.articles.writing_direction import direct
from kb.language.wholes import kept_whole
from kb.model import Language

_ALIGNMENTS = {"left": "align-start", "center": "align-center", "right": "align-end"}
_NOTE_TITLES = {word.capitalize(): note.titles for word, note in NOTE_WORDS.items()}
_LABELS = {
    "table": {Language.AR: "جدول", Language.EN: "Table"},
    "done": {Language.AR: "تم", Language.EN: "Done"},
    "open": {Language.AR: "لم يتم", Language.EN: "Not done"},
    "back": {Language.AR: "العودة إلى موضع الهامش", Language.EN: "Back to the text"},
    "footnotes": {Language.AR: "هوامش", Language.EN: "Footnotes"},
}
# Markdown nests 30 deep at most; raw HTML beyond this would break programs that follow it by recursion.
_MOST_OPEN = 100
_FOOTNOTE_LINK = re.compile(r"#(?:fn|fnref)-[0-9-]+")
# A page goes on as if their end tags had been written.
_END_OPTIONAL = frozenset("caption dd dt li p tbody td tfoot th thead tr".split())


@dataclass(frozen=True, slots=True)
class ImageTarget:
    """An image as the site serves it; sizes in CSS pixels, None if unknown."""

    url: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it stands in the page: level 1 to 6, fragment id (empty if it has none), text."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """Finished, sanitised HTML and its headings."""

    html: str
    headings: tuple[Heading, ...]


class Surroundings(Protocol):
    """What an article's links and images lead to; collects what is wrong with them."""

    def link(self, href: str) -> str | None:
        """Return the address to write for a link, or None if it leads nowhere."""
        ...

    def image(self, source: str, alt: str) -> ImageTarget | None:
        """Return the image to show, or None if there is none."""
        ...

    def forbid(self, found: str, message: str) -> None:
        """Take note of HTML that is left out; `found` is how it starts in the source."""
        ...


def finish_page(raw_html: str, lang: Language, surroundings: Surroundings) -> Page:
    """Return the finished page of an article.

    Args:
        raw_html: What the Markdown reader made.
        lang: Language of the article.
        surroundings: Answers for links and images.
    """
    finisher = _Finisher(lang, surroundings)
    finisher.feed(raw_html)
    finisher.close()
    return Page(sanitise(kept_whole(direct("".join(finisher.out), lang))), tuple(finisher.headings))


@dataclass(slots=True)
class _Open:
    """An element whose start tag is completed when its text is known."""

    tag: str
    position: int
    attributes: dict[str, str]
    text: list[str]


class _Finisher(HTMLParser):
    """Writes what it reads, with the changes that this module is about."""

    def __init__(self, lang: Language, surroundings: Surroundings) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.headings: list[Heading] = []
        self._lang = lang
        self._surroundings = surroundings
        self._pending: list[_Open] = []
        self._in_table_head = False
        self._in_note_title = False
        self._unclosed: Counter[str] = Counter()
        self._too_deep: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write a start tag, with the attributes it should have."""
        # Reversed: of repeated attributes the first counts, as in browsers.
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag not in TAGS and tag != "h1":
            self._surroundings.forbid(f"<{tag}", f"<{tag}> is not allowed; write `&lt;` for a plain `<`.")
            return
        if tag not in VOID_TAGS:
            if sum(count for name, count in self._unclosed.items() if name not in _END_OPTIONAL) >= _MOST_OPEN:
                self._too_deep[tag] += 1
                self._surroundings.forbid(
                    f"<{tag}", f"This <{tag}> is nested too deeply; close what is open before it."
                )
                return
            self._unclosed[tag] += 1
        attributes = self._permitted(tag, given)
        if tag in HEADINGS or tag in ("code", "pre"):
            self._pending.append(_Open(tag, len(self.out), attributes, []))
            self.out.append("")
            return
        attributes = self._named(tag, attributes)
        match tag:
            case "p":
                self._in_note_title = attributes.get("class") == "admonition-title"
            case "a":
                attributes = self._link(attributes)
            case "img" if not (attributes := self._image(attributes)):
                return
            case "table":
                label = _LABELS["table"][self._lang]
                self.out.append(f'<div class="table-wrap" role="region" tabindex="0" aria-label="{label}">')
            case "thead":
                self._in_table_head = True
        self.out.append(_start_tag(tag, attributes))

    def _admits(self, tag: str) -> bool:
        """Tell whether an element may start here, and take note that it is open from here on."""
        if tag not in TAGS and tag != "h1":
            self._surroundings.forbid(f"<{tag}", f"<{tag}> is not allowed; write `&lt;` for a plain `<`.")
            return False
        if tag in VOID_TAGS:
            return True
        if sum(count for name, count in self._unclosed.items() if name not in _END_OPTIONAL) >= _MOST_OPEN:
            self._too_deep[tag] += 1
            self._surroundings.forbid(f"<{tag}", f"This <{tag}> is nested too deeply; close what is open before it.")
            return False
        self._unclosed[tag] += 1
        return True

    def handle_endtag(self, tag: str) -> None:
        """Write an end tag, and complete the start tag that waited for it."""
        if self._too_deep[tag]:
            self._too_deep[tag] -= 1
            return
        if tag in TAGS and tag not in VOID_TAGS:
            if not self._unclosed[tag] and tag not in _END_OPTIONAL:
                self._surroundings.forbid(f"</{tag}", f"</{tag}> closes nothing; remove it, or open it.")
                return
            self._unclosed[tag] -= 1
        if any(element.tag == tag for element in self._pending):
            while (element := self._pending.pop()).tag != tag:
                self._close_forgotten(element)
            self._complete(element)
        elif tag in TAGS and tag not in VOID_TAGS and tag not in (*HEADINGS, "code", "pre"):
            self.out.append(f"</{tag}>")
            if tag == "table":
                self.out.append("</div>")
            elif tag == "thead":
                self._in_table_head = False
            elif tag == "p":
                self._in_note_title = False

    def handle_data(self, data: str) -> None:
        """Write text."""
        if self._in_note_title and data in _NOTE_TITLES:
            data = _NOTE_TITLES[data][self._lang]
        for pending in self._pending:
            pending.text.append(data)
        self.out.append(escape(data, quote=False))

    def close(self) -> None:
        """End the page, closing what was left open."""
        super().close()
        while self._pending:
            self._close_forgotten(self._pending.pop())
        for tag, count in self._unclosed.items():
            if count > 0 and tag not in (*_END_OPTIONAL, *HEADINGS, "code", "pre"):
                self._surroundings.forbid(f"<{tag}", f"<{tag}> is never closed; close it.")

    def _close_forgotten(self, element: _Open) -> None:
        self._surroundings.forbid(f"<{element.tag}", f"<{element.tag}> is never closed; close it.")
        self._complete(element)

    def _complete(self, element: _Open) -> None:
        text = "".join(element.text)
        if element.tag in HEADINGS:
            level = int(element.tag[1])
            heading = Heading(level, element.attributes.get("id", ""), " ".join(text.split()))
            self.headings.append(heading)
            tag = f"h{max(level, 2)}"
        else:
            tag = element.tag
        self.out[element.position] = _start_tag(tag, element.attributes)
        self.out.append(f"</{tag}>")

    def _named(self, tag: str, attributes: dict[str, str]) -> dict[str, str]:
        """Return attributes with the name, in the language of the article, of what is shown as a picture or a part."""
        match tag, attributes.get("class"):
            case "div", "footnotes":
                return attributes | {"role": "doc-endnotes", "aria-label": _LABELS["footnotes"][self._lang]}
            case "span", "task-box":
                state = "done" if attributes.get("aria-label") == "done" else "open"
                return attributes | {"role": "img", "aria-label": _LABELS[state][self._lang]}
            case "sup", "footnote":  # else a number before it would take the mark for one of its digits
                return attributes | {"dir": "ltr"}
            case "th", _:
                return attributes | {"scope": attributes.get("scope", "col" if self._in_table_head else "row")}
            case "a", "footnote-back":
                return attributes | {"aria-label": _LABELS["back"][self._lang]}
        return attributes

    def _permitted(self, tag: str, given: dict[str, str]) -> dict[str, str]:
        kept: dict[str, str] = {}
        for name, value in given.items():
            if is_allowed(tag, name) or (tag == "h1" and name == "id"):
                if expected := expected_value(tag, name, value):
                    self._surroundings.forbid(f"<{tag}", f"The {name} of <{tag}> is {expected}, not «{value}».")
                else:
                    kept[name] = value
            elif name == "class":
                kept |= self._classes(tag, value)
            elif name == "align" and tag in ("td", "th"):
                kept["class"] = _ALIGNMENTS.get(value, "align-start")
            else:
                self._surroundings.forbid(f"<{tag}", f"The attribute {name} of <{tag}> is not allowed; remove it.")
        return kept

    def _classes(self, tag: str, value: str) -> dict[str, str]:
        if tag == "code" and value.startswith("language-"):
            return {}
        names = value.split()
        if unknown := [name for name in names if name not in CLASSES.get(tag, ())]:
            self._surroundings.forbid(f"<{tag}", f"The class {unknown[0]} of <{tag}> is not allowed; remove it.")
        return {"class": value}

    def _link(self, attributes: dict[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in attributes.items() if name not in ("href", "rel")}
        href = attributes.get("href", "")
        if _FOOTNOTE_LINK.fullmatch(href):
            return kept | {"href": href}
        url = self._surroundings.link(href)
        if url is not None:
            kept["href"] = url
            if url.startswith(("http://", "https://")):
                kept["rel"] = "noopener"
        return kept

    def _image(self, attributes: dict[str, str]) -> dict[str, str]:
        target = self._surroundings.image(attributes.get("src", ""), attributes.get("alt", ""))
        if target is None:
            return {}
        kept = {"src": target.url, "alt": attributes.get("alt", "")}
        kept |= {name: attributes[name] for name in ("title", "dir", "lang") if name in attributes}
        if target.width and target.height:
            kept |= {"width": str(target.width), "height": str(target.height)}
        return kept | {"loading": "lazy", "decoding": "async"}


def _start_tag(tag: str, attributes: dict[str, str]) -> str:
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>"
