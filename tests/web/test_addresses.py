"""The address in form and widget: read as it is sent to, and refused with a reason in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.clock import FixedClock
from kb.storage.generations import GenerationStore
from tests.web.html import page_of
from tests.web.reader_site import ReaderSite, hidden_fields, open_page, open_site

WORDS = {"subject": "parcel", "message": "It has not come.", "name": "Salma"}
CASES = [
    ("sal..ma@shop.example", "one dot too many", "نقطة زائدة"),
    ("salma.@shop.example", "one dot too many", "نقطة زائدة"),
    ("salma@shop..example", "one dot too many", "نقطة زائدة"),
    ("sal(ma@shop.example", "cannot hold \u2066(\u2069.", "يحتوي البريد الإلكتروني على \u2066(\u2069"),
    ("sal ma@shop.example", "cannot hold a space.", "على مسافة"),
    ("salma@shop", "The part after the @", "ما بعد @"),
    ("a@shop.example b@shop.example", "one address only", "عنوانًا واحدًا"),
    ("salma", "name@example.com", "name@example.com"),
    ("s" * 65 + "@shop.example", "too long", "أطول"),
    ("care@help.example", "our own address", "عنواننا نحن"),
    ("\u200fCARE+tickets@help.example،", "our own address", "عنواننا نحن"),
    ("team@متجر.com", "our own address", "عنواننا نحن"),
]
TAKEN = [
    ("\u202asalma@shop.example\u202c", "salma@shop.example"),
    ("ｓａｌｍａ@shop.example", "salma@shop.example"),
    ("salma@shop.example،", "salma@shop.example"),
    ("salma٧@shop.example", "salma7@shop.example"),  # 7
    ("هدى@shop.example", "هدى@shop.example"),
    ("huda@متجر.com", "huda@متجر.com"),
]


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> ReaderSite:
    return open_site(store, tmp_path, clock, contact_email="care@help.example", contact_email_to="team@xn--pgbep1f.com")


@pytest.fixture
def reader(site: ReaderSite) -> FlaskClient:
    return site.reader()


@pytest.mark.parametrize(("typed", "english", "arabic"), CASES)
def test_an_address_that_cannot_be_written_to_is_refused_with_its_reason(
    site: ReaderSite, reader: FlaskClient, typed: str, english: str, arabic: str
) -> None:
    for lang, words in (("en", english), ("ar", arabic)):
        form = hidden_fields(open_page(reader, f"/{lang}/contact"), f"/{lang}/contact")
        answer = reader.post(f"/{lang}/contact", data=form | WORDS | {"email": typed})
        assert answer.status_code == 400
        assert words in page_of(answer).text
        assert "It has not come." in answer.text

        token = (reader.get(f"/api/v1/widget?lang={lang}").json or {})["form_token"]
        body = WORDS | {"email": typed, "lang": lang, "form_token": token}
        refused = reader.post("/api/v1/widget/tickets", json=body)
        (fault,) = (refused.json or {})["errors"]
        assert (refused.status_code, fault["parameter"]) == (422, "email")
        assert words in fault["detail"]
    assert site.tickets() == []


@pytest.mark.parametrize(("typed", "stored"), TAKEN)
def test_an_address_that_can_be_written_to_is_stored_as_it_is_sent_to(
    site: ReaderSite, reader: FlaskClient, typed: str, stored: str
) -> None:
    form = hidden_fields(open_page(reader, "/ar/contact"), "/ar/contact")
    assert reader.post("/ar/contact", data=form | WORDS | {"email": typed}).status_code == 303
    token = (reader.get("/api/v1/widget?lang=ar").json or {})["form_token"]
    body = WORDS | {"email": typed, "lang": "ar", "form_token": token}
    assert reader.post("/api/v1/widget/tickets", json=body).status_code == 201

    assert [ticket.email for ticket in site.tickets()] == [stored, stored]


def test_names_and_subjects_are_stored_without_what_only_machines_see(site: ReaderSite, reader: FlaskClient) -> None:
    form = hidden_fields(open_page(reader, "/en/contact"), "/en/contact")
    typed = {
        "name": "\u202eamlaS\u202c \u200f",
        "subject": " Late\x0bparcel\u2066\x00 ",
        "message": "a\x1b[0m\r\nb\x00",
    }
    reader.post("/en/contact", data=form | typed | {"email": "salma@shop.example"})

    (ticket,) = site.tickets()
    assert (ticket.name, ticket.subject, ticket.message) == ("amlaS", "Late parcel", "a[0m\nb")


def test_a_subject_of_nothing_but_marks_is_none(site: ReaderSite, reader: FlaskClient) -> None:
    form = hidden_fields(open_page(reader, "/en/contact"), "/en/contact")
    answer = reader.post("/en/contact", data=form | WORDS | {"email": "a@shop.example", "subject": "\u200f\u202e"})

    assert answer.status_code == 400
    assert "Say in a few words" in page_of(answer).text
