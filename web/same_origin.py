"""Whether a request was made by one of our own pages: what protects forms whose pages are the same for everybody.

A browser cannot be made to lie about ``Sec-Fetch-Site`` or ``Origin``; a client that sends neither is not a browser
and carries nobody's cookies.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import request

from web.services import services


def is_same_origin() -> bool:
    """Tell whether this request does not come from another site."""
    return comes_from(request.headers.get, services().settings.site_url)


def comes_from(header: Callable[[str], str | None], site_url: str) -> bool:
    """Tell whether a request does not come from another site than ours.

    Args:
        header: Gives a header of the request by its name, None if it was not sent.
        site_url: Where our site is, beside the name by which it was asked for.
    """
    if site := header("Sec-Fetch-Site"):
        return site == "same-origin"
    if origin := header("Origin"):
        return _netloc(origin) in {header("Host"), urlsplit(site_url).netloc}
    return True


def _netloc(origin: str) -> str | None:
    """Return host and port of an origin, None for what is none, such as ``null`` or half an address."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
