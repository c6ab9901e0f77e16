"""Reads the examples of the CommonMark and GitHub specifications and says what becomes of each.

    python -m scripts.measure_markdown commonmark/spec.txt cmark-gfm/test/spec.txt cmark-gfm/test/extensions.txt

`spec.txt` of CommonMark is in the npm package commonmark-spec, GitHub's in the repository github/cmark-gfm; both are
CC BY-SA 4.0 and not part of this product. An example is *alike* when the finished page says the same as the
specification, *reported* when it does not and `kb check` names a line, *on purpose* when `_ON_PURPOSE` says why, and
*silent* otherwise, which none should be.
`--compare` also reads them with Python-Markdown's own rules, alone and with pymdown-extensions.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from indexer.articles.checks import check_headings
from indexer.articles.markdown_reader import MarkdownReader
from indexer.articles.page_html import ImageTarget, Page, finish_page
from indexer.articles.sanitise import SCHEMES, VOID_TAGS
from indexer.articles.source_file import LineFinder
from kb.model import Language

_EXAMPLE = re.compile(r"^`{32} example([^\n]*)\n(.*?)^\.\n(.*?)^`{32}$|^#{1,6} *([^\n]*)$", re.MULTILINE | re.DOTALL)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
_SPACES = re.compile(r"\s+")
_BLOCKS = frozenset(
    "p div ul ol li h1 h2 h3 h4 h5 h6 pre table thead tbody tr td th blockquote hr details summary dl dt dd"
    " br input".split()
)
# What the product adds to a page or leaves out of it for its own reasons, and what says the same in other words.
_OWN_ATTRIBUTES = frozenset(
    "id dir rel scope class loading decoding width height aria-label role tabindex disabled".split()
)

# Examples that the product reads otherwise, and would not have otherwise.
_ON_PURPOSE = {
    "https://example.com\n": "bare addresses are links, as on GitHub",
    "http://example.com\n": "bare addresses are links, as on GitHub",
    "foo@bar.example.com\n": "bare addresses are links, as on GitHub",
    "< https://foo.bar >\n": "bare addresses are links, as on GitHub",
    "< http://foo.bar >\n": "bare addresses are links, as on GitHub",
    "foo <!-- not a comment -- two hyphens -->\n": "a comment, as CommonMark says since 0.31",
}

Reading = Callable[[str], tuple[str, list[str]]]


@dataclass(frozen=True)
class Example:
    """One example of a specification."""

    number: int
    section: str
    markdown: str
    html: str


@dataclass
class Anywhere:
    """Surroundings in which every address leads somewhere, so that only what is read is compared."""

    codes: list[str] = field(default_factory=list)

    def link(self, href: str) -> str | None:
        """Return the address as it is, if it is of a kind that the site links to."""
        scheme = _SCHEME.match(href)
        if scheme and scheme[1].lower() not in SCHEMES:
            self.codes.append("broken-link")
            return None
        return href

    def image(self, source: str, alt: str) -> ImageTarget | None:
        """Return the address as it is."""
        return ImageTarget(source, None, None)

    def forbid(self, found: str, message: str) -> None:
        """Take note of HTML that is left out."""
        self.codes.append("forbidden-html")


def read_examples(path: Path) -> Iterator[Example]:
    """Yield the examples of a specification in its own format."""
    text = path.read_text("utf-8").partition("<!-- END TESTS -->")[0].replace("→", "\t")
    section, number = "", 0
    for _, markdown, html, heading in _EXAMPLE.findall(text):
        if heading:
            section = heading
        else:
            number += 1
            yield Example(number, section, markdown, html)


def product_reading() -> Reading:
    """Return how the product reads a text: its page and the codes of its faults."""
    reader = MarkdownReader()

    def read(body: str) -> tuple[str, list[str]]:
        raw = reader.render(body)
        around = Anywhere()
        page = finish_page(raw.html, Language.EN, around)
        codes = [*(remark.rule.code for remark in raw.remarks), *around.codes]
        return page.html, [*codes, *_heading_codes(page, body, raw.heading_lines)]

    return read


def python_markdown_reading(*, extended: bool) -> Reading:
    """Return how Python-Markdown's own rules read a text, with the checks that stood beside them."""
    from markdown import Markdown

    own = ["tables", "fenced_code", "toc", "admonition", "sane_lists", "def_list"]
    more = "superfences tilde tasklist magiclink details saneheaders betterem escapeall".split()
    extensions = [*own[:1], *own[2:], "footnotes", "md_in_html", *(f"pymdownx.{name}" for name in more)]
    markdown = Markdown(extensions=extensions if extended else own, output_format="html")

    def read(body: str) -> tuple[str, list[str]]:
        around = Anywhere()
        page = finish_page(markdown.reset().convert(body), Language.EN, around)
        return page.html, [*around.codes, *_heading_codes(page, body, ())]

    return read


