"""The contact page: suggestions that never stand in the way, one ticket for one form, honest channels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb.clock import FixedClock
from kb.contact.outbox import Outbox
from kb.contact.surveys import SurveyLinks
from kb.events import (
    Arm,
    ContactOpened,
    ContactTyped,
    Event,
    HelpStillNeeded,
    ProblemSolved,
    SuggestionOpened,
    SuggestionsShown,
    Survey,
    SurveyAnswered,
    TicketId,
    TicketSent,
    ViewTimed,
)
from kb.model import Language
from kb.storage.generations import GenerationStore
from tests.web.html import Page, page_of
from tests.web.reader_site import ReaderSite, hidden_fields, open_page, open_site

CONTACT = "/en/contact"
QUESTION = {"subject": "track my order", "message": "where is my order? I want to track my parcel"}
MESSAGE = QUESTION | {"email": "reem@example.com", "name": "Reem"}


@pytest.fixture
def site(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> ReaderSite:
    return open_site(store, tmp_path, clock)


@pytest.fixture
def reader(site: ReaderSite) -> FlaskClient:
    return site.reader()


def form_of(client: FlaskClient, page: str = CONTACT) -> dict[str, str]:
    return hidden_fields(open_page(client, page), page)


def choices(page: Page) -> list[str]:
    return [str(found["value"]) for found in page.all("button", name="open")]


def send(client: FlaskClient, **changes: str) -> TestResponse:
    return client.post(CONTACT, data=form_of(client) | MESSAGE | changes)


def test_a_message_is_acknowledged_with_a_reference_and_stored(site: ReaderSite, reader: FlaskClient) -> None:
    response = send(reader)
    page = open_page(reader, response.location)

    (row,), (event,) = site.tickets(), site.events(TicketSent)
    assert response.status_code == 303
    assert row.reference in page.text
    assert (row.email, row.subject, row.lang) == ("reem@example.com", "track my order", "en")
    assert event.ticket is None  # the writer did not agree to have it joined to what they read
    assert [entry.reference for entry in Outbox(site.engine).entries()] == [row.reference]


def test_the_acknowledgement_can_be_loaded_again(reader: FlaskClient) -> None:
    after = send(reader).location

    assert open_page(reader, after).text == open_page(reader, after).text


def test_sending_twice_makes_one_ticket(site: ReaderSite, reader: FlaskClient) -> None:
    fields = form_of(reader) | MESSAGE

    first, second = (reader.post(CONTACT, data=fields) for _ in range(2))

    assert first.location == second.location
    assert len(site.tickets()) == len(site.events(TicketSent)) == 1


def test_a_sent_form_with_another_text_is_refused_and_the_text_kept(site: ReaderSite, reader: FlaskClient) -> None:
    fields = form_of(reader) | MESSAGE
    reader.post(CONTACT, data=fields)

    response = reader.post(CONTACT, data=fields | {"message": "something else entirely"})

    assert response.status_code == 409
    assert site.tickets()[0].reference in page_of(response).text
    assert "something else entirely" in response.text
    assert len(site.tickets()) == 1
    again = hidden_fields(page_of(response), CONTACT) | MESSAGE
    assert reader.post(CONTACT, data=again).status_code == 303


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": ""}, "Write the address"),
        ({"email": "reem"}, "name@example.com"),
        ({"email": "a@b.com\r\nBcc: x@y.com"}, "one address only"),
        ({"subject": "  "}, "Say in a few words"),
        ({"message": ""}, "Write your message"),
        ({"message": "x" * 5_001}, "too long"),
        ({"website": "https://spam.example"}, "looks automatic"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    site: ReaderSite, reader: FlaskClient, changes: dict[str, str], words: str
) -> None:
    response = send(reader, **changes)

    assert response.status_code == 400
    assert words in page_of(response).text
    assert "Reem" in response.text
    assert site.tickets() == []


@pytest.mark.parametrize("token", ["", "nonsense", "WyJhIl0.x.y"])
def test_a_forged_form_is_refused_and_its_text_kept(site: ReaderSite, reader: FlaskClient, token: str) -> None:
    response = reader.post(CONTACT, data=MESSAGE | {"token": token})

    assert response.status_code == 400
    assert QUESTION["message"].split("?")[0] in response.text
    assert site.tickets() == []


def test_a_form_from_another_site_is_refused(site: ReaderSite, reader: FlaskClient) -> None:
    fields = form_of(reader) | MESSAGE

    assert site.reader(Sec_Fetch_Site="cross-site").post(CONTACT, data=fields).status_code == 400
    assert site.tickets() == []


def test_a_failing_database_keeps_the_text(site: ReaderSite, reader: FlaskClient) -> None:
    fields = form_of(reader) | MESSAGE
    with site.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE tickets")

    response = reader.post(CONTACT, data=fields)

    assert response.status_code == 503
    assert "reem@example.com" in response.text


def test_html_in_a_message_is_shown_as_text(reader: FlaskClient) -> None:
    response = send(reader, email="", message="<script>alert(1)</script> hello")

    assert "<script>alert" not in response.text


def test_suggestions_come_as_a_step_without_a_script_and_the_send_button_stays(
    site: ReaderSite, reader: FlaskClient
) -> None:
    fields = form_of(reader) | QUESTION

    shown = page_of(reader.post(CONTACT, data=fields | {"suggest": "1"}))
    opened = page_of(reader.post(CONTACT, data=fields | {"open": choices(shown)[0]}))

    assert choices(shown)[0] == "1.en.track-order"
    assert "The parcel number is in the app." in opened.text
    assert all("Send message" in page.text for page in (shown, opened))
    assert opened.all("button", name="solved")
    assert opened.all("button", name="still")
    (offered,), (event,) = site.events(SuggestionsShown), site.events(SuggestionOpened)
    assert str(offered.articles[0]) == "en:track-order"
    assert event.rank == 1


def test_a_script_gets_suggestions_and_one_answer_alone(site: ReaderSite, reader: FlaskClient) -> None:
    fields = form_of(reader) | QUESTION

    offers = reader.post(f"{CONTACT}/suggestions", data=fields)
    answer = reader.post(f"{CONTACT}/answer", data=fields | {"open": choices(page_of(offers))[0]})

    assert offers.status_code == answer.status_code == 200
    assert "<html" not in offers.text + answer.text
    assert "The parcel number is in the app." in answer.text


def test_intent_is_three_characters_and_recorded_once(site: ReaderSite, reader: FlaskClient) -> None:
    fields = form_of(reader)

    reader.post(f"{CONTACT}/suggestions", data=fields | {"subject": " ab "})
    assert site.events(ContactTyped) == []
    for text in ("abc", "abcd", "abcde"):
        reader.post(f"{CONTACT}/suggestions", data=fields | {"subject": text})

    assert len(site.events(ContactTyped)) == 1


def test_the_words_of_the_form_are_recorded_nowhere_but_in_the_ticket(site: ReaderSite, reader: FlaskClient) -> None:
    reader.post(f"{CONTACT}/suggestions", data=form_of(reader) | {"subject": "quetzalcoatl parcels"})

    assert "quetzalcoatl" not in site.dump()


def test_an_opened_answer_is_timed(site: ReaderSite, reader: FlaskClient) -> None:
    fields = form_of(reader) | QUESTION
    choice = {"open": "1.en.track-order"}
    reader.post(f"{CONTACT}/answer", data=fields | choice)

    timed = reader.post(f"{CONTACT}/reading", data=fields | {"choice": "1.en.track-order", "dwell_s": "12.5"})

    (opened,), (report,) = site.events(SuggestionOpened), site.events(ViewTimed)
    assert timed.status_code == 204
    assert (report.view, report.dwell_s) == (opened.id, 12.5)


@pytest.mark.parametrize("dwell", ["", "-1", "nan", "inf", "1e9", "long"])
def test_times_that_are_none_are_refused(site: ReaderSite, reader: FlaskClient, dwell: str) -> None:
    fields = form_of(reader) | {"choice": "1.en.track-order", "dwell_s": dwell}

    assert reader.post(f"{CONTACT}/reading", data=fields).status_code == 400
    assert site.events(ViewTimed) == []


def test_solved_sends_nothing_and_is_recorded_once(site: ReaderSite, reader: FlaskClient) -> None:
    fields = form_of(reader) | QUESTION | {"solved": "1.en.track-order"}

    for _ in range(2):
        response = reader.post(CONTACT, data=fields)

    assert response.status_code == 303
    assert "No message was sent" in open_page(reader, response.location).text
    (event,) = site.events(ProblemSolved)
    assert event.article is not None
    assert event.article.key.id == "track-order"
    assert site.tickets() == []


def test_still_needing_help_leads_on_to_sending(site: ReaderSite, reader: FlaskClient) -> None:
    fields = form_of(reader) | MESSAGE

    page = page_of(reader.post(CONTACT, data=fields | {"still": "1.en.track-order"}))
    sent = reader.post(CONTACT, data=hidden_fields(page, CONTACT) | MESSAGE)

    assert sent.status_code == 303
    assert len(site.events(HelpStillNeeded)) == 1


@pytest.mark.parametrize(
    "choice", ["1.en.refund-override", "1.en.nothing", "9.en.track-order", "x", "1.fr.track-order"]
)
def test_articles_that_nobody_may_read_cannot_be_opened_here(reader: FlaskClient, choice: str) -> None:
    assert reader.post(f"{CONTACT}/answer", data=form_of(reader) | {"open": choice}).status_code == 404


def test_a_question_without_an_answer_is_told_so(reader: FlaskClient) -> None:
    response = reader.post(f"{CONTACT}/suggestions", data=form_of(reader) | {"subject": "xylophone zebra quux"})

    assert "no article about this" in page_of(response).text


def test_the_holdout_sees_no_suggestions_but_everything_else(
    store: GenerationStore, tmp_path: Path, clock: FixedClock
) -> None:
    site = open_site(store, tmp_path, clock, holdout_share=0.5)
    arms = set()
    for _ in range(12):
        reader = site.reader()
        fields = form_of(reader) | QUESTION
        offers = page_of(reader.post(f"{CONTACT}/suggestions", data=fields))
        arms.add(bool(choices(offers)))
        assert "Send message" in open_page(reader, CONTACT).text

    shown = {event.origin.visitor for event in site.events(SuggestionsShown)}
    held = {event.origin.visitor for event in site.events(ContactOpened) if event.arm is Arm.HOLDOUT}
    assert arms == {True, False}
    assert shown.isdisjoint(held)
    assert len(site.events(ContactTyped)) == 12


def test_a_visitor_stays_in_one_arm(store: GenerationStore, tmp_path: Path, clock: FixedClock) -> None:
    site = open_site(store, tmp_path, clock, holdout_share=0.5)
    reader = site.reader()
    for _ in range(4):
        form_of(reader)
        clock.instant += timedelta(hours=1)

    assert len({event.arm for event in site.events(ContactOpened)}) == 1


def test_what_was_read_is_sent_along_only_if_the_customer_agrees(site: ReaderSite) -> None:
    for consent in ({}, {"consent": "1"}):
        reader = site.reader()
        open_page(reader, "/en/search?q=track my order")
        open_page(reader, "/en/articles/track-order")
        page = open_page(reader, CONTACT)
        box = page.all("input", name="consent")
        assert box
        assert "checked" not in box[0]
        send(reader, **consent)

    without, given = (row.trail for row in site.tickets())
    assert without is None
    assert "track my order" in given
    assert "http://localhost/en/articles/track-order" in given


def test_who_read_nothing_is_asked_for_nothing(reader: FlaskClient) -> None:
    assert not open_page(reader, CONTACT).all("input", name="consent")


def test_readers_who_ask_not_to_be_followed_can_write_all_the_same(site: ReaderSite) -> None:
    reader = site.reader(DNT="1")
    open_page(reader, "/en/articles/track-order")

    response = send(reader)

    assert response.status_code == 303
    assert "Set-Cookie" not in response.headers
    assert [type(event) for event in site.events(Event)] == [TicketSent]


def test_channels_say_honestly_whether_anybody_is_there(
    store: GenerationStore, tmp_path: Path, clock: FixedClock
) -> None:
    hours: dict[str, Any] = {"contact_phone": "+966 11 000 0000", "contact_phone_hours": "sat-thu 09:00-21:00"}
    hours |= {"contact_whatsapp": "+966 50 000 0000", "contact_whatsapp_reply_minutes": 60}
    hours |= {"contact_form_reply_minutes": 1_440}
    site = open_site(store, tmp_path, clock, **hours)
    clock.instant = datetime(2026, 11, 21, 12, tzinfo=UTC)  # Saturday, 15:00 in Riyadh
    day = open_page(site.reader(), CONTACT)
    clock.instant = datetime(2026, 11, 19, 19, tzinfo=UTC)  # Thursday, 22:00 in Riyadh
    night = open_page(site.reader(), CONTACT)

    assert "Open now, until 9:00 PM" in day.text
    assert "Closed, opens Saturday at 9:00 AM" in night.text
    assert "Usually answered within 1 hour" in day.text
    assert "Usually answered within 24 hours" in day.text
    assert {"tel:+966110000000", "https://wa.me/966500000000"} <= set(day.links())


def test_nothing_is_promised_that_the_settings_do_not_promise(reader: FlaskClient) -> None:
    page = open_page(reader, CONTACT)

    assert "Usually answered" not in page.text
    assert "Other ways" not in page.text


def test_one_answer_to_each_survey_counts_and_looking_answers_nothing(site: ReaderSite, reader: FlaskClient) -> None:
    acknowledged = open_page(reader, send(reader).location)
    address = next(link for link in acknowledged.links() if "/survey/" in link)

    open_page(reader, address)
    assert site.events(SurveyAnswered) == []
    for score in ("4", "1"):
        assert reader.post(address, data={"score": score}).status_code == 303

    (event,) = site.events(SurveyAnswered)
    assert (event.survey, event.score, event.ticket) == (Survey.EFFORT, 4, site.tickets()[0].id)


def test_an_answered_survey_says_what_was_answered_and_asks_no_more(site: ReaderSite, reader: FlaskClient) -> None:
    receipt = send(reader).location
    address = next(link for link in open_page(reader, receipt).links() if "/survey/" in link)
    assert "Your answer is counted" in open_page(reader, reader.post(address, data={"score": "4"}).location).text

    again = reader.post(address, data={"score": "1"})
    for page in (open_page(reader, address), open_page(reader, again.location)):
        assert "You answered “Easy”" in page.text
        assert not page.all("button", name="score")
    assert not open_page(reader, receipt).all("button", name="score")
    other = SurveyLinks("for tests", "").token(Survey.SATISFACTION, site.tickets()[0].id)
    assert open_page(reader, f"/en/survey/{other}").all("button", name="score")


@pytest.mark.parametrize("score", ["", "0", "6", "five", "٣"])
def test_scores_outside_the_scale_are_refused(site: ReaderSite, reader: FlaskClient, score: str) -> None:
    token = SurveyLinks("for tests", "").token(Survey.SATISFACTION, TicketId("t1"))

    assert reader.post(f"/ar/survey/{token}", data={"score": score}).status_code == 400
    assert site.events(SurveyAnswered) == []


def test_a_survey_link_names_nobody_and_cannot_be_made_up(site: ReaderSite, reader: FlaskClient) -> None:
    link = SurveyLinks("for tests", "http://localhost").link(Survey.SATISFACTION, TicketId("t1"), Language.AR)

    assert reader.get(link.removeprefix("http://localhost")).status_code == 200
    assert reader.get(link.removeprefix("http://localhost")[:-2] + "xx").status_code == 404
    forged = SurveyLinks("another key", "").token(Survey.SATISFACTION, TicketId("t1"))
    assert reader.get(f"/ar/survey/{forged}").status_code == 404


def test_the_contact_page_is_kept_by_no_cache(reader: FlaskClient) -> None:
    assert reader.get(CONTACT).cache_control.no_store


def test_an_address_that_sends_too_many_forms_is_slowed_down_and_looking_is_not(
    store: GenerationStore, tmp_path: Path, clock: FixedClock
) -> None:
    site = open_site(store, tmp_path, clock, forms_per_minute=2)
    reader = site.reader()

    statuses = [send(reader).status_code for _ in range(3)]

    assert statuses == [303, 303, 429]
    assert len(site.tickets()) == 2
    assert reader.get(CONTACT).status_code == 200
