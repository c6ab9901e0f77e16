"""Every outlet against a real server: what arrives, and that delivering again makes no second ticket."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from kb.contact.delivery import DeliveryError, DeliveryRefusedError, KeepHere
from kb.contact.model import Part, ReadArticle, Ticket, TicketDraft, Trail
from kb.contact.outlets import open_outlet, open_receipts, parts_of
from kb.contact.surveys import SurveyLinks
from kb.contact.webhook import WebhookOutlet, signing_key
from kb.errors import OperatorError
from kb.events import TicketId
from kb.model import Language
from kb.settings import Settings
from tests.receivers import Mailbox, Received, Reply, http_receiver, mail_receiver

SURVEYS = SurveyLinks("a key", "https://help.example")
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
TRAIL = Trail(
    ("وين طلبي",), (ReadArticle("Track your order", "https://help.example/en/articles/track-order"),)
)  # where?
TICKET = Ticket(
    TicketId("5f3e" * 8),
    "7K3M-9QXZ",
    datetime(2026, 11, 21, 12, tzinfo=UTC),
    TicketDraft(
        "form", Language.EN, "Reem", "reem@example.com", "Late parcel", "It has not come.\nWhere is it?", TRAIL
    ),
)


def outlet_of(**settings: Any) -> Any:
    return open_outlet(Settings.model_validate(settings), "https://help.example", SURVEYS)


def test_a_webhook_is_signed_so_that_the_receiver_can_verify_it() -> None:
    with http_receiver(lambda request: Reply(204)) as receiver:
        outlet_of(contact_outlet="webhook", webhook_url=receiver.url, webhook_secret=SECRET).deliver(TICKET)

    (request,) = receiver.received
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    expected = base64.b64encode(hmac.new(signing_key(SECRET), signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    assert request.headers["webhook-id"] == TICKET.id
    data = request.json["data"]
    assert (data["reference"], data["email"], data["searched"]) == ("7K3M-9QXZ", "reem@example.com", ["وين طلبي"])
    assert data["survey_url"].startswith("https://help.example/en/survey/")


def test_a_webhook_that_is_delivered_again_carries_the_same_id() -> None:
    with http_receiver(lambda request: Reply()) as receiver:
        outlet = WebhookOutlet(receiver.url, SECRET, SURVEYS)
        outlet.deliver(TICKET)
        outlet.deliver(TICKET)

    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1


@pytest.mark.parametrize(("status", "kind"), [(500, DeliveryError), (404, DeliveryError), (422, DeliveryRefusedError)])
def test_failures_that_may_pass_are_told_from_those_that_will_not(status: int, kind: type[Exception]) -> None:
    with http_receiver(lambda request: Reply(status)) as receiver, pytest.raises(DeliveryError) as caught:
        WebhookOutlet(receiver.url, SECRET, SURVEYS).deliver(TICKET)

    assert type(caught.value) is kind


def test_a_receiver_that_names_a_time_is_obeyed() -> None:
    with (
        http_receiver(lambda request: Reply(429, headers={"Retry-After": "90"})) as receiver,
        pytest.raises(DeliveryError) as caught,
    ):
        WebhookOutlet(receiver.url, SECRET, SURVEYS).deliver(TICKET)

    assert caught.value.retry_after == timedelta(seconds=90)


def test_redirects_are_not_followed() -> None:
    with http_receiver(lambda request: Reply(302, headers={"Location": "/elsewhere"})) as receiver:
        with pytest.raises(DeliveryError):
            WebhookOutlet(receiver.url, SECRET, SURVEYS).deliver(TICKET)

        assert [request.path for request in receiver.received] == ["/"]


def test_an_unreachable_receiver_is_an_error_that_names_nobody() -> None:
    with pytest.raises(DeliveryError) as caught:
        WebhookOutlet("http://127.0.0.1:9", SECRET, SURVEYS).deliver(TICKET)

    assert "reem" not in str(caught.value)


class Chatwoot:
    """Behaves as Chatwoot's public inbox interface does."""

    def __init__(self) -> None:
        self.contacts: dict[str, dict[str, Any]] = {}
        self.conversations: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.breaks_at = ""

    def answer(self, request: Received) -> Reply:
        end = request.path.rsplit("/", 1)[1]
        if self.breaks_at == f"{request.method} {end}":
            self.breaks_at = ""
            return Reply(502)
        if end == "contacts":
            self.contacts[request.json["source_id"]] = request.json
            return Reply(document={"source_id": request.json["source_id"]})
        kept = self.messages if end == "messages" else self.conversations
        if request.method == "GET":
            return Reply(document=kept)
        kept.append({"id": len(kept) + 40} | request.json)
        return Reply(document=kept[-1])


