"""What no line break may tear apart: ranges, times, telephone numbers, short code, and paths through menus.

The style sheets of pages, widget and panel know the three classes; to a program that does not, they mean nothing.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_NUMBER: Final = r"\d(?:[\d.,:/\u066b\u066c]*\d)?"
_DASH: Final = r"[ \u00a0]?[-\u2010-\u2015\u2212][ \u00a0]?"
_HALF: Final = r"[ \u00a0\u202f](?:[AaPp]\.?[Mm]\b|[صم](?!\w))"  # before or after noon
_TIME: Final = rf"{_NUMBER}{_HALF}"
_RANGE: Final = rf"{_NUMBER}(?:{_HALF})?(?:{_DASH}{_NUMBER}(?:{_HALF})?)+"
_TELEPHONE: Final = r"(?:\+\d|\([0٠۰]\d|[0٠۰]\d)[\d \u00a0()-]{5,18}\d"
_STEP: Final = r"[^\s<>]{1,24}"
_PATH: Final = rf"{_STEP}(?: (?:[›‹→←]|&gt;) {_STEP}){{1,4}}"
_WHOLE: Final = re.compile(rf"(?<![\w#])(?P<whole>{_TELEPHONE}|{_RANGE}|{_TIME})(?!\w)|(?<!\S)(?P<path>{_PATH})(?!\S)")
_LONGEST_WHOLE: Final = 28
_LONGEST_PATH: Final = 36
"""Characters that fit on a line of a phone."""
_CODE: Final = re.compile(r"<code(?P<attributes>[^>]*)>(?P<text>[^<>\n]+)</code>")
_ARROW: Final = re.compile(r" (?:[›‹→←]|&gt;)(?= )")
_TAG: Final = re.compile(r"<(?P<code>pre|code|kbd)\b.*?</(?P=code)>|<[^>]*>", re.DOTALL)


def kept_whole(html: str) -> str:
    """Return HTML with what belongs together in elements of its own.

    Args:
        html: Well-formed; tags and code stay as they are, and what a tag cuts through.
    """
    pieces, end = [], 0
    for tag in _TAG.finditer(html):
        pieces += [_WHOLE.sub(_enclosed, html[end : tag.start()]), _of_code(tag[0])]
        end = tag.end()
    return "".join([*pieces, _WHOLE.sub(_enclosed, html[end:])])


def _enclosed(found: re.Match[str]) -> str:
    return f'<span class="{found.lastgroup}">{found[0]}</span>'


def _of_code(html: str) -> str:
    """Return an element with a class that says how it breaks; a path too long for a line breaks after its arrows."""
    found = _CODE.fullmatch(html)
    if not found or "class=" in found["attributes"]:
        return html
    text, length = found["text"], len(unescape(found["text"]))
    steps = _ARROW.sub(lambda arrow: f"{arrow[0]}\n", text).split("\n ")
    if len(steps) > 1 and length > _LONGEST_PATH:
        inside = " ".join(f'<span class="whole">{step}</span>' for step in steps)
        return f'<code{found["attributes"]} class="steps">{inside}</code>'
    kind = "path" if len(steps) > 1 else "whole" if length <= _LONGEST_WHOLE else ""
    return f'<code{found["attributes"]} class="{kind}">{text}</code>' if kind else html
