"""E-mails as they go over the wire: whatever a customer types, headers stay ours and texts arrive as they were."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.contact.addresses import Mailbox, find_address, read_address
from kb.contact.letters import Letter, wire_bytes
from kb.contact.plain_text import message_text, one_line
from kb.model import Language

TEAM = Mailbox(read_address("care@shop.example"), "Care")
OURS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Dalil-Ticket",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
    "Content-Transfer-Encoding",
]
# "\r\nBcc: thief@evil.example\r\nContent-Type: text/html\r\n\r\n<b>pay here</b>" in three dresses
_B64 = "=?utf-8?b?DQpCY2M6IHRoaWVmQGV2aWwuZXhhbXBsZQ0KQ29udGVudC1UeXBlOiB0ZXh0L2h0bWwNCg0KPGI+cGF5IGhlcmU8L2I+?="
ATTACKS = (
    _B64,
    "=?utf-8?q?=0D=0ABcc:_thief@evil.example=0D=0A=0D=0A<b>pay_here</b>?=",
    "=?iso-8859-1?Q?a=0Aa: b?= =?us-ascii?q?=0d=0a?=",
    "Late\r\nBcc: thief@evil.example\r\n\r\n<b>pay here</b>",
    "Late\u2028Bcc: thief@evil.example\x0bX: y\x85Z: w\x00",
    'x" <thief@evil.example>, "y',
    "a <thief@evil.example>",
    "مرحبا =?utf-8?b?DQpCY2M6IHRoaWVmQGV2aWwuZXhhbXBsZQ==?=",  # hello
    "=" * 80 + "?" * 80,
    "\ud800 lone",
    "abc\\",
)


def letter(
    subject: str = "s",
    name: str = "",
    text: str = "t\n",
    to: Iterable[Mailbox] = (TEAM,),
    customer: str = "reem@shop.example",
) -> Letter:
    return Letter(
        sender=TEAM,
        to=tuple(to),
        reply_to=(Mailbox(read_address(customer), name),),
        subject=subject,
        text=text,
        lang=Language.AR,
        message_id="<1@help.example>",
        at=datetime(2026, 11, 21, tzinfo=UTC),
        answers="<0@help.example>",
        marks=(("X-Dalil-Ticket", "7K3M-9QXZ"),),
    )


def strict(given: Letter) -> EmailMessage:
    parsed = message_from_bytes(wire_bytes(given), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def lenient(given: Letter) -> Message:
    return message_from_bytes(wire_bytes(given))


def decoded(header: object) -> str:
    return str(make_header(decode_header(str(header))))


def check(given: Letter) -> None:
    """Hold what must be true of every e-mail of ours."""
    head, _, body = wire_bytes(given).partition(b"\r\n\r\n")
    names = [line.partition(":")[0] for line in head.decode("ascii").split("\r\n") if not line.startswith(" ")]
    assert names == OURS
    assert all(len(line) <= 998 for line in (head + body).split(b"\r\n"))
    assert b"\n" not in (head + body).replace(b"\r\n", b"")
    assert body.isascii()
    for parsed in (strict(given), lenient(given)):
        assert list(parsed.keys()) == OURS
        assert parsed.get_content_type() == "text/plain"
        assert not parsed.is_multipart()
        addresses = [address for _, address in getaddresses([str(parsed["Reply-To"])])]
        assert addresses == [given.reply_to[0].address.sendable]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_header_is_added_and_no_text_becomes_html(attack: str) -> None:
    check(letter(subject=attack))
    check(letter(name=attack))
    check(letter(text=attack))
    check(letter(to=[Mailbox(TEAM.address, attack)]))
    assert strict(letter(subject=attack))["Subject"] == decoded(lenient(letter(subject=attack))["Subject"])


anything = st.text(max_size=200) | st.lists(
    st.sampled_from([*ATTACKS, " ", "\n", "طلبي", "=?", "?=", '"']), max_size=9
).map("".join)


@settings(deadline=None)
@given(subject=anything, name=anything, text=anything)
def test_whatever_is_typed_the_headers_are_ours_and_the_words_arrive(subject: str, name: str, text: str) -> None:
    sent = letter(subject=subject, name=name, text=text)

    check(sent)
    assert decoded(lenient(sent)["Subject"]) == strict(sent)["Subject"] == one_line(subject)
    payload = lenient(sent).get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n") == message_text(text)


@settings(deadline=None)
@given(names=st.lists(anything, min_size=1, max_size=4))
def test_every_name_of_a_list_of_recipients_arrives(names: list[str]) -> None:
    boxes = [Mailbox(read_address(f"a{number}@shop.example"), name) for number, name in enumerate(names)]

    assert [each.addr_spec for each in strict(letter(to=boxes))["To"].addresses] == [
        box.address.sendable for box in boxes
    ]
    parsed = getaddresses([str(lenient(letter(to=boxes))["To"])])
    assert [decoded(name) for name, _ in parsed] == [one_line(name) for name in names]


@settings(deadline=None)
@given(st.from_regex(r"\A[!-~ا-ي]{1,20}@[a-zا-ي.-]{1,20}\Z"))
def test_every_address_that_can_be_read_stands_in_a_header_alone(typed: str) -> None:
    address = find_address(typed)

    if address is not None and not address.needs_smtputf8:
        check(letter(customer=address.text))


def test_arabic_subjects_keep_every_space_wherever_the_line_is_folded() -> None:
    # order, where, my parcel, was late, refund, and numbers
    words = [
        "طلبي",
        "أين",
        "الشحنة",
        "تأخرت",
        "استرداد",
        "4417",
        "رقم",
        "12",
        "المبلغ",
        "VISA",
        "من",
        "؟",
        "الإلكتروني",
    ]
    chance = random.Random(19)
    for _ in range(360):
        subject = " ".join(chance.choices(words, k=chance.randint(2, 24)))
        sent = letter(subject=f"[7K3M-9QXZ] {subject}")
        assert strict(sent)["Subject"] == decoded(lenient(sent)["Subject"]) == f"[7K3M-9QXZ] {subject}"


@pytest.mark.parametrize("token", ["<1@help.example>\r\nBcc: a@b.example", "a b", "", "رقم"])
def test_tokens_are_not_written_if_they_are_none(token: str) -> None:
    given = letter()
    with pytest.raises(ValueError, match="token"):
        wire_bytes(Letter(**{name: getattr(given, name) for name in given.__slots__} | {"message_id": token}))


def test_an_english_e_mail_can_be_read_without_decoding() -> None:
    assert b"Where is my parcel?" in wire_bytes(letter(text="Where is my parcel?\n.\nFrom me", subject="Late"))
    assert b"\r\nSubject: Late\r\n" in wire_bytes(letter(subject="Late"))


def test_a_short_name_stands_beside_its_address() -> None:
    assert b"\r\nReply-To: Reem <reem@shop.example>\r\n" in wire_bytes(letter(name="Reem"))