@pytest.mark.parametrize(
    "breaks_at", ["", "POST contacts", "GET conversations", "POST conversations", "GET messages", "POST messages"]
)
def test_chatwoot_gets_one_conversation_whichever_step_broke(breaks_at: str) -> None:
    chatwoot = Chatwoot()
    chatwoot.breaks_at = breaks_at
    with http_receiver(chatwoot.answer) as receiver:
        outlet = outlet_of(contact_outlet="chatwoot", chatwoot_url=receiver.url, chatwoot_inbox_token="abc")
        if breaks_at:
            with pytest.raises(DeliveryError):
                outlet.deliver(TICKET)
        remotes = {outlet.deliver(TICKET) for _ in range(2)}

    assert remotes == {"40"}
    assert receiver.received[0].path == "/public/api/v1/inboxes/abc/contacts"
    assert [len(chatwoot.contacts), len(chatwoot.conversations), len(chatwoot.messages)] == [1, 1, 1]
    assert chatwoot.contacts[TICKET.id]["email"] == "reem@example.com"
    assert "Track your order" in chatwoot.messages[0]["content"]


def test_zendesk_gets_one_ticket_that_is_found_again() -> None:
    made: list[dict[str, Any]] = []

    def answer(request: Received) -> Reply:
        if request.method == "GET":
            return Reply(document={"tickets": [each for each in made if each["external_id"] in request.path]})
        made.append({"id": 35436} | request.json["ticket"])
        return Reply(201, {"ticket": made[-1]})

    with http_receiver(answer) as receiver:
        outlet = outlet_of(
            contact_outlet="zendesk", zendesk_url=receiver.url, zendesk_email="a@b.example", zendesk_token="t"
        )
        remotes = [outlet.deliver(TICKET) for _ in range(2)]

    assert remotes == ["35436", "35436"]
    assert len(made) == 1
    assert made[0]["requester"] == {"name": "Reem", "email": "reem@example.com"}
    post = next(request for request in receiver.received if request.method == "POST")
    assert post.headers["idempotency-key"] == TICKET.id
    assert base64.b64decode(post.headers["authorization"].removeprefix("Basic ")) == b"a@b.example/token:t"


def mail_settings(box: Mailbox) -> dict[str, Any]:
    return {
        "contact_outlet": "email",
        "contact_email_to": "care@help.example",
        "smtp_host": "127.0.0.1",
        "smtp_port": box.port,
        "smtp_security": "none",
    }


def test_an_e_mail_can_be_answered_and_says_what_was_read() -> None:
    with mail_receiver() as box:
        outlet = outlet_of(**mail_settings(box))
        remote = outlet.deliver(TICKET)

    (message,) = box.messages
    assert message["Subject"] == "[7K3M-9QXZ] Late parcel"
    assert message["Reply-To"] == "Reem <reem@example.com>"
    assert message["Message-ID"] == remote == f"<{TICKET.id}@help.example>"
    text = message.get_content()
    assert "It has not come.\nWhere is it?" in text.replace("\r\n", "\n")
    assert "do not send again" in text


def test_an_arabic_ticket_arrives_in_arabic() -> None:
    draft = TicketDraft("f", Language.AR, "ريم", "reem@example.com", "تأخر الطلب", "لم يصل طلبي.")  # late; not arrived
    with mail_receiver() as box:
        outlet_of(**mail_settings(box)).deliver(Ticket(TICKET.id, TICKET.reference, TICKET.at, draft))

    (message,) = box.messages
    assert message["Subject"] == "[7K3M-9QXZ] تأخر الطلب"
    assert "الرقم المرجعي: 7K3M-9QXZ" in message.get_content()  # reference


def test_a_mail_server_that_refuses_for_now_is_tried_again() -> None:
    with mail_receiver() as box:
        box.refuses = True
        with pytest.raises(DeliveryError) as caught:
            outlet_of(**mail_settings(box)).deliver(TICKET)

    assert type(caught.value) is DeliveryError
    assert "reem" not in str(caught.value)


