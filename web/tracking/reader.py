"""Who makes this request: a reader by their first-party cookie, a reader who wants no record, a bot, or staff.

The cookie is a random text that `kb.visitors` hashes with a salt that is destroyed; it is set on the home page and
where something is recorded, and never for readers whose browser says ``DNT`` or ``Sec-GPC``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, g, request
from werkzeug.http import dump_cookie

from kb.events import Channel, Origin, Traffic, VisitorKey
from kb.model import Language
from kb.traffic import classify_traffic
from kb.visitors import COOKIE_AGE
from web.i18n import current_language
from web.prefix import site_prefix
from web.services import Services, services

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
        recognised: Their browser brought back the mark that it was given before.
        channel: Where all of this request happens; None: what records it knows.
    """

    key: VisitorKey
    traffic: Traffic
    cookie: str
    unrecorded: bool
    recognised: bool = False
    channel: Channel | None = None

    @property
    def is_timed(self) -> bool:
        """Tell whether it is recorded how long they read."""
        return not self.unrecorded and self.traffic not in {Traffic.BOT, Traffic.PREFETCH}

    def origin(self, channel: Channel = Channel.SITE) -> Origin:
        """Return what events of this request say about who and where."""
        return self.origin_in(current_language(), channel)

    def origin_in(self, lang: Language, channel: Channel = Channel.SITE) -> Origin:
        """Return the same where the language of the page is known otherwise than from the request's address."""
        return Origin(self.key, lang, self.traffic, self.channel or channel, self.recognised)


def present_reader() -> Reader:
    """Return who makes this request; the same throughout the request."""
    if "reader" not in g:
        g.reader = identify(request.headers.get, request.cookies.get, services())
    reader: Reader = g.reader
    return reader


def identify(header: Callable[[str], str | None], cookie: Callable[[str], str | None], given: Services) -> Reader:
    """Return who makes a request.

    Args:
        header: Gives a header by its name, None if it was not sent.
        cookie: Gives a cookie likewise.
    """
    traffic = classify_traffic(header, staff=cookie(STAFF_COOKIE) is not None)
    unrecorded = header("DNT") == "1" or header("Sec-GPC") == "1"
    if unrecorded or traffic is Traffic.BOT:
        return Reader(VisitorKey(given.new_id()), traffic, "", unrecorded)
    brought = cookie(COOKIE)
    visitor = given.visitor_keys.identify(brought)
    kept = "" if traffic is Traffic.PREFETCH else visitor.cookie  # who fetches ahead may never come
    return Reader(visitor.key, traffic, kept, unrecorded=False, recognised=visitor.cookie == brought)


def keep_cookie(response: Response) -> Response:
    """Set the cookie of a new reader, and renew that of a known one wherever the answer is theirs alone.

    An answer with a new cookie is kept by no shared cache.
    """
    reader: Reader | None = g.get("reader")
    if reader is None or not reader.cookie or _is_api_reading():
        return response
    new = reader.cookie != request.cookies.get(COOKIE)
    if new or request.method == "POST" or response.cache_control.no_store:
        response.headers.add("Set-Cookie", cookie_header(reader, services()))
        keep_to_this_browser(response)
    return response


def cookie_header(reader: Reader, given: Services) -> str:
    """Return the header that lets a browser keep the reader's cookie for as long as it can be joined to anything."""
    age = int(COOKIE_AGE.total_seconds())
    secure = given.settings.site_url.startswith("https://")
    path = site_prefix(given.settings.site_url) or "/"
    return dump_cookie(
        COOKIE, reader.cookie, age, path=path, httponly=True, samesite="Lax", secure=secure, sync_expires=False
    )


def keep_to_this_browser(response: Response) -> Response:
    """Let nobody but this browser keep an answer."""
    if not response.cache_control.no_store:
        response.cache_control.private = True
        response.cache_control.max_age = 0
        response.cache_control.must_revalidate = True
    return response


def _is_api_reading() -> bool:
    return request.path.startswith("/api/") and request.method != "POST"
