"""Never loses what was typed at the desk: a form that cannot be taken now is given back, to be sent again by a press.

Nothing is stored for it: the page that is given back holds the form's own fields, without passwords and tokens, and a
fresh token. Forms of other sites, and those that hold nothing typed, are not given back.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flask import make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from web.i18n import gettext
from web.layout import Head
from web.prefix import present_path
from web.same_origin import is_same_origin

SCRIPT_HEADER: Final = "X-Requested-With"
"""Carried by what our scripts send: they keep the page with its text, and tell themselves what went wrong."""

SECRET_FIELDS: Final = frozenset({"csrf_token", "password", "again", "current"})
"""Fields that never come back in a page."""

MOST_FIELDS: Final = 200
"""More than any form of the desk has."""

_log = logging.getLogger(__name__)


class Obstacle(StrEnum):
    """Why a form cannot be taken now."""

    SIGNED_OUT = "signed out"
    LATE = "late"
    OUTAGE = "outage"


_STATUS: Final = {Obstacle.SIGNED_OUT: 401, Obstacle.LATE: 400, Obstacle.OUTAGE: 503}


@dataclass(frozen=True, slots=True)
class KeptField:
    """One field of the form.

    Attributes:
        is_written: Holds words, and is therefore shown and may be changed; other values just go along.
    """

    name: str
    value: str
    is_written: bool

    @property
    def rows(self) -> int:
        """Return how many lines to show."""
        return min(12, max(2, self.value.count("\n") + 1 + len(self.value) // 60))


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A form that could not be taken.

    Attributes:
        path: Where the form goes.
        why: Why it could not be taken.
    """

    head: Head
    fields: tuple[KeptField, ...]
    path: str
    why: Obstacle


def given_back(why: Obstacle) -> AnyResponse | None:
    """Return a page with the form of this request, or None if it has none that may be given back."""
    if request.method != "POST" or SCRIPT_HEADER in request.headers:
        return None
    if not is_same_origin():
        _log.warning("%s: refused a form of another site: %.200s", request.path, request.headers.get("Origin"))
        return None
    fields = tuple(
        KeptField(name, value, is_written=len(value.split()) > 1)
        for name, value in request.form.items(multi=True)
        if name not in SECRET_FIELDS
    )
    if not 0 < len(fields) <= MOST_FIELDS:
        return None
    path = present_path()
    page = KeptPage(Head(gettext("Your text is still here")), fields, path, why)
    return make_response(render_template("desk/kept.html", page=page), _STATUS[why])
