"""Who makes this request: a reader by their first-party cookie, a reader who wants no record, a bot, or staff.

The cookie is a random text that `kb.visitors` hashes with a salt that is destroyed; it is set only where something is
recorded, and never for readers whose browser says ``DNT`` or ``Sec-GPC``.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g, request

from kb.events import Channel, Origin, Traffic, VisitorKey
from kb.traffic import classify_traffic
from kb.visitors import COOKIE_AGE
from web.i18n import current_language
from web.services import services

COOKIE = "visitor"
STAFF_COOKIE = "staff"
"""Set by the desk while somebody is signed in; whoever forges it is left out of the figures, and that is all."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who makes this request.

    Attributes:
        key: Names them in events; a key that is used once if they are not to be known again.
        cookie: What their cookie shall hold; empty if they get none.
        unrecorded: They asked not to be followed: nothing is recorded but what they say on purpose.
        channel: Where all of this request happens; None: what records it knows.
    """

    key: VisitorKey
    traffic: Traffic
    cookie: str
    unrecorded: bool
    channel: Channel | None = None

    def origin(self, channel: Channel = Channel.SITE) -> Origin:
        """Return what events of this request say about who and where."""
        return Origin(self.key, current_language(), self.traffic, self.channel or channel)


def present_reader() -> Reader:
    """Return who makes this request; the same throughout the request."""
    if "reader" not in g:
        g.reader = _identify()
    reader: Reader = g.reader
    return reader


def keep_cookie(response: Response) -> Response:
    """Set the cookie of a new reader, and renew that of a known one wherever the answer is theirs alone.

    An answer with a new cookie is kept by no shared cache.
    """
    reader: Reader | None = g.get("reader")
    if reader is None or not reader.cookie or _is_api_reading():
        return response
    new = reader.cookie != request.cookies.get(COOKIE)
    if new or request.method == "POST" or response.cache_control.no_store:
        age = int(COOKIE_AGE.total_seconds())
        secure = services().settings.site_url.startswith("https://")
        response.set_cookie(COOKIE, reader.cookie, max_age=age, httponly=True, samesite="Lax", secure=secure)
        keep_to_this_browser(response)
    return response


def keep_to_this_browser(response: Response) -> Response:
    """Let nobody but this browser keep an answer."""
    if not response.cache_control.no_store:
        response.cache_control.private = True
        response.cache_control.max_age = 0
        response.cache_control.must_revalidate = True
    return response


def _identify() -> Reader:
    traffic = classify_traffic(dict(request.headers), staff=STAFF_COOKIE in request.cookies)
    unrecorded = request.headers.get("DNT") == "1" or request.headers.get("Sec-GPC") == "1"
    if unrecorded or traffic in {Traffic.BOT, Traffic.PREFETCH}:
        return Reader(VisitorKey(services().new_id()), traffic, "", unrecorded)
    visitor = services().visitor_keys.identify(request.cookies.get(COOKIE))
    return Reader(visitor.key, traffic, visitor.cookie, unrecorded=False)


def _is_api_reading() -> bool:
    return request.path.startswith("/api/") and request.method != "POST"
