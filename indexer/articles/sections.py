"""Reads the sections of an article from its finished HTML: plain text under each heading."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from indexer.articles.sanitise import HEADINGS
from indexer.articles.table_text import TableReader
from kb.model import Section

_PARAGRAPHS = frozenset("p div pre blockquote ul ol dl details figure hr".split())
_LINES = frozenset("li dt br summary figcaption".split())
_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{3,}")
# Marks of the page that say nothing in a running text; what is struck out no longer holds either.
_PASSED_OVER = frozenset({"task-box", "footnote", "footnote-back"})
_TERM_END = re.compile(r"[.!?؟:،,]$")


def read_sections(html: str) -> tuple[Section, ...]:
    """Return the lead, if it has text, and one section a heading, in the order of the page.

    Args:
        html: Finished, sanitised HTML.
    """
    reader = _SectionReader()
    reader.feed(html)
    reader.close()
    reader.finish()
    return tuple(reader.sections)


class _SectionReader(HTMLParser):
    """Collects text by heading."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[Section] = []
        self._text: list[str] = []
        self._heading: list[str] | None = None
        self._path: list[tuple[int, str]] = []
        self._anchor = ""
        self._pre_depth = 0
        self._passed_over = ""
        self._table: TableReader | None = None
        self._spoken: dict[int, str] = {}  # what is read instead of a piece of the text, by its place

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what starts."""
        if not self._passed_over and (tag == "del" or dict(attrs).get("class") in _PASSED_OVER):
            self._passed_over = tag
        if tag in HEADINGS:
            self.finish()
            self._anchor = dict(attrs).get("id") or ""
            self._heading = []
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")
        elif tag == "table" and self._table is None:
            self._table = TableReader()
        elif self._table is not None:
            self._table.start(tag, dict(attrs))
        elif tag == "dd":
            self._define()
        self._break(tag)
        self._pre_depth += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """Note what ends."""
        if tag == self._passed_over:
            self._passed_over = ""
        if tag in HEADINGS and self._heading is not None:
            level, title = int(tag[1]), _SPACES.sub(" ", "".join(self._heading)).strip()
            self._path = [*(entry for entry in self._path if entry[0] < level), (level, title)]
            self._heading = None
        elif tag == "table":
            self._end_table()
        elif self._table is not None:
            self._table.end(tag)
        self._pre_depth -= tag == "pre"
        self._break(tag)

    def handle_data(self, data: str) -> None:
        """Keep text, with line breaks where code has them."""
        if self._passed_over:
            return
        text = data if self._pre_depth else _SPACES.sub(" ", data)
        if self._table is not None:
            self._table.data(text)
        elif self._heading is not None:
            self._heading.append(text)
        elif text.strip() or (self._text and not self._text[-1].endswith(("\n", " "))):
            glued = text.lstrip(" ") if self._text and self._text[-1].endswith(" ") and not self._pre_depth else text
            self._text.append(glued)

    def finish(self) -> None:
        """Close the section that is open."""
        text = _paragraphs("".join(self._text))
        read_as = _paragraphs("".join(self._spoken.get(place, piece) for place, piece in enumerate(self._text)))
        self._text, self._spoken = [], {}
        if text or self._path:
            path = tuple(title for _, title in self._path)
            level = self._path[-1][0] if self._path else 1
            self.sections.append(Section(self._anchor, path, level, text, read_as if read_as != text else ""))

    def _end_table(self) -> None:
        """Write the rows of the table as sentences, each in its line."""
        if self._table is not None:
            table = self._table.read()
            self._table = None
            self._spoken[len(self._text)] = "\n".join(["\n", *table.sentences, "\n"])
            self._text.append("\n".join(["\n", *table.searched, "\n"]))

    def _define(self) -> None:
        """Go from a term of a definition list to its meaning: one sentence, too."""
        while self._text and not self._text[-1].strip():
            self._text.pop()
        if self._text:
            term = self._text[-1] = self._text[-1].rstrip()
            self._text.append(" " if _TERM_END.search(term) else ": ")

    def _break(self, tag: str) -> None:
        if self._table is not None:
            return
        if self._heading is None and tag in _PARAGRAPHS:
            self._text.append("\n\n")
        elif self._heading is None and tag in _LINES and not (self._text and self._text[-1].endswith("\n")):
            self._text.append("\n")


def _paragraphs(text: str) -> str:
    """Return a text with its lines trimmed and one blank line between paragraphs."""
    return _BLANK_LINES.sub("\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()
