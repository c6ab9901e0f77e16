"""The same act gives the same events, whether on the site or in the widget."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.clock import FixedClock
from kb.events import (
    ArticleViewed,
    ContactOpened,
    ContactTyped,
    Event,
    ResultOpened,
    TicketSent,
    Traffic,
)
from kb.storage.generations import GenerationStore
from tests.web.html import page_of
from tests.web.reader_site import ReaderSite, hidden_fields, open_site

ACTS = (ResultOpened, ArticleViewed, ContactOpened, ContactTyped, TicketSent)
WRITTEN = {
    "name": "Sara",
    "email": "sara@example.com",
    "subject": "Forgot my password",
    "message": "I cannot reset my password",
}
SHOP = "https://shop.example"
SENT_BY_A_SCRIPT = {"Origin": SHOP}
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"

Visit = Callable[[FlaskClient, str], None]


def on_the_site(reader: FlaskClient, rank: str) -> None:
    """Search, open a result, write to the team."""
    reader.get("/en/")
    page = page_of(reader.get("/en/search?q=reset+password"))
    link = next(str(link["href"]) for link in page.all("a") if "/articles/reset-password" in str(link.get("href")))
    reader.get(re.sub(r"\br=\d+", f"r={rank}", link))
    form = page_of(reader.get("/en/contact"))
    reader.post("/en/contact", data=hidden_fields(form, "/en/contact") | WRITTEN)


def in_the_widget(reader: FlaskClient, rank: str) -> None:
    """Do the same through the calls of the widget."""
    begun = reader.get("/api/v1/widget?lang=en", headers=SENT_BY_A_SCRIPT).get_json()
    headers = SENT_BY_A_SCRIPT | {"X-Dalil-Visitor": begun["visitor"]}
    found = reader.get("/api/v1/search?q=reset+password&lang=en", headers=headers).get_json()
    query = {"s": found["search_id"], "r": rank}
    viewed = {"lang": "en", "article": "reset-password", "kind": "viewed"}
    reader.post("/api/v1/widget/events", json=viewed, headers=headers, query_string=query)
    token = {"lang": "en", "form_token": begun["form_token"]}
    reader.post("/api/v1/widget/events", json=token | {"kind": "contact"}, headers=headers)
    reader.post("/api/v1/widget/tickets", json=token | WRITTEN, headers=headers)


def shape(event: Event) -> dict[str, object]:
    """Return an event without the names that differ from reader to reader."""
    said = {
        each.name: getattr(event, each.name) for each in fields(event) if each.name not in {"id", "ticket", "origin"}
    }
    named = {name: name for name in ("search",) if said.get(name)}
    return {"kind": type(event), "lang": event.origin.lang, "traffic": event.origin.traffic} | said | named


def recorded(site: ReaderSite, visit: Visit, rank: str, **headers: str) -> list[dict[str, object]]:
    """Return what a visit of a new reader adds to the events."""
    before = {event.id for kind in ACTS for event in site.events(kind)}
    visit(site.reader(**headers), rank)
    return [shape(event) for kind in ACTS for event in site.events(kind) if event.id not in before]


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> ReaderSite:
    return open_site(store, tmp_path, clock, widget_origins=SHOP, forms_per_minute=0, events_per_minute=0)


@pytest.mark.parametrize(
    ("rank", "headers", "kinds"),
    [
        ("3", {}, ACTS),
        ("1100", {}, ACTS),
        ("1101", {}, ACTS[1:]),
        ("9999", {}, ACTS[1:]),
        ("0", {}, ACTS[1:]),
        ("3", {"DNT": "1"}, ACTS[4:]),
        ("3", {"Sec_GPC": "1"}, ACTS[4:]),
        ("3", {"User_Agent": BOT}, ACTS[1:]),
    ],
)
def test_site_and_widget_record_the_same_events_for_the_same_acts(
    site: ReaderSite, rank: str, headers: dict[str, str], kinds: tuple[type[Event], ...]
) -> None:
    there = recorded(site, on_the_site, rank, **headers)
    here = recorded(site, in_the_widget, rank, **headers)

    assert here == there
    assert [event["kind"] for event in here] == list(kinds)


def test_a_bot_in_the_widget_is_no_visitor_and_gets_no_mark(site: ReaderSite) -> None:
    bot = site.reader(User_Agent=BOT)
    assert bot.get("/api/v1/widget?lang=en", headers=SENT_BY_A_SCRIPT).get_json()["visitor"] == ""
    in_the_widget(bot, "1")
    in_the_widget(bot, "1")
    views = site.events(ArticleViewed)
    assert {event.origin.traffic for event in views} == {Traffic.BOT}
    assert len({event.origin.visitor for event in views}) == 2