def _heading_codes(page: Page, body: str, lines: tuple[int, ...]) -> list[str]:
    faults = check_headings(page.headings, "", LineFinder(body, 0), lines)
    return [fault.code for fault in faults if fault.code not in ("raw-heading", "duplicate-heading", "heading-jump")]


class _Says(HTMLParser):
    """What a page says: its elements, the attributes that matter, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[str] = []
        self._hidden: list[str | None] = []
        self._pre = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element, in the words of the specification."""
        given = {name: value or "" for name, value in attrs}
        names = given.get("class", "")
        if tag == "span" and names == "task-box":
            checked = {"checked": ""} if given["aria-label"] == "Done" else {}
            tag, given = "input", {"type": "checkbox", **checked}
            self._hidden.append("span")
        elif names == "table-wrap":
            self._hidden.append(tag)
            return
        elif tag == "tbody":  # the tables of raw HTML get one, too
            return
        elif tag in ("div", "span"):
            self._hidden.append(None)
        kept = {name: unquote(value) for name, value in given.items() if name not in _OWN_ATTRIBUTES}
        for aligned, shown in (("align-start", "left"), ("align-center", "center"), ("align-end", "right")):
            kept |= {"align": shown} if aligned in names else {}
        if tag == "img":
            kept.setdefault("alt", "")
        self._pre += tag == "pre"
        written = "".join(f" {name}={value!r}" for name, value in sorted(kept.items()))
        self.events.append(f"<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        """Keep the end of an element."""
        self._pre -= tag == "pre"
        if tag == "tbody" or (tag in ("div", "span") and self._hidden and self._hidden.pop() == tag):
            return
        if tag not in VOID_TAGS:
            self.events.append(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element without content."""
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        """Keep words."""
        if self._hidden and self._hidden[-1] == "span":
            return
        self.events.append(data if self._pre else _SPACES.sub(" ", data))


def _said(html: str) -> str:
    """Return what a page says in a form in which two pages that say the same are equal."""
    events = _Says(_COMMENT.sub("", html)).events
    text = re.sub(r"\s+(?=</code></pre>)", "", "".join(events))
    return re.sub(rf" *(</?(?:{'|'.join(sorted(_BLOCKS))})\b[^>]*>)[ \n]*", r"\1", text).strip()


def verdict(example: Example, reading: Reading) -> tuple[str, list[str]]:
    """Return what becomes of an example: alike, reported, on purpose or silent, and the codes of what is reported."""
    html, codes = reading(example.markdown)
    if _said(html) == _said(example.html) or example.html.strip().lower() == "<ignore>":
        return "alike", codes
    if example.markdown in _ON_PURPOSE and not codes:
        return "on purpose", codes
    return ("reported" if codes else "silent"), codes


def main() -> int:
    """Print the counts of each file, what is reported by code, and each silent example."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("specifications", nargs="+", type=Path)
    parser.add_argument("--compare", action="store_true", help="also read with Python-Markdown's own rules")
    parser.add_argument("--list", action="store_true", help="print the reported examples, too")
    arguments = parser.parse_args()
    readings = {"product": product_reading()}
    if arguments.compare:
        readings["python-markdown"] = python_markdown_reading(extended=False)
        readings["with pymdown-extensions"] = python_markdown_reading(extended=True)
    silent = 0
    for path in arguments.specifications:
        examples = list(read_examples(path))
        for name, reading in readings.items():
            start = time.perf_counter()
            verdicts = [verdict(example, reading) for example in examples]
            took_ms = (time.perf_counter() - start) * 1000
            counts = Counter(kind for kind, _ in verdicts)
            shown = ", ".join(f"{counts[kind]} {kind}" for kind in ("alike", "reported", "on purpose", "silent"))
            print(f"{path.name}: {len(examples)} examples, {name}: {shown} ({took_ms:.0f} ms)")
            if name == "product":
                silent += counts["silent"]
                _print_product(list(zip(examples, verdicts, strict=True)), everything=arguments.list)
    return 1 if silent else 0


def _print_product(results: list[tuple[Example, tuple[str, list[str]]]], *, everything: bool) -> None:
    codes = Counter(code for _, (kind, found) in results if kind == "reported" for code in set(found))
    print("  reported as " + ", ".join(f"{code} {count}" for code, count in codes.most_common()))
    for example, (kind, found) in results:
        if kind == "silent" or (everything and kind == "reported"):
            print(f"  {kind} {example.number} ({example.section}) {example.markdown!r} {' '.join(sorted(set(found)))}")


if __name__ == "__main__":
    sys.exit(main())
