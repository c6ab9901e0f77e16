"""Markdown to HTML (home of markdown): Python-Markdown with GitHub's grammar for its parser.

Python-Markdown runs the page: it keeps raw HTML aside, gives headings their anchors and writes the tree out. What is a
list, a table, an emphasis is read by `markdown_grammar`, for Python-Markdown's own rules read half of what
people write otherwise than GitHub does, and take minutes for a line of brackets (docs/MARKDOWN.md has the figures).

What comes out is neither safe nor finished: `page_html` finishes it, `sanitise` makes it safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ElementTree, SubElement

from indexer.articles.faults import Remark, Rule
from indexer.articles.left_markup import left_markup
from indexer.articles.markdown_grammar import MarkdownGrammar
from indexer.articles.markdown_tree import TreeBuilder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown import Markdown


@dataclass(frozen=True, slots=True)
class RawPage:
    """What a Markdown text says, as HTML that is not yet safe.

    Attributes:
        html: Headings have unique ids made of their words.
        heading_lines: Line of each Markdown heading, from 0.
        remarks: What the writer should look at, in any order.
    """

    html: str
    heading_lines: tuple[int, ...]
    remarks: tuple[Remark, ...]


class MarkdownReader:
    """Turns Markdown into raw HTML; reusable, for one thread."""

    def __init__(self) -> None:
        self._grammar = MarkdownGrammar()
        self._markdown = _python_markdown(self)
        self._page = RawPage("", (), ())

    def render(self, body: str) -> RawPage:
        """Return the page of a Markdown text."""
        # These two mark what Python-Markdown has kept aside; a text could name what is not its own.
        self._page = RawPage("", (), ())
        html = self._markdown.reset().convert(body.replace("\x02", "").replace("\x03", ""))
        return RawPage(html, self._page.heading_lines, self._page.remarks)

    def build_tree(self, body: str) -> Element:
        """Return the elements of a text, and take note of what they do not tell; called by Python-Markdown."""
        text = self._grammar.parse(body)
        builder = TreeBuilder(Element("div"), text.numerals, self._markdown.htmlStash.store)
        builder.build(text)
        if any(remark.rule is Rule.TANGLED_MARKDOWN for remark in text.remarks):  # not that it says nothing
            SubElement(builder.root, "p").text = "…"
        remarks = (*text.remarks, *builder.remarks, *left_markup(text.tokens))
        self._page = RawPage("", tuple(builder.heading_lines), remarks)
        return builder.root


def _python_markdown(reader: MarkdownReader) -> Markdown:
    from markdown import Markdown
    from markdown.blockparser import BlockParser
    from markdown.extensions import Extension
    from markdown.extensions.toc import slugify_unicode

    class GrammarParser(BlockParser):
        """Stands where Python-Markdown's parser of blocks does."""

        def parseDocument(self, lines: Iterable[str]) -> ElementTree:  # noqa: N802 - its interface
            return ElementTree(reader.build_tree("\n".join(lines)))

    class GitHubGrammar(Extension):
        """Takes out what reads Markdown otherwise."""

        def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - its interface
            md.parser = GrammarParser(md)
            for name in ("normalize_whitespace", "html_block"):
                md.preprocessors.deregister(name)
            for name in ("inline", "unescape"):
                md.treeprocessors.deregister(name)

    return Markdown(
        extensions=[GitHubGrammar(), "toc"],
        extension_configs={"toc": {"slugify": slugify_unicode, "marker": ""}},
        output_format="html",
    )
