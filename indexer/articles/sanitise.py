"""What HTML an article may contain, and the one place that enforces it (home of nh3)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from indexer.articles.note_boxes import NOTE_KINDS

if TYPE_CHECKING:
    from nh3 import Cleaner

TAGS = frozenset(
    "a abbr b bdi bdo blockquote br caption code dd del details div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img"
    " ins kbd li mark ol p pre s small span strong sub summary sup table tbody td tfoot th thead tr ul".split()
)
VOID_TAGS = frozenset({"br", "hr", "img"})
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_EVERYWHERE = frozenset({"dir", "lang"})
_ATTRIBUTES = {
    "a": {"aria-label", "href", "rel", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "div": {"aria-label", "role", "tabindex"},
    "img": {"src", "alt", "title", "width", "height", "loading", "decoding"},
    "li": {"id", "value"},
    "ol": {"start"},
    "span": {"aria-label", "role"},
    "sup": {"id"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    **{heading: {"id"} for heading in HEADINGS[1:]},
}
_ALIGNMENTS = {"align-start", "align-center", "align-end"}
CLASSES = {
    "a": {"footnote-back"},
    "code": {"path", "steps", "whole"},
    "div": {"admonition", "footnotes", "table-wrap", *NOTE_KINDS},
    "li": {"task"},
    "ol": {"arabic-indic", "persian"},
    "p": {"admonition-title"},
    "span": {"task-box", "whole", "path"},
    "sup": {"footnote"},
    "td": _ALIGNMENTS,
    "th": _ALIGNMENTS,
}
# Values that mean nothing in any other form; a browser would pass over them in silence.
_VALUES = {
    "colspan": (re.compile(r"[1-9][0-9]{0,2}"), "a number such as 2"),
    "rowspan": (re.compile(r"[1-9][0-9]{0,2}"), "a number such as 2"),
    "start": (re.compile(r"-?[0-9]{1,9}"), "a number such as 3"),
    "value": (re.compile(r"-?[0-9]{1,9}"), "a number such as 3"),
    "dir": (re.compile(r"ltr|rtl|auto"), "ltr, rtl or auto"),
    "lang": (re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"), "a language such as ar"),
}
# Outside headings only footnotes are led to.
_FOOTNOTE_ID = re.compile(r"fn-[0-9]{1,6}|fnref-[0-9]{1,6}-[0-9]{1,6}")
SCHEMES = frozenset({"http", "https", "mailto", "tel"})


def is_allowed(tag: str, attribute: str) -> bool:
    """Tell whether an element may carry an attribute; classes are a matter of `CLASSES`."""
    return attribute in _EVERYWHERE or attribute in _ATTRIBUTES.get(tag, ())


def expected_value(tag: str, attribute: str, value: str) -> str:
    """Return what an allowed attribute must be, empty where its value is right."""
    if attribute == "id" and tag in ("li", "sup"):
        return "" if _FOOTNOTE_ID.fullmatch(value) else "written by footnotes only"
    pattern, expected = _VALUES.get(attribute, (None, ""))
    return "" if pattern is None or pattern.fullmatch(value) else expected


def sanitise(html: str) -> str:
    """Return the HTML with everything outside the allow-list removed; what comes out is safe in any page.

    Args:
        html: Anything at all.
    """
    return _cleaner().clean(html)


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    return None if expected_value(tag, attribute, value) else value


@cache
def _cleaner() -> Cleaner:
    from nh3 import Cleaner

    return Cleaner(
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes={"*": set(_EVERYWHERE), **{tag: set(names) for tag, names in _ATTRIBUTES.items()}},
        allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
        url_schemes=set(SCHEMES),
        attribute_filter=_filtered,
        strip_comments=True,
        link_rel=None,
    )
