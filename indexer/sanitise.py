"""What HTML an article may contain, and the one place that enforces it (home of nh3)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

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
    "a": {"href", "rel", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "div": {"aria-label", "role", "tabindex"},
    "img": {"src", "alt", "title", "width", "height", "loading", "decoding"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    **{heading: {"id"} for heading in HEADINGS[1:]},
}
NOTE_KINDS = ("note", "tip", "important", "warning", "danger", "example")
_ALIGNMENTS = {"align-start", "align-center", "align-end"}
CLASSES = {
    "div": {"admonition", "table-wrap", *NOTE_KINDS},
    "p": {"admonition-title"},
    "td": _ALIGNMENTS,
    "th": _ALIGNMENTS,
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})


def is_allowed(tag: str, attribute: str) -> bool:
    """Tell whether an element may carry an attribute; classes are a matter of `CLASSES`."""
    return attribute in _EVERYWHERE or attribute in _ATTRIBUTES.get(tag, ())


def sanitise(html: str) -> str:
    """Return the HTML with everything outside the allow-list removed; what comes out is safe in any page.

    Args:
        html: Anything at all.
    """
    return _cleaner().clean(html)


@cache
def _cleaner() -> Cleaner:
    from nh3 import Cleaner

    return Cleaner(
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes={"*": set(_EVERYWHERE), **{tag: set(names) for tag, names in _ATTRIBUTES.items()}},
        allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
        url_schemes=set(SCHEMES),
        strip_comments=True,
        link_rel=None,
    )
