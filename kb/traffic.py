"""Who made a request: readers, known bots, staff, or a browser that fetches ahead. Judges headers and keeps none.

What is excluded shall surely not be a reader, and whatever names itself as a program is none. Three things name one:
what every browser says and it does not, a word or an address of its own, and the list of known programs that the
package crawler-user-agents keeps. Programs that pretend to be browsers stay in, and the definitions keep them harmless.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from kb.events import Traffic

_PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_AGENTS_KEPT = 1_024  # the same few hundred browsers ask again and again
_LONGEST_AGENT = 1_024
_FETCHED_AHEAD = re.compile(r"\b(?:prefetch|prerender|preview)", re.ASCII | re.IGNORECASE)
# Browsers say Mozilla or Opera and, in brackets, on what they run; old telephones say what profile they have.
_BROWSER = re.compile(r"(?:Mozilla|Opera|UCWEB)/[0-9.]+ \(|.*\bMIDP-", re.ASCII)
# What a telephone is called says nothing about the program: CUBOT makes them.
_DEVICE = re.compile(r"\((?:Linux; )?(?:U; |arm_64; )?Android [^()@]*\)", re.ASCII)
_PROGRAM = re.compile(
    r"compatible;(?! (?:MSIE|Konqueror))|https?://|\bwww\.|[\w.-]@[\w-]|"
    r"(?<!\bcu)bot\b|bot[\d/;_-]|crawl|spider|slurp|scrap|headless|lighthouse|uptime|monitor(?:ing|\b)|health.?check|"
    r"phantomjs|preview|fetcher|validator|synthetics",
    re.ASCII | re.IGNORECASE,
)
# What is on the list and readers' browsers say too: messengers that they are in, and a build of Android.
_BROWSERS_TOO = frozenset({"Viber", "Sonic", r"AP3A\.240617\.008"})
_ESCAPED = re.compile(r"\\([^\w])")
_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")


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
    return Traffic.BOT if _is_program(agent[:_LONGEST_AGENT]) else Traffic.READER


@lru_cache(_AGENTS_KEPT)
def _is_program(agent: str) -> bool:
    if not _BROWSER.match(agent):
        return True
    return _PROGRAM.search(_DEVICE.sub("()", agent)) is not None or _known_programs().holds(agent)


@dataclass(frozen=True, slots=True)
class _KnownPrograms:
    """The kept list, most of which are plain names: looking for these is ten times as fast as one large pattern."""

    names: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]

    def holds(self, agent: str) -> bool:
        """Return whether an agent names one of them."""
        return any(name in agent for name in self.names) or any(each.search(agent) for each in self.patterns)


@cache
def _known_programs() -> _KnownPrograms:
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    listed = {str(each["pattern"]) for each in CRAWLER_USER_AGENTS_DATA} - _BROWSERS_TOO
    plain = {
        pattern: _ESCAPED.sub(r"\1", pattern) for pattern in listed if not _SPECIAL.search(_ESCAPED.sub("", pattern))
    }
    patterns = sorted(listed - plain.keys())
    return _KnownPrograms(tuple(sorted(plain.values())), tuple(map(re.compile, patterns)))
