"""Takes what only a script can tell: how long an article was visible, and that a contact link was followed.

Always answers 204, or a problem document for what it cannot read: nobody waits for the answer.

Beacons are most of what a busy site is asked, and none of them needs a session, a limit, a language or a page. They are
therefore taken before Flask: through its whole machinery one kept the interpreter busy for 0.75 ms, here for 0.09 ms,
and searches waited meanwhile (2 cores of a Xeon, one process; docs/STATISTICS.md says how long).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError
from werkzeug import Response
from werkzeug.exceptions import Forbidden, HTTPException, LengthRequired, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.http import parse_cookie

from kb.errors import OperatorError
from kb.events import Channel, ChannelChosen, EventId, Traffic
from kb.model import ArticleId, ArticleKey, Language
from web.intake.environ import ROUTE
from web.metrics.counters import Counters
from web.pacing import caller_of, event_pace, too_fast
from web.problems import parameter_faults, problem
from web.same_origin import comes_from
from web.services import Services, is_public
from web.tracking.reader import Reader, cookie_header, identify
from web.tracking.recording import view_id, view_shown, view_timed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/api/v1/events"
ENDPOINT = "api.events"
LARGEST_BEACON = 4 * 1024
LONGEST_DWELL_S = 86_400.0
RETRY_AFTER_S = 30
_KEPT_HEADERS = frozenset({"Allow", "Retry-After"})
_NO_SNIFFING = ("X-Content-Type-Options", "nosniff")

logger = logging.getLogger(__name__)


class Beacon(BaseModel):
    """What every beacon is."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class DwellBeacon(Beacon):
    """How long an article's page has been visible so far; the longest report of an opening counts."""

    kind: Literal["dwell"]
    article: Annotated[str, Field(max_length=200, description="Id of the article.")]
    lang: Language = Field(description="Language of the page.")
    age_s: Annotated[float, Field(ge=0, le=LONGEST_DWELL_S, description="Seconds since the page was asked for.")]
    dwell_s: Annotated[
        float,
        Field(
            ge=0,
            le=LONGEST_DWELL_S,
            description="Seconds of these in which it was visible; 0: it is shown now, having been fetched ahead.",
        ),
    ]


class ChannelBeacon(Beacon):
    """A contact link that was followed."""

    kind: Literal["channel"]
    channel: Literal["email", "phone", "chat", "whatsapp", "branch"]
    lang: Language = Field(description="Language of the page.")


class EventBeacon(RootModel[Annotated[DwellBeacon | ChannelBeacon, Field(discriminator="kind")]]):
    """What a page tells, by its `kind`."""


class BeaconIntake:
    """The WSGI application of one address; all others are the site's behind it.

    Args:
        site: What answers everything else.
        services: What the site works with.
        counters: Counts beacons among the site's requests.
    """

    def __init__(self, site: WSGIApplication, services: Services, counters: Counters) -> None:
        self._site = site
        self._services = services
        self._counters = counters
        self._pace = event_pace(services.settings)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO") != PATH:
            return self._site(environ, start_response)
        started = perf_counter()
        environ[ROUTE] = ENDPOINT
        method, refused = str(environ["REQUEST_METHOD"]), None
        try:
            reader = self._take(method, environ)
        except Exception as error:  # noqa: BLE001 - the edge that answers
            refused = _answer_to(error)
        status = refused.status_code if refused else 204
        counted = method if method == "POST" else "other"
        self._counters.count_request(ENDPOINT, counted, status, perf_counter() - started)
        if refused:
            return refused(environ, start_response)
        headers = [("Cache-Control", "no-store"), _NO_SNIFFING]
        if reader.cookie:
            headers.append(("Set-Cookie", cookie_header(reader, self._services)))
        start_response("204 NO CONTENT", headers)
        return []

    def _take(self, method: str, environ: WSGIEnvironment) -> Reader:
        def header(name: str) -> str | None:
            return environ.get("HTTP_" + name.upper().replace("-", "_"))

        if method != "POST":
            raise MethodNotAllowed(["POST"])
        if not self._services.pacer.take(self._pace, caller_of(environ)):
            raise too_fast(self._pace)
        if not comes_from(header, self._services.settings.site_url):
            raise Forbidden("Beacons are taken from this site's own pages only.")
        beacon = EventBeacon.model_validate_json(_body(environ)).root
        reader = identify(header, parse_cookie(environ).get, self._services)
        if isinstance(beacon, DwellBeacon):
            self._take_dwell(beacon, reader)
        else:
            self._take_channel(beacon, reader)
        return reader

    def _take_dwell(self, beacon: DwellBeacon, reader: Reader) -> None:
        content = self._services.snapshots.current().content
        article = content.article(ArticleKey(ArticleId(beacon.article), beacon.lang))
        if article is None or not is_public(article) or not reader.is_timed:
            return
        opened = self._services.clock.now() - timedelta(seconds=beacon.age_s)
        view, dwell_s = view_id(reader.key, article, opened), min(beacon.dwell_s, beacon.age_s)
        origin = reader.origin_in(beacon.lang)
        self._services.event_log.append(view_timed(self._services, origin, view, article, dwell_s))
        if beacon.dwell_s == 0:  # afterwards: what was set apart knows from which search it was opened
            self._services.event_log.append(view_shown(self._services, origin, view, article))

    def _take_channel(self, beacon: ChannelBeacon, reader: Reader) -> None:
        if reader.unrecorded or reader.traffic is not Traffic.READER:
            return
        given = self._services
        event, origin = EventId(given.new_id()), reader.origin_in(beacon.lang)
        given.event_log.append(
            ChannelChosen(id=event, at=given.clock.now(), origin=origin, chosen=Channel(beacon.channel))
        )


def _body(environ: WSGIEnvironment) -> bytes:
    length = str(environ.get("CONTENT_LENGTH") or "")
    if not (length.isascii() and length.isdigit()):
        raise LengthRequired
    if int(length) > LARGEST_BEACON:
        raise RequestEntityTooLarge
    # One read of what there is: each gives the interpreter away, and waits for it beside a search.
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _answer_to(error: Exception) -> Response:
    if isinstance(error, ValidationError):
        response = problem(400, "Correct the fields that `errors` names.", parameter_faults(error))
    elif isinstance(error, HTTPException):
        response = problem(error.code or 400, error.description or "")
        response.headers.extend((name, value) for name, value in error.get_headers() if name in _KEPT_HEADERS)
    elif isinstance(error, OperatorError):
        logger.error("%s", error)
        response = problem(503)
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    else:
        logger.error("a beacon failed", exc_info=error)
        response = problem(500)
    response.headers.add(*_NO_SNIFFING)
    return response
