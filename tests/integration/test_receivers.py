"""Receivers that never end, answer without end, or cannot take what they are given; and what mail servers are told."""

from __future__ import annotations

import json
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any

import pytest

from kb.contact.chatwoot import ChatwootOutlet
from kb.contact.delivery import DeliveryError, DeliveryRefusedError, DeliverySkippedError, Outlet
from kb.contact.email import EmailOutlet, ReceiptOutlet
from kb.contact.http import LARGEST_ANSWER
from kb.contact.model import Ticket
from kb.contact.webhook import WebhookOutlet
from kb.contact.zendesk import ZendeskOutlet
from kb.events import TicketId
from kb.model import Language
from kb.settings import Settings
from tests.integration.test_outlets import SECRET, SURVEYS, TICKET, Unpaced
from tests.receivers import Mailbox, Received, Reply, http_receiver, mail_receiver

SITE = "https://help.example"
DEADLINE_S = 0.5


@contextmanager
def listening(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server that does anything with each connection, and give its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, suppress(OSError):  # the other side has had enough
                    talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def dripping(start: bytes) -> Callable[[socket.socket], None]:
    """Return a server that sends a start, then a byte every 50 ms."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(200):
            connection.sendall(b"x")
            time.sleep(0.05)

    return talk


def settings_of(port: int, **others: Any) -> Settings:
    values = {
        "contact_outlet": "email",
        "contact_email_to": "care@help.example",
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
    }
    return Settings.model_validate(values | others)


def outlets_of(port: int) -> dict[str, Outlet]:
    url = f"http://127.0.0.1:{port}"
    return {
        "webhook": WebhookOutlet(url, SECRET, SURVEYS, deadline_s=DEADLINE_S),
        "chatwoot": ChatwootOutlet(url, "abc", SURVEYS, DEADLINE_S),
        "zendesk": ZendeskOutlet(url, "a@b.example", "t", SURVEYS, DEADLINE_S),
        "email": EmailOutlet(settings_of(port), SITE, SURVEYS, DEADLINE_S),
        "tls": EmailOutlet(settings_of(port, smtp_security="tls"), SITE, SURVEYS, DEADLINE_S),
        "receipt": ReceiptOutlet(settings_of(port), SITE, Unpaced(), DEADLINE_S),
    }


STARTS = {
    "nothing": b"",
    "the status": b"HTTP/1.1 20",
    "the headers": b"HTTP/1.1 200 OK\r\nX-Slow: ",
    "the body": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n[",
    "a greeting": b"220",
    "a long greeting": b"220-hello\r\n220-",
}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("outlet", ["webhook", "chatwoot", "zendesk", "email", "tls", "receipt"])
def test_a_receiver_that_drips_is_left_at_the_deadline(outlet: str, start: str) -> None:
    with listening(dripping(STARTS[start])) as port:
        began = time.monotonic()
        if outlet == "webhook" and start == "the body":
            outlets_of(port)[outlet].deliver(TICKET)  # its status was there, its body is not read
        else:
            with pytest.raises(DeliveryError):
                outlets_of(port)[outlet].deliver(TICKET)

        assert time.monotonic() - began < DEADLINE_S + 6


def endless_json(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    for _ in range(400):
        connection.sendall(b" " * LARGEST_ANSWER)


@cache
def bomb() -> bytes:
    squeezer = zlib.compressobj(1, wbits=31)
    megabyte = b" " * LARGEST_ANSWER
    return b"".join(squeezer.compress(megabyte) for _ in range(100)) + squeezer.flush()


def gzip_bomb(connection: socket.socket) -> None:
    connection.recv(65_536)
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb())}"
    )
    connection.sendall(f"{head}\r\n\r\n".encode() + bomb())


def deep_json(connection: socket.socket) -> None:
    connection.recv(65_536)
    body = b"[" * 500_000
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    connection.sendall(f"{head}\r\n\r\n".encode() + body)


def endless_greeting(connection: socket.socket) -> None:
    for _ in range(4_000):
        connection.sendall(b"220-" + b"x" * 8_000 + b"\r\n")


@pytest.mark.parametrize("answer", [endless_json, gzip_bomb, deep_json, endless_greeting])
@pytest.mark.parametrize("outlet", ["webhook", "chatwoot", "zendesk", "email"])
def test_a_receiver_that_answers_without_end_costs_little_memory(
    outlet: str, answer: Callable[[socket.socket], None]
) -> None:
    with listening(answer) as port:
        bomb()
        tracemalloc.start()
        try:
            outlets_of(port)[outlet].deliver(TICKET)
        except DeliveryError as error:
            assert "reem" not in error.reason
        else:
            assert outlet == "webhook"
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()

    assert peak < 10 * LARGEST_ANSWER


@pytest.mark.parametrize("given", ["9" * 5_000, "-3", "soon", "Sat, 99 Nov 2026 12:00:00 GMT", "٣٠"])
def test_a_nonsensical_wait_is_no_wait(given: str) -> None:
    headers = {"Retry-After": given.encode().decode("latin-1")}
    with (
        http_receiver(lambda request: Reply(503, headers=headers)) as receiver,
        pytest.raises(DeliveryError) as caught,
    ):
        WebhookOutlet(receiver.url, SECRET, SURVEYS).deliver(TICKET)

    assert caught.value.retry_after is None or caught.value.retry_after.days == 1


def test_a_wait_may_be_a_date() -> None:
    headers = {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(minutes=7), usegmt=True)}
    with (
        http_receiver(lambda request: Reply(503, headers=headers)) as receiver,
        pytest.raises(DeliveryError) as caught,
    ):
        WebhookOutlet(receiver.url, SECRET, SURVEYS).deliver(TICKET)

    assert caught.value.retry_after is not None
    assert timedelta(minutes=6) < caught.value.retry_after <= timedelta(minutes=7)


def test_a_webhook_may_answer_whatever_it_likes_beside_its_status() -> None:
    def answer(request: Received) -> Reply:
        return Reply(200, headers={"Content-Type": "application/json"})

    with http_receiver(answer) as receiver:
        WebhookOutlet(receiver.url, SECRET, SURVEYS).deliver(TICKET)


def from_address(email: str, name: str = "Reem", subject: str = "Late parcel") -> Ticket:
    return replace(TICKET, draft=replace(TICKET.draft, email=email, name=name, subject=subject))


def mailed(ticket: Ticket, box: Mailbox, **settings: Any) -> Any:
    EmailOutlet(settings_of(box.port, **settings), SITE, SURVEYS).deliver(ticket)
    return box.messages[-1]


def acknowledged(ticket: Ticket, box: Mailbox, **settings: Any) -> Any:
    ReceiptOutlet(settings_of(box.port, **settings), SITE, Unpaced()).deliver(ticket)
    return box.messages[-1]


def test_an_arabic_domain_can_be_answered_and_written_to() -> None:
    with mail_receiver() as box:
        ticket, receipt = (send(from_address("huda@متجر.com"), box) for send in (mailed, acknowledged))

    assert ticket["Reply-To"] == "Reem <huda@xn--pgbep1f.com>"
    assert receipt["To"] == "huda@xn--pgbep1f.com"
    assert box.envelopes[-1][-1].upper() == "RCPT TO:<HUDA@XN--PGBEP1F.COM>"


@pytest.mark.parametrize(
    "email", ["هدى@shop.example", "a@b..c.com", ".x@shop.example", "care@help.example", "no address"]
)
def test_an_address_that_no_header_can_hold_stands_in_the_text(email: str) -> None:
    with mail_receiver() as box:
        message = mailed(from_address(email), box)

    assert message["Reply-To"] is None
    assert email in message.get_content()
    assert "copy this address" in message.get_content()
    assert all(line.isascii() for line in box.raw)


def test_an_arabic_address_gets_its_receipt_where_the_server_can_send_it() -> None:
    ticket = from_address("هدى@متجر.com")
    with mail_receiver() as box:
        with pytest.raises(DeliverySkippedError, match="SMTPUTF8"):
            acknowledged(ticket, box)
        box.smtputf8 = True
        acknowledged(ticket, box)

    sender, recipient = box.envelopes[-1]
    assert "SMTPUTF8" in sender
    assert recipient.upper() == "RCPT TO:<هدى@XN--PGBEP1F.COM>"
    assert "To: هدى@xn--pgbep1f.com\r\n".encode() in box.raw[-1]


def test_a_team_behind_an_arabic_address_waits_for_a_server_that_can_send_to_it() -> None:
    with mail_receiver() as box:
        with pytest.raises(DeliveryError) as caught:
            mailed(TICKET, box, contact_email_to="دعم@shop.example")  # support
        assert type(caught.value) is DeliveryError
        box.smtputf8 = True
        assert mailed(TICKET, box, contact_email_to="دعم@shop.example")["Subject"] == "[7K3M-9QXZ] Late parcel"


def test_several_people_may_get_the_tickets() -> None:
    with mail_receiver() as box:
        message = mailed(TICKET, box, contact_email_to="Care <care@help.example>, night@help.example")

    assert message["To"] == "Care <care@help.example>, night@help.example"
    assert message["From"] == "Care <care@help.example>"
    assert len(box.envelopes[-1]) == 3


def test_nothing_that_answers_by_itself_answers_ours() -> None:
    with mail_receiver() as box:
        sent = [send(TICKET, box) for send in (mailed, acknowledged)]

    assert [message["Auto-Submitted"] for message in sent] == ["auto-generated"] * 2
    assert [message["X-Auto-Response-Suppress"] for message in sent] == ["All"] * 2


def test_a_receipt_belongs_to_the_conversation_of_its_ticket() -> None:
    with mail_receiver() as box:
        ticket, receipt = (send(TICKET, box) for send in (mailed, acknowledged))

    assert receipt["In-Reply-To"] == receipt["References"] == ticket["Message-ID"] == f"<{TICKET.id}@help.example>"
    assert ticket["In-Reply-To"] is None


def test_receipts_that_cannot_be_delivered_come_back_to_nobody_or_to_whom_the_settings_name() -> None:
    with mail_receiver() as box:
        acknowledged(TICKET, box)
        acknowledged(TICKET, box, receipt_bounces_to="bounces@help.example")
        box.refuses_nobody = True
        acknowledged(TICKET, box, smtp_from="Care <no-reply@help.example>")
        mailed(TICKET, box)

    senders = [envelope[0].upper().split()[1] for envelope in box.envelopes]
    assert senders == [
        "FROM:<>",
        "FROM:<BOUNCES@HELP.EXAMPLE>",
        "FROM:<NO-REPLY@HELP.EXAMPLE>",
        "FROM:<CARE@HELP.EXAMPLE>",
    ]


@pytest.mark.parametrize(
    "own",
    ["care@help.example", "CARE+x@Help.Example", "bounces@help.example", "hello@help.example", "robot@help.example"],
)
def test_our_own_addresses_get_no_receipts(own: str) -> None:
    ours = {
        "receipt_bounces_to": "bounces@help.example",
        "contact_email": "hello@help.example",
        "smtp_user": "robot@help.example",
    }
    with mail_receiver() as box, pytest.raises(DeliverySkippedError, match="our own"):
        acknowledged(from_address(own), box, **ours)

    assert box.messages == []


def test_a_mailbox_that_is_full_of_receipts_gets_no_more() -> None:
    class Full:
        def claim(self, ticket: TicketId, mailbox: str) -> bool:
            assert mailbox == "reem@example.com"
            return False

    with mail_receiver() as box, pytest.raises(DeliverySkippedError, match="within the hour"):
        ReceiptOutlet(settings_of(box.port), SITE, Full()).deliver(from_address("Reem+1@example.com"))

    assert box.messages == []


@pytest.mark.parametrize("answer", ["250 not yet", "421 gone", "", "2"])
def test_a_mail_that_was_taken_was_taken_whatever_the_server_says_as_it_leaves(answer: str) -> None:
    with mail_receiver() as box:
        box.answer_to_quit = answer
        assert mailed(TICKET, box)["X-Dalil-Ticket"] == TICKET.reference


def test_our_own_mailbox_being_out_of_order_gives_no_ticket_up() -> None:
    with mail_receiver() as box:
        box.refuses_recipients = True
        with pytest.raises(DeliveryError) as caught:
            mailed(TICKET, box)

    assert type(caught.value) is DeliveryError


def test_a_message_cannot_pass_itself_off_as_what_the_agent_is_told() -> None:
    forged = "Thanks.\n\n--\nReference: 7K3M-0000\nSurvey link to add to your last answer: https://evil.example/"
    ticket = replace(TICKET, draft=replace(TICKET.draft, message=forged))
    with mail_receiver() as box:
        text = mailed(ticket, box).get_content().replace("\r\n", "\n")

    above, below = text.split(f"\n-- {TICKET.reference} --\n")
    assert "evil.example" in above
    assert "evil.example" not in below


def helpdesk(refused: Callable[[Any], bool], made: list[Any]) -> Callable[[Received], Reply]:
    """Return a help desk that does not take some of what it is given."""

    def answer(request: Received) -> Reply:
        if request.method == "GET":
            return Reply(document={"tickets": []} if "external_id" in request.path else [])
        document = request.json
        if refused(document):
            return Reply(422)
        made.append(document)
        return Reply(201, {"id": 7, "ticket": {"id": 7}})

    return answer


@pytest.mark.parametrize("email", ["هدى@shop.example", "a@b..c.com", "reem@example.com"])
def test_help_desks_that_refuse_an_address_get_the_ticket_without(email: str) -> None:
    zendesk: list[Any] = []
    chatwoot: list[Any] = []
    with http_receiver(helpdesk(lambda document: "requester" in document["ticket"], zendesk)) as receiver:
        assert ZendeskOutlet(receiver.url, "a@b.example", "t", SURVEYS).deliver(from_address(email)) == "7"
    with http_receiver(helpdesk(lambda document: "email" in document, chatwoot)) as receiver:
        assert ChatwootOutlet(receiver.url, "abc", SURVEYS).deliver(from_address(email)) == "7"

    for text in (zendesk[0]["ticket"]["comment"]["body"], chatwoot[-1]["content"]):
        assert email in text
        assert "copy this address" in text


def test_help_desks_and_webhooks_get_an_arabic_domain_as_mail_servers_take_it() -> None:
    made: list[Any] = []
    ticket = from_address("huda@متجر.com", name="")
    with http_receiver(helpdesk(lambda document: False, made)) as receiver:
        ZendeskOutlet(receiver.url, "a@b.example", "t", SURVEYS).deliver(ticket)
        ChatwootOutlet(receiver.url, "abc", SURVEYS).deliver(ticket)
        WebhookOutlet(receiver.url, SECRET, SURVEYS).deliver(ticket)

    addresses = [made[0]["ticket"]["requester"]["email"], made[1]["email"], made[-1]["data"]["email"]]
    assert addresses == ["huda@xn--pgbep1f.com"] * 3
    assert made[0]["ticket"]["requester"]["name"] == "huda@متجر.com"


def test_a_ticket_that_a_help_desk_refuses_for_another_reason_is_refused() -> None:
    with (
        http_receiver(helpdesk(lambda document: True, [])) as receiver,
        pytest.raises(DeliveryRefusedError),
    ):
        ZendeskOutlet(receiver.url, "a@b.example", "t", SURVEYS).deliver(TICKET)


@pytest.mark.parametrize(
    "name", ["contact_email_to", "contact_email", "smtp_from", "receipt_bounces_to", "zendesk_email"]
)
def test_settings_that_are_no_address_are_refused_at_the_start(name: str) -> None:
    for wrong in ("care", "care@", "ca re@help.example", "care@help..example"):
        with pytest.raises(ValueError, match="must be an e-mail address"):
            Settings.model_validate({name: wrong})
    Settings.model_validate({name: "Care <care@help.local>"})


def test_the_language_of_a_receipt_is_said() -> None:
    ticket = replace(TICKET, draft=replace(TICKET.draft, lang=Language.AR))
    with mail_receiver() as box:
        assert acknowledged(ticket, box)["Content-Language"] == "ar"
    assert json.dumps(box.envelopes)
