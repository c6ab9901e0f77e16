"""Attackers who hold every file of the product find nothing that docs/PRIVACY.md promises not to be there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.backup import backup_database, kept_copies, restore_database
from kb.clock import FixedClock
from kb.contact.delivery import KeepHere
from kb.contact.dispatch import Dispatcher
from kb.contact.outbox import Outbox
from kb.contact.tickets import forget_tickets
from kb.events import Event, Searched, SurveyAnswered, TicketSent, Voted
from kb.statistics.filters import FigureFilters
from kb.statistics.housekeeping import Housekeeping
from kb.statistics.periods import Period
from kb.statistics.retention import COPY_LIFE, Terms
from kb.statistics.rollups import roll_up
from kb.statistics.search_quality import disclosed_queries
from kb.storage.generations import GenerationStore
from tests.web.reader_site import ReaderSite, hidden_fields, open_page, open_site
from web.tracking.recording import stable_id

CONTACT = "/en/contact"
SEARCH = "/en/search?q=track my order"
TRACK = "/en/articles/track-order"
TERMS = Terms(raw_days=90, ticket_days=30, k=3)
MESSAGE = {"name": "Reem", "email": "reem@example.com", "subject": "track my order", "message": "It has not come."}
SHOP = "https://shop.example"


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> Iterator[ReaderSite]:
    opened = open_site(store, tmp_path, clock, widget_origins=SHOP)
    yield opened
    opened.engine.dispose()


def files(site: ReaderSite) -> list[Path]:
    """Return every file of the product but the index."""
    path = site.engine.url.database
    assert path is not None
    return [each for each in Path(path).parent.rglob("*") if each.is_file()]


def bytes_of(site: ReaderSite) -> bytes:
    return b"\0".join(path.read_bytes() for path in files(site))


def contact(reader: FlaskClient, **more: str) -> dict[str, str]:
    return hidden_fields(open_page(reader, CONTACT), CONTACT) | MESSAGE | more


@pytest.mark.parametrize("header", ["DNT", "Sec_GPC"])
def test_nothing_is_stored_of_readers_who_want_no_record(site: ReaderSite, header: str) -> None:
    reader = site.reader(**{header: "1"})
    open_page(reader, SEARCH)
    fields = contact(reader)
    choice = {"open": "1.en.track-order", "solved": "1.en.track-order", "still": "1.en.track-order"}
    for path, form in (
        (f"{CONTACT}/suggestions", {}),
        (f"{CONTACT}/answer", {"open": choice["open"]}),
        (f"{CONTACT}/answer", {"still": choice["still"]}),
        (f"{CONTACT}/reading", {"choice": choice["open"], "dwell_s": "20"}),
        *((CONTACT, {name: value}) for name, value in choice.items()),
        (CONTACT, {"suggest": "1"}),
        (CONTACT, {"email": "nobody"}),
    ):
        assert reader.post(path, data=fields | form).status_code in {200, 204, 303, 400}
    for beacon in (
        {"kind": "dwell", "article": "track-order", "lang": "en", "age_s": 40, "dwell_s": 31.5},
        {"kind": "channel", "channel": "whatsapp", "lang": "en"},
    ):
        assert reader.post("/api/v1/events", json=beacon).status_code == 204

    assert site.events(Event) == []


@pytest.mark.parametrize("header", ["DNT", "Sec_GPC"])
def test_nor_of_those_who_want_none_in_the_widget(site: ReaderSite, header: str) -> None:
    shop = site.reader(**{header: "1"}, Origin=SHOP)
    token = shop.get("/api/v1/widget?lang=en").get_json()["form_token"]
    mark = {"X-Dalil-Visitor": "2968.AAAAAAAAAAAAAAAAAAAAAA"}  # one that was given before the wish was made
    message = {"lang": "en", "form_token": token, **MESSAGE}
    event = {"lang": "en", "article": "track-order"}
    for path, body in (
        ("events", {"lang": "en", "kind": "contact", "form_token": token}),
        ("events", event | {"kind": "viewed"}),
        ("events", event | {"kind": "read", "dwell_s": 20}),
        ("events", event | {"kind": "read", "dwell_s": 20, "form_token": token}),
        ("offers", message),
        ("opened", {"lang": "en", "form_token": token, "choice": "1.en.track-order"}),
    ):
        answer = shop.post(f"/api/v1/widget/{path}", json=body, headers=mark)
        assert answer.status_code in {200, 204}, (path, answer.status_code)

    assert site.events(Event) == []


def test_what_they_say_on_purpose_is_joined_to_nothing(site: ReaderSite) -> None:
    reader = site.reader(DNT="1")
    vote = hidden_fields(open_page(reader, TRACK), f"{TRACK}/feedback") | {"verdict": "helpful"}
    for _ in "12":
        assert reader.post(f"{TRACK}/feedback", data=vote).status_code == 303
        assert reader.post(CONTACT, data=contact(reader)).status_code == 303

    assert {type(event) for event in site.events(Event)} == {Voted, TicketSent}
    assert len({event.origin.visitor for event in site.events(Event)}) == 4


def audience(site: ReaderSite, clock: FixedClock, query: str) -> int:
    """Return how many different visitors a query counts."""
    roll_up(site.engine, clock)
    day = clock.now().date()
    found = disclosed_queries(site.engine, Period(day, day), FigureFilters(), k=1).queries
    return next((each.visitors for each in found if each.query == query), 0)


@pytest.mark.parametrize("path", ["/en/search?q=my secret", "/api/v1/search?lang=en&q=my secret"])
def test_a_reader_without_cookies_counts_once_however_often_they_ask(
    site: ReaderSite, clock: FixedClock, path: str
) -> None:
    for _ in range(8):
        clock.instant += timedelta(minutes=1)
        assert site.reader().get(path).status_code == 200  # a browser that keeps nothing

    assert len(site.events(Searched)) == 8
    assert audience(site, clock, "my secret") == 1


def test_readers_whose_browsers_keep_the_cookie_count_each(site: ReaderSite, clock: FixedClock) -> None:
    for _ in range(3):
        reader = site.reader()
        open_page(reader, TRACK)
        open_page(reader, SEARCH)
    for _ in range(2):
        open_page(site.reader(), SEARCH)

    assert audience(site, clock, "track my order") == 4


def test_who_comes_to_the_home_page_searches_once_and_leaves_counts(site: ReaderSite, clock: FixedClock) -> None:
    for _ in range(3):
        reader = site.reader()
        open_page(reader, "/en/")
        open_page(reader, SEARCH)

    assert audience(site, clock, "track my order") == 3


def test_who_searches_first_and_stays_counts_too(site: ReaderSite, clock: FixedClock) -> None:
    for _ in range(3):
        reader = site.reader()
        open_page(reader, SEARCH)
        open_page(reader, TRACK)

    assert audience(site, clock, "track my order") == 3


def test_a_reader_of_the_widget_without_a_mark_counts_once(site: ReaderSite, clock: FixedClock) -> None:
    for _ in range(4):
        assert site.reader(Origin=SHOP).get("/api/v1/search?q=my secret&lang=en").status_code == 200
    marked = site.reader(Origin=SHOP)
    mark = marked.get("/api/v1/widget?lang=en").get_json()["visitor"]
    marked.get("/api/v1/search?q=my secret&lang=en", headers={"X-Dalil-Visitor": mark})

    assert audience(site, clock, "my secret") == 2


def test_no_search_leads_to_a_ticket_whose_writer_did_not_agree(site: ReaderSite, clock: FixedClock) -> None:
    reader = site.reader()
    open_page(reader, SEARCH)
    clock.instant += timedelta(minutes=2, seconds=7)
    fields = contact(reader)
    reader.post(f"{CONTACT}/suggestions", data=fields)
    clock.instant += timedelta(seconds=41)
    sent = open_page(reader, reader.post(CONTACT, data=fields).location)
    survey = next(link for link in sent.links() if "/survey/" in link)
    assert reader.post(survey, data={"score": "4"}).status_code == 303

    (ticket,), (answered,) = site.tickets(), site.events(SurveyAnswered)
    known = {str(value) for value in (ticket.id, ticket.form, ticket.reference, ticket.at)}
    guessed = {stable_id(word, ticket.form) for word in ("typed", "solved", "still", "shown")}
    about = [row for row in rows(site, "events") if row["kind"] != "survey_answered"]
    assert {"searched", "ticket_sent", "contact_typed"} <= {row["kind"] for row in about}
    assert not [row for row in about if row["kind"] == "ticket_sent" and row["at"] == ticket.at]
    assert not [row for row in about if (known | guessed) & {str(v) for k, v in row.items() if k != "at"}]
    assert not [row for row in about if ticket.id[:12] in str(row.values()) or ticket.reference in str(row.values())]
    assert answered.origin.visitor not in {row["visitor"] for row in about}


def test_who_agreed_is_helped_with_what_they_searched(site: ReaderSite) -> None:
    reader = site.reader()
    open_page(reader, SEARCH)
    reader.post(CONTACT, data=contact(reader, consent="1"))

    (sent,), (ticket,) = site.events(TicketSent), site.tickets()
    assert sent.ticket == ticket.id
    assert sent.origin.visitor == site.events(Searched)[0].origin.visitor


def rows(site: ReaderSite, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(str(site.engine.url.database))) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]


SECRETS = ("zanzibar", "kilimanjaro", "reem.forgotten@example.com", "Hasan of the forgotten")


def tell_secrets(site: ReaderSite, clock: FixedClock) -> None:
    """A rare search, a comment, and a ticket that was delivered."""
    reader = site.reader()
    open_page(reader, f"/en/search?q={SECRETS[0]}")
    vote = hidden_fields(open_page(reader, TRACK), f"{TRACK}/feedback") | {"verdict": "unhelpful", "reason": "other"}
    assert reader.post(f"{TRACK}/feedback", data=vote | {"comment": SECRETS[1]}).status_code == 303
    personal = {"name": SECRETS[3], "email": SECRETS[2], "message": " ".join(SECRETS)}
    assert reader.post(CONTACT, data=contact(reader, **personal)).status_code == 303
    Dispatcher(Outbox(site.engine), KeepHere(), clock).run_once()
    roll_up(site.engine, clock)


def found(site: ReaderSite) -> list[str]:
    raw = bytes_of(site)
    return [secret for secret in SECRETS if secret.encode() in raw]


def test_what_is_forgotten_is_in_no_byte_of_any_file(site: ReaderSite, clock: FixedClock, tmp_path: Path) -> None:
    tell_secrets(site, clock)
    url, backup = site.engine.url.render_as_string(), tmp_path / "old.db"
    backup_database(url, backup)
    clock.instant += timedelta(days=95)
    kept = restore_database(url, backup, clock)  # a copy of it lies beside the database now
    assert kept is not None
    assert found(site) == list(SECRETS)

    Housekeeping(site.engine, clock, TERMS).run_once()

    assert kept.is_file()
    assert found(site) == []


def test_a_reader_who_still_looks_does_not_keep_the_log_for_good(site: ReaderSite, clock: FixedClock) -> None:
    tell_secrets(site, clock)
    clock.instant += timedelta(days=31)
    with closing(sqlite3.connect(str(site.engine.url.database))) as looking:
        looking.execute("BEGIN")
        looking.execute("SELECT count(*) FROM tickets").fetchone()
        forget_tickets(site.engine, clock.now(), timedelta(days=30))
    assert not site.tickets()[0].name

    Housekeeping(site.engine, clock, TERMS).run_once()  # nothing to forget any more, but to overwrite

    assert SECRETS[3] not in found(site)


def test_what_a_restore_replaced_is_removed_in_time(site: ReaderSite, clock: FixedClock, tmp_path: Path) -> None:
    url, backup = site.engine.url.render_as_string(), tmp_path / "old.db"
    backup_database(url, backup)
    restore_database(url, backup, clock)
    broken = Path(str(site.engine.url.database)).with_name("before-restore-20261101T000000Z.db")
    broken.write_bytes(b"not a database")
    jobs = Housekeeping(site.engine, clock, TERMS)

    jobs.run_once()
    assert len(kept_copies(site.engine)) == 1 + (clock.now().date().day <= 15)
    clock.instant += COPY_LIFE + timedelta(hours=1)
    jobs.run_once()

    assert kept_copies(site.engine) == ()
