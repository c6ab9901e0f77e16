"""The ways to reach the team, as the settings name them: open or closed now, and how soon an answer comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from itertools import groupby
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from flask_babel import get_locale

from kb.contact.hours import Hours, OpenState, parse_hours, state_at
from kb.model import Language
from kb.settings import Settings
from web.i18n import clock_time, current_language, gettext, ngettext, number
from web.services import services

_HOUR, _DAY = 60, 1_440
_WEEK_FROM_SATURDAY = (5, 6, 0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """Days with the same hours, e.g. ``Saturday – Thursday`` and ``9:00 AM – 9:00 PM``."""

    days: str
    times: str


@dataclass(frozen=True, slots=True)
class ChannelCard:
    """A way to reach the team other than the form.

    Attributes:
        kind: Name in events: ``email``, ``phone``, ``chat``, ``whatsapp`` or ``branch``.
        icon: Name of its icon.
        detail: Number or address to read; empty if the link says all.
        link: Where it leads; empty: nowhere.
        state: Whether somebody is there now, and until or from when; empty if always.
        is_open: The same for the eye.
        reply: How soon an answer comes; empty if the team promises nothing.
        hours: The week.
    """

    kind: str
    icon: str
    title: str
    detail: str
    link: str
    state: str
    is_open: bool
    reply: str
    hours: tuple[OpeningLine, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    kind: str
    icon: str
    title: str
    detail: str
    link: str
    hours: str
    reply_minutes: int


def channel_cards() -> tuple[ChannelCard, ...]:
    """Return the channels that are set up."""
    return tuple(_card(way) for way in _ways(services().settings) if way.detail or way.link)


def form_promise() -> str:
    """Return how soon messages of the form are answered; empty if the team promises nothing."""
    settings = services().settings
    return _reply(settings.contact_form_reply_minutes, _state(parse_hours(settings.contact_form_hours)))


def zone_name() -> str:
    """Return the place whose time the hours are in, in the reader's language."""
    zone = services().settings.time_zone
    return str(get_timezone_location(zone, locale=str(get_locale()), return_city=True))


def _ways(settings: Settings) -> Iterator[_Way]:
    branch = settings.contact_branch_ar if current_language() is Language.AR else settings.contact_branch_en
    whatsapp = settings.contact_whatsapp
    digits = "".join(letter for letter in whatsapp if letter.isdigit())
    yield _Way(
        "chat",
        "message-circle",
        gettext("Chat"),
        "",
        settings.contact_chat_url,
        settings.contact_chat_hours,
        settings.contact_chat_reply_minutes,
    )
    yield _Way(
        "whatsapp",
        "smartphone",
        gettext("WhatsApp"),
        whatsapp,
        f"https://wa.me/{digits}" if digits else "",
        settings.contact_whatsapp_hours,
        settings.contact_whatsapp_reply_minutes,
    )
    phone = "".join(letter for letter in settings.contact_phone if letter.isdigit() or letter == "+")
    yield _Way(
        "phone",
        "phone",
        gettext("Phone"),
        settings.contact_phone,
        f"tel:{phone}" if phone else "",
        settings.contact_phone_hours,
        0,
    )
    email = settings.contact_email
    link = f"mailto:{quote(email, safe='@')}" if email else ""
    yield _Way("email", "mail", gettext("E-mail"), email, link, "", settings.contact_email_reply_minutes)
    map_url = settings.contact_branch_map_url if branch else ""
    yield _Way("branch", "store", gettext("Branch"), branch, map_url, settings.contact_branch_hours, 0)


def _card(way: _Way) -> ChannelCard:
    hours = parse_hours(way.hours)
    state = _state(hours)
    return ChannelCard(
        kind=way.kind,
        icon=way.icon,
        title=way.title,
        detail=way.detail,
        link=way.link,
        state=_state_words(state) if hours.spans else "",
        is_open=state.is_open,
        reply=_reply(way.reply_minutes, state),
        hours=tuple(_opening_lines(hours)),
    )


def _state(hours: Hours) -> OpenState:
    return state_at(hours, services().clock.now(), ZoneInfo(services().settings.time_zone))


def _state_words(state: OpenState) -> str:
    if state.changes is None:
        return gettext("Open now")
    local_now = services().clock.now().astimezone(state.changes.tzinfo)
    at = clock_time(state.changes.time())
    days = (state.changes.date() - local_now.date()).days
    if days == 0 and state.is_open:
        return gettext("Open now, until %(at)s", at=at)
    if days == 0:
        return gettext("Closed, opens at %(at)s", at=at)
    if days == 1 and not state.is_open:
        return gettext("Closed, opens tomorrow at %(at)s", at=at)
    day = _day_name(state.changes.weekday())
    if state.is_open:
        return gettext("Open now, until %(day)s %(at)s", day=day, at=at)
    return gettext("Closed, opens %(day)s at %(at)s", day=day, at=at)


def _reply(minutes: int, state: OpenState) -> str:
    if not minutes:
        return ""
    time_span = _span(minutes)
    if state.is_open:
        return gettext("Usually answered within %(time)s", time=time_span)
    return gettext("Usually answered within %(time)s of opening", time=time_span)


def _span(minutes: int) -> str:
    if minutes < _HOUR:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes, count=number(minutes))
    if minutes < 2 * _DAY:
        hours = -(-minutes // _HOUR)
        return ngettext("%(count)s hour", "%(count)s hours", hours, count=number(hours))
    days = -(-minutes // _DAY)
    return ngettext("%(count)s day", "%(count)s days", days, count=number(days))


def _opening_lines(hours: Hours) -> Iterator[OpeningLine]:
    week = [(day, tuple((s.start, s.end) for s in hours.spans if s.day == day)) for day in _WEEK_FROM_SATURDAY]
    for times, group in groupby(week, key=lambda entry: entry[1]):
        days = [day for day, _ in group]
        if times:
            yield OpeningLine(_days_words(days), gettext(", ").join(_times_words(*each) for each in times))


def _days_words(days: list[int]) -> str:
    if len(days) == 7:
        return gettext("Every day")
    if len(days) == 1:
        return _day_name(days[0])
    return gettext("%(first)s to %(last)s", first=_day_name(days[0]), last=_day_name(days[-1]))


def _times_words(start: int, end: int) -> str:
    return gettext("%(start)s to %(end)s", start=_clock(start), end=_clock(end))


def _clock(minute: int) -> str:
    return clock_time(time(minute // _HOUR % 24, minute % _HOUR))


def _day_name(weekday: int) -> str:
    return str(get_locale().days["format"]["wide"][weekday])
