"""Leads addresses as chats hand them on to the page that was meant: with a full stop, a bracket, an invisible mark or a
slash at the end, in capitals, encoded twice, or without the language.

Where it leads is always a page of this site that is there; nothing of the address but the names in it is repeated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote, unquote

from flask import Response, current_app, make_response, redirect, request, url_for
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect

from kb.errors import OperatorError
from kb.model import Language
from web.errors import API_PREFIXES, http_error
from web.i18n import preferred_language
from web.public.pages import find_category
from web.public.routes import MARKDOWN_ENDING, leads_somewhere

LONGEST: Final = 2_000
_MOST_ENCODINGS: Final = 3
_NAME: Final = re.compile(r"[^\W_]+(?:-+[^\W_]+)*")
_SLASHES: Final = re.compile(r"/+")
_TATWEEL: Final = "\u0640"


def lead_on(error: NotFound) -> Response:
    """Answer an address that is not there: by the page that was meant if there is one, else by the error."""
    try:
        found = None if _is_hopeless() else _meant(request.path)
    except OperatorError:  # no index to look into
        found = None
    if found is None:
        return http_error(error)
    query = request.query_string.decode("ascii", "ignore")
    place, hash_sign, anchor = found.partition("#")
    address = f"{place}{f'?{query}' if query else ''}{hash_sign}{anchor}"
    named = _language(_parts(_readable(request.path))) is not None
    response = make_response(redirect(address, 301 if named else 302))
    if not named:
        response.vary.add("Accept-Language")
    return response


def _is_hopeless() -> bool:
    unread = request.method not in ("GET", "HEAD") or request.path.startswith(API_PREFIXES)
    return unread or len(request.path) + len(request.query_string) > LONGEST


def _meant(path: str) -> str | None:
    """Return the path of the page that an address means, None if there is none."""
    parts = _parts(_readable(path))
    lang = _language(parts)
    rest = parts if lang is None else parts[1:]
    languages = (preferred_language(), preferred_language().other) if lang is None else (lang,)
    kind = rest[0].lower() if rest else ""
    if len(rest) == 2 and kind == "articles":
        # With a language in the address, the page of that language says what there is in the other one.
        shown_as = [(each, each) for each in languages] if lang is None else [(lang, lang), (lang.other, lang)]
        return next(filter(None, (_article(known_in, shown, rest[1]) for known_in, shown in shown_as)), None)
    if len(rest) == 2 and kind == "categories":
        return next(filter(None, (_category(each, rest[1]) for each in languages)), None)
    return _other_page(parts, rest, languages[0], path)


def _readable(path: str) -> str:
    """Return a path without invisible marks, decoded as often as it was encoded."""
    for _ in range(_MOST_ENCODINGS):
        if "%" not in path:
            break
        path = unquote(path)
    return "".join(
        each for each in unicodedata.normalize("NFC", path) if unicodedata.category(each) not in ("Cf", "Cc")
    )


def _parts(path: str) -> list[str]:
    """Return the parts of a path without what stands around it."""
    end = len(path)
    while end and not (path[end - 1].isalnum() or path[end - 1] in "-_"):
        end -= 1
    return [part for part in _SLASHES.split(path[:end]) if part]


def _language(parts: Sequence[str]) -> Language | None:
    first = parts[0].lower() if parts else ""
    return Language(first) if first in set(Language) else None


def _article(known_in: Language, shown_in: Language, written: str) -> str | None:
    text, _, anchor = written.partition("#")
    endpoint = "public.article_markdown" if text.lower().endswith(MARKDOWN_ENDING) else "public.article"
    slug = next((slug for slug in _slugs(text) if leads_somewhere(known_in, slug)), None)
    return url_for(endpoint, lang=shown_in, slug=slug, _anchor=anchor or None) if slug else None


def _category(lang: Language, written: str) -> str | None:
    slug = next((slug for slug in _slugs(written) if find_category(lang, slug)), None)
    return url_for("public.category", lang=lang, slug=slug) if slug else None


def _slugs(written: str) -> Iterator[str]:
    """Yield the slugs that a text may stand for, the nearest first."""
    joined = re.sub(r"[\s_\u2010-\u2015]+", "-", written.strip())
    compatible = unicodedata.normalize("NFKC", joined)
    bare = "".join(each for each in compatible if unicodedata.category(each) != "Mn" and each != _TATWEEL)
    seen: set[str] = set()
    for text in (written, joined, compatible, bare):
        match = _NAME.search(text.lower())
        if match and match[0] not in seen:
            seen.add(match[0])
            yield match[0]


def _other_page(parts: Sequence[str], rest: Sequence[str], lang: Language, path: str) -> str | None:
    """Return a page of another kind, named with or without its language."""
    lowered = [lang, *(part.lower() for part in rest)]
    for each in (parts, [lang, *rest], lowered):
        address = "/" + "/".join(quote(part) for part in each)
        # Capitals are part of tokens: without them only what is named by words alone is looked for.
        found = _page_at(address, with_names=each is not lowered) if unquote(address) != path else None
        if found is not None:
            return found
    return None


def _page_at(address: str, *, with_names: bool) -> str | None:
    """Return the address if there is a page for it; articles and categories are looked up elsewhere.

    Args:
        address: Path, encoded.
        with_names: Parts of it may be names of things, such as tokens.
    """
    try:
        endpoint, arguments = current_app.url_map.bind("").match(unquote(address), method="GET")
    except RequestRedirect:
        return f"{address}/"
    except HTTPException:
        return None
    is_known = endpoint in ("public.article", "public.category", "public.article_markdown")
    return None if is_known or (arguments.keys() - {"lang"} and not with_names) else address
