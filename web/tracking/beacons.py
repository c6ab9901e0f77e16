"""Takes what only a script can tell: how long an article was visible, and that a contact link was followed.

Always answers 204, or a problem document for what it cannot read: nobody waits for the answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from flask import Response, g, request
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from kb.events import Channel, ChannelChosen, EventId, Traffic
from kb.model import ArticleId, ArticleKey, Language
from web.problems import parameter_faults, problem
from web.same_origin import is_same_origin
from web.services import content, is_public, services
from web.tracking.reader import present_reader
from web.tracking.recording import record, record_dwell, view_id

LONGEST_DWELL_S = 86_400.0


class Beacon(BaseModel):
    """What every beacon is."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class DwellBeacon(Beacon):
    """How long an article's page has been visible so far; the longest report of an opening counts."""

    kind: Literal["dwell"]
    article: Annotated[str, Field(max_length=200, description="Id of the article.")]
    lang: Language = Field(description="Language of the page.")
    age_s: Annotated[float, Field(ge=0, le=LONGEST_DWELL_S, description="Seconds since the page was asked for.")]
    dwell_s: Annotated[float, Field(ge=0, le=LONGEST_DWELL_S, description="Seconds of these in which it was visible.")]


class ChannelBeacon(Beacon):
    """A contact link that was followed."""

    kind: Literal["channel"]
    channel: Literal["email", "phone", "chat", "whatsapp", "branch"]
    lang: Language = Field(description="Language of the page.")


class EventBeacon(RootModel[Annotated[DwellBeacon | ChannelBeacon, Field(discriminator="kind")]]):
    """What a page tells, by its `kind`."""


def event() -> Response:
    """Take one beacon."""
    if not is_same_origin():
        return problem(403, "Beacons are taken from this site's own pages only.")
    try:
        beacon = EventBeacon.model_validate_json(request.get_data(cache=False)).root
    except ValidationError as error:
        return problem(400, "Correct the fields that `errors` names.", parameter_faults(error))
    g.language = beacon.lang  # of the page that sent it
    if isinstance(beacon, DwellBeacon):
        _take_dwell(beacon)
    else:
        _take_channel(beacon)
    response = Response(status=204)
    response.cache_control.no_store = True
    return response


def _take_dwell(beacon: DwellBeacon) -> None:
    article = content().article(ArticleKey(ArticleId(beacon.article), beacon.lang))
    if article is None or not is_public(article):
        return
    opened = services().clock.now() - timedelta(seconds=beacon.age_s)
    record_dwell(view_id(present_reader().key, article, opened), article, min(beacon.dwell_s, beacon.age_s))


def _take_channel(beacon: ChannelBeacon) -> None:
    reader = present_reader()
    if reader.traffic is Traffic.READER:
        now = services().clock.now()
        identity = EventId(services().new_id())
        record(ChannelChosen(id=identity, at=now, origin=reader.origin(), chosen=Channel(beacon.channel)))
