"""The frame of every page: what stands in its head, its header and its footer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlencode

from flask import Flask, request, url_for

from kb.model import Language
from web.i18n import current_language
from web.prefix import full_address, present_path
from web.services import services

READERS_OWN = frozenset({"s", "r"})
"""Parameters that tell which search led to a page; they belong to that one visit."""
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says about itself to browsers and search engines.

    Attributes:
        title: Title without the site's name.
        description: One or two sentences; empty: none.
        canonical: Path of the page; empty: the page shall not be indexed by search engines.
        alternates: Paths of the same page in each language that has it; the language switch follows them.
        kind: Open Graph type, ``website`` or ``article``.
        structured: JSON-LD documents.
    """

    title: str
    description: str = ""
    canonical: str = ""
    alternates: Mapping[Language, str] = field(default_factory=dict)
    kind: str = "website"
    structured: tuple[Mapping[str, Any], ...] = ()

    @property
    def other_language_path(self) -> str:
        """Return where the language switch leads: the same page in the other language, or what says that it is missing.

        The one rule of all pages: never another page without a word. Where a page does not name its other version, the
        same address below the other language shows it, or says what there is instead.
        """
        other = current_language().other
        return self.alternates.get(other) or _same_path(other)


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way from the home page to a page.

    Attributes:
        path: Where it leads; empty for the page itself.
    """

    title: str
    path: str = ""


def configure_layout(app: Flask) -> None:
    """Give every template what the frame shows."""
    app.add_template_global(absolute)
    app.add_template_filter(readable)
    app.context_processor(
        lambda: {
            "site_name": site_name(current_language()),
            "contact_path": contact_path(),
            "this_path": present_path(),
        }
    )


def site_name(language: Language) -> str:
    """Return the site's name in one language."""
    settings = services().settings
    return settings.site_name_ar if language is Language.AR else settings.site_name_en


def contact_path() -> str:
    """Return the path of the contact form in the reader's language."""
    return url_for("contact.form", lang=current_language())


def absolute(path: str) -> str:
    """Return the full address of a path of this site."""
    return full_address(path)


def _same_path(language: Language) -> str:
    path = request.path.lstrip("/")
    first, _, rest = path.partition("/")
    kept = {name: value for name, value in request.args.items() if name not in READERS_OWN}
    query = f"?{urlencode(kept)}" if kept else ""
    return url_for("public.home", lang=language) + quote(rest if first in set(Language) else path) + query


def readable(address: str) -> str:
    """Return an address as people read it, with the letters and digits of every script as they are.

    What would change the address, or is invisible, stays escaped; browsers take both forms for the same.
    """
    return _ESCAPED.sub(_letters_of, address)


def _letters_of(run: re.Match[str]) -> str:
    try:
        signs = unquote(run[0], errors="strict")
    except UnicodeDecodeError:
        return run[0]
    return "".join(sign if unicodedata.category(sign)[0] in "LMN" else quote(sign, safe="") for sign in signs)


def breadcrumb_document(crumbs: tuple[Crumb, ...], here: str) -> dict[str, Any]:
    """Return the schema.org BreadcrumbList of a page.

    Args:
        crumbs: The way to the page, which comes last.
        here: Path of the page.
    """
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": crumb.title, "item": absolute(crumb.path or here)}
            for position, crumb in enumerate(crumbs, 1)
        ],
    }
