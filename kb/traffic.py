"""Who made a request: readers, known bots, staff, or a browser that fetches ahead. Judges headers and keeps none."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kb.events import Traffic

_PURPOSE_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_FETCHED_AHEAD = re.compile(r"\b(?:prefetch|prerender|preview)", re.ASCII | re.IGNORECASE)
# Words that bots use to name themselves. Conservative: the browsers of people contain none of them, so that whatever is
# excluded is surely not a reader; bots that pretend to be browsers stay in, and the definitions keep them harmless.
# Cubot makes telephones.
_BOT = re.compile(
    r"(?<!cu)bot\b|bot[/;_-]|crawl|spider|slurp|scrap|headless|lighthouse|pingdom|uptime|monitor(?:ing|\b)|facebookexternalhit|"
    r"embedly|whatsapp/|telegrambot|feedfetcher|mediapartners|curl/|wget/|libwww|python-|aiohttp|httpx|okhttp|go-http|"
    r"java/|apache-httpclient|axios/|node-fetch|phantomjs|preview",
    re.ASCII | re.IGNORECASE,
)


def classify_traffic(headers: Mapping[str, str], *, staff: bool = False) -> Traffic:
    """Return what kind of traffic a request is.

    Args:
        headers: Request headers; names in any case.
        staff: Whether the request is signed in to the desk.

    Returns:
        Prefetch before staff before bot; a request without a user agent is a bot.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    if any(_FETCHED_AHEAD.search(lowered.get(name, "")) for name in _PURPOSE_HEADERS):
        return Traffic.PREFETCH
    if staff:
        return Traffic.STAFF
    agent = lowered.get("user-agent", "").strip()
    return Traffic.BOT if not agent or _BOT.search(agent) else Traffic.READER