def test_no_line_of_a_ticket_becomes_a_header() -> None:
    draft = TicketDraft("f", Language.EN, "R\r\nBcc: x@y.z", "reem@example.com", "s\r\nBcc: x@y.z", "m")
    with mail_receiver() as box:
        outlet_of(**mail_settings(box)).deliver(Ticket(TICKET.id, TICKET.reference, TICKET.at, draft))

    assert box.messages[0]["Bcc"] is None


def test_without_an_outlet_tickets_are_kept_here() -> None:
    outlet = outlet_of()

    assert isinstance(outlet, KeepHere)
    assert outlet.deliver(TICKET) == ""


def test_an_outlet_without_its_settings_names_all_of_them() -> None:
    with pytest.raises(OperatorError, match="KB_ZENDESK_URL, KB_ZENDESK_EMAIL, KB_ZENDESK_TOKEN"):
        outlet_of(contact_outlet="zendesk")


@pytest.mark.parametrize("secret", ["whsec_", "whsec_c2hvcnQ=", "not base64!"])
def test_a_weak_secret_is_the_operators_error(secret: str) -> None:
    with pytest.raises(OperatorError, match="KB_WEBHOOK_SECRET"):
        signing_key(secret)


class Unpaced:
    """Lets every receipt through."""

    def claim(self, ticket: TicketId, mailbox: str) -> bool:
        return True


def receipt_of(mailbox: Mailbox, ticket: Ticket, **settings: Any) -> EmailMessage:
    values = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_security": "none"} | settings
    address = {"contact_outlet": "email", "contact_email_to": "team@shop.example", "smtp_from": "no-reply@shop.example"}
    receipts = open_receipts(Settings.model_validate(values | address), "https://help.example", Unpaced())
    assert receipts is not None
    receipts.deliver(ticket)
    return mailbox.messages[-1]


def test_a_customer_is_told_by_e_mail_that_the_ticket_arrived() -> None:
    with mail_receiver() as mailbox:
        message = receipt_of(mailbox, TICKET, contact_form_reply_minutes=1_440)
        again = receipt_of(mailbox, TICKET)

    assert (message["To"], message["Reply-To"]) == ("reem@example.com", "team@shop.example")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "[7K3M-9QXZ] We have your message"
    assert "Usual time to answer: 24 hours." in message.get_content()
    assert "https://help.example/en/" in message.get_content()
    assert "Usual time" not in again.get_content()
    assert message["Message-ID"] == again["Message-ID"] != f"<{TICKET.id}@help.example>"


def test_a_receipt_holds_nothing_that_the_sender_wrote() -> None:
    with mail_receiver() as mailbox:
        message = receipt_of(mailbox, TICKET)

    everything = message.as_string() + message.get_content()
    assert not [word for word in ("Reem", "Late parcel", "It has not come", "وين طلبي") if word in everything]


def test_a_receipt_is_in_the_language_of_the_form_and_counts_from_opening() -> None:
    ticket = replace(TICKET, draft=replace(TICKET.draft, lang=Language.AR))  # a Saturday, 15:00 in Riyadh
    with mail_receiver() as mailbox:
        message = receipt_of(mailbox, ticket, contact_form_reply_minutes=120, contact_form_hours="sun-thu 09:00-17:00")

    assert message["Subject"] == "[7K3M-9QXZ] وصلتنا رسالتك"  # we have your message
    assert "ساعتان، تُحسب من بدء الدوام" in message.get_content()  # two hours, counted from opening
    assert message["Content-Language"] == "ar"


def test_an_address_that_does_not_exist_gets_no_second_receipt() -> None:
    with mail_receiver() as mailbox:
        mailbox.refuses_recipients = True
        with pytest.raises(DeliveryRefusedError) as caught:
            receipt_of(mailbox, TICKET)

    assert "reem" not in str(caught.value)


def test_only_tickets_that_go_by_e_mail_are_acknowledged_by_us() -> None:
    webhook = Settings.model_validate({"contact_outlet": "webhook"})

    assert open_receipts(webhook, "https://help.example", Unpaced()) is None
    assert parts_of(webhook) == (Part.TICKET,)
