"""An article as Markdown that can be read anywhere: what its source names by path has the full address of the site.

Code stays as it is written, whatever it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import Final
from urllib.parse import quote

from kb.model import Article
from web.layout import absolute

_ARTICLE: Final = re.compile(r"(/(?:ar|en)/articles/[^#/]+)(#.*)?")
# In this order: code is taken first, so that nothing inside it counts.
_PLACES: Final = re.compile(
    r"""
    ^[ \t>]*(?P<fence>`{3,}+|~{3,}+)[^\n]*\n(?:.*?^[ \t>]*(?P=fence)[`~]*[ \t]*$|.*\Z)  # fenced code
    | (?<!`)(?P<ticks>`++)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)              # code in a line
    | (?P<inline>\]\(\s*)(?P<target><[^<>\n]*>|[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*)  # [text](target)
    | (?P<defined>^[ ]{0,3}\[[^\]\n]+\]:[ \t]*)(?P<reference><[^<>\n]*>|\S+)          # [name]: target
    | (?P<attribute><(?:a|img)\b[^<>]*?\b(?:href|src)\s*=\s*)(?P<value>"[^"]*"|'[^']*')  # <a href="target">
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_SIGNS_IN_LINK_TEXT: Final = re.compile(r"([\\\[\]])")


def served_markdown(article: Article) -> str:
    """Return title, summary and body of an article as one Markdown text."""
    body = _with_addresses(article.source, dict(article.addresses)).strip()
    return "\n\n".join(part for part in (f"# {article.title}", article.summary, body) if part) + "\n"


def link_text(text: str) -> str:
    """Return a text as it is written between the brackets of a Markdown link."""
    return _SIGNS_IN_LINK_TEXT.sub(r"\\\1", text)


def markdown_address(path: str) -> str:
    """Return the full address of a path of the site; an article's leads to its Markdown, as this reader wants it."""
    if match := _ARTICLE.fullmatch(path):
        path = f"{match[1]}.md{match[2] or ''}"
    return absolute(quote(path, safe="/#?&=%"))


def _with_addresses(source: str, addresses: Mapping[str, str]) -> str:
    def lead(target: str) -> str:
        path = addresses.get(target, target)
        is_of_site = path.startswith("/") and not path.startswith("//")
        return markdown_address(path) if is_of_site else path

    return _PLACES.sub(lambda match: _rewritten(match, lead), source)


def _rewritten(match: re.Match[str], lead: Callable[[str], str]) -> str:
    if match["inline"]:
        return match["inline"] + _target(match["target"], lead)
    if match["defined"]:
        return match["defined"] + _target(match["reference"], lead)
    if match["attribute"]:
        sign, value = match["value"][0], match["value"][1:-1]
        return f"{match['attribute']}{sign}{escape(lead(unescape(value)))}{sign}"
    return match[0]


def _target(written: str, lead: Callable[[str], str]) -> str:
    if written.startswith("<"):
        return f"<{lead(unescape(written[1:-1]))}>"
    return lead(unescape(written))
