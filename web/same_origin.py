"""Whether a request was made by one of our own pages: what protects forms whose pages are the same for everybody.

A browser cannot be made to lie about ``Sec-Fetch-Site`` or ``Origin``; a client that sends neither is no browser, and
carries nobody's cookies.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from web.services import services


def is_same_origin() -> bool:
    """Tell whether this request does not come from another site."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    if origin := request.headers.get("Origin"):
        return urlsplit(origin).netloc in {request.host, urlsplit(services().settings.site_url).netloc}
    return True
