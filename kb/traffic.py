"""Who made a request: readers, known bots, staff, or a browser that fetches ahead. Judges headers and keeps none."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from kb.events import Traffic

_PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_AGENTS_KEPT = 1_024  # the same few hundred browsers ask again and again
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


def classify_traffic(header: Callable[[str], str | None], *, staff: bool = False) -> Traffic:
    """Return what kind of traffic a request is.

    Args:
        header: Gives a header of the request by its name in any case, None if it was not sent.
        staff: Whether the request is signed in to the desk.

    Returns:
        Prefetch before staff before bot; a request without a user agent is a bot.
    """
    if any((purpose := header(name)) and _FETCHED_AHEAD.search(purpose) for name in _PURPOSE_HEADERS):
        return Traffic.PREFETCH
    if staff:
        return Traffic.STAFF
    agent = (header("User-Agent") or "").strip()
    return Traffic.BOT if _is_bot(agent) else Traffic.READER


@lru_cache(_AGENTS_KEPT)
def _is_bot(agent: str) -> bool:
    return not agent or _BOT.search(agent) is not None
