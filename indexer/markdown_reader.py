"""Markdown to HTML (home of markdown): which extensions there are, and nothing else.

What comes out is neither safe nor finished: `indexer.page_html` finishes it, `indexer.sanitise` makes it safe.
"""

from __future__ import annotations


class MarkdownReader:
    """Turns Markdown into raw HTML; reusable, for one thread."""

    def __init__(self) -> None:
        from markdown import Markdown
        from markdown.extensions.toc import slugify_unicode

        # Left out on purpose: attr_list and md_in_html, which let a writer set any attribute.
        self._markdown = Markdown(
            extensions=["tables", "fenced_code", "toc", "admonition", "sane_lists", "def_list"],
            extension_configs={
                "tables": {"use_align_attribute": True},
                "toc": {"slugify": slugify_unicode, "marker": ""},
            },
            output_format="html",
        )

    def render(self, body: str) -> str:
        """Return the raw HTML of a Markdown text; headings have unique ids made of their words."""
        html: str = self._markdown.reset().convert(body)
        return html
