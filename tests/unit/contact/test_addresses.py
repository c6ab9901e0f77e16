"""Addresses: what pasting adds comes off, what no server takes is refused with its reason, the rest can be sent to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.contact.addresses import AddressError, AddressFault, find_address, read_address, read_mailboxes


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  salma@shop.example ", "salma@shop.example"),
        ("\u200fsalma@shop.example\u200f", "salma@shop.example"),  # marks of direction at both ends
        ("\u2067salma@shop.example\u2069", "salma@shop.example"),
        ("sal\u2060ma@sh\u00adop.example", "salma@shop.example"),
        ("salma@shop.example\ufeff", "salma@shop.example"),
        ("ｓａｌｍａ＠ｓｈｏｐ．ｅｘａｍｐｌｅ", "salma@shop.example"),  # full width
        ("salma٢٠٢٦@shop.example", "salma2026@shop.example"),  # 2026 by an Arabic keyboard
        ("salma۹@shop۱.example", "salma9@shop1.example"),  # Persian digits
        ("salma@shop.example،", "salma@shop.example"),  # an Arabic comma
        ("salma@shop.example؛", "salma@shop.example"),  # an Arabic semicolon
        ("(salma@shop.example).", "salma@shop.example"),
        ("«salma@shop.example»", "salma@shop.example"),
        ("'salma@shop.example'", "salma@shop.example"),
        ("mailto:salma@shop.example", "salma@shop.example"),
        ("Salma H. <salma@shop.example>", "salma@shop.example"),
        ("salma @ shop.example", "salma@shop.example"),
        ("Salma.O'Neil+help@Shop.Example", "Salma.O'Neil+help@shop.example"),
        ("salma@mail.local", "salma@mail.local"),  # a company's own name
        ("salma@shop.example ;", "salma@shop.example"),  # a space before what separates it
        ("salma@shop.example ،", "salma@shop.example"),
        ("salma@shop.example \u00a0؛ ", "salma@shop.example"),
        ("; salma@shop.example , ", "salma@shop.example"),
        ("< salma@shop.example > ;", "salma@shop.example"),
        ("<salma@shop.example", "salma@shop.example"),  # the end was not selected
        ("mailto: <salma@shop.example>", "salma@shop.example"),
        ("'salma@shop.example';", "salma@shop.example"),
        ('" salma@shop.example " .', "salma@shop.example"),
        ("`salma@shop.example`", "salma@shop.example"),
        ("‹salma@shop.example›", "salma@shop.example"),
        ("salma@shop.example / ", "salma@shop.example"),
        ("salma@shop.example |", "salma@shop.example"),
        ("salma@shop.example -", "salma@shop.example"),
        ("- salma@shop.example –", "salma@shop.example"),  # an item of a list
        ("• salma@shop.example", "salma@shop.example"),
        ("*salma@shop.example*", "salma@shop.example"),  # bold, as chats write it
        ("E-mail: salma@shop.example", "salma@shop.example"),
        ("البريد: salma@shop.example", "salma@shop.example"),  # e-mail:
        ("'salma@shop.example", "'salma@shop.example"),  # may be part of the name
        ("_salma-@shop.example", "_salma-@shop.example"),
    ],
)
def test_what_people_paste_around_an_address_comes_off(typed: str, read: str) -> None:
    assert read_address(typed).text == read


@pytest.mark.parametrize(
    ("typed", "sendable", "needs_smtputf8"),
    [
        ("huda@متجر.com", "huda@xn--pgbep1f.com", False),  # a domain has a form in ASCII
        ("huda@متجر.السعودية", "huda@xn--pgbep1f.xn--mgberp4a5d4ar", False),
        ("huda@bücher.example", "huda@xn--bcher-kva.example", False),
        ("هدى@shop.example", "هدى@shop.example", True),
        ("هدى١@متجر.com", "هدى١@xn--pgbep1f.com", True),  # digits of a name that is Arabic stay
    ],
)
def test_international_addresses_are_read_as_mail_servers_take_them(
    typed: str, sendable: str, needs_smtputf8: bool
) -> None:
    address = read_address(typed)

    assert (address.sendable, address.needs_smtputf8) == (sendable, needs_smtputf8)
    assert address.ascii_domain.isascii()


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("salma", AddressFault.SHAPE),
        ("@shop.example", AddressFault.SHAPE),
        ("salma@", AddressFault.SHAPE),
        ("", AddressFault.SHAPE),
        ("sal..ma@shop.example", AddressFault.DOTS),
        (".salma@shop.example", AddressFault.DOTS),
        ("salma.@shop.example", AddressFault.DOTS),
        ("salma@shop..example", AddressFault.DOTS),
        ("sal ma@shop.example", AddressFault.CHARACTER),
        ("sal,ma@shop.example", AddressFault.CHARACTER),
        ('"salma"@shop.example', AddressFault.CHARACTER),
        ("=?utf-8?b?c2FsbWE=?=@shop.example", AddressFault.CHARACTER),  # would be read as an encoded word
        ("salma@shop", AddressFault.DOMAIN),
        ("salma@localhost", AddressFault.DOMAIN),
        ("salma@-shop.example", AddressFault.DOMAIN),
        ("salma@sh_op.example", AddressFault.DOMAIN),
        ("salma@[127.0.0.1]", AddressFault.CHARACTER),
        ("salma@127.0.0.1", AddressFault.DOMAIN),
        ("a@shop.example, b@shop.example", AddressFault.SEVERAL),
        ("a@shop.example ; b@shop.example ;", AddressFault.SEVERAL),
        ("; ،", AddressFault.SHAPE),
        ("a@shop.example\r\nBcc: b@shop.example", AddressFault.SEVERAL),
        ("s" * 65 + "@shop.example", AddressFault.LONG),
        ("salma@" + "shop." * 50 + "example", AddressFault.LONG),
        ("s" * 100_000, AddressFault.LONG),
    ],
)
def test_what_cannot_be_sent_to_is_refused_with_its_reason(typed: str, fault: AddressFault) -> None:
    with pytest.raises(AddressError) as caught:
        read_address(typed)

    assert caught.value.fault is fault
    assert typed not in str(caught.value) or not typed


@settings(deadline=None)
@given(st.text(max_size=80) | st.from_regex(r"\A[a-z.٠-٩ا-ي=?'+\u200f@]{1,30}@[a-zا-ي.\-٠-٩]{1,30}\Z"))
def test_whatever_is_typed_gives_an_address_that_reads_as_itself_or_a_fault(typed: str) -> None:
    address = find_address(typed)

    if address is not None:
        assert read_address(address.text) == address
        assert read_address(address.sendable) == address
        assert not any(each.isspace() or each in '<>,;:()"\\' for each in address.sendable)
        assert "=?" not in address.sendable
        address.sendable.encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("care@shop.example", "CARE@Shop.Example"),
        ("care@shop.example", "care+tickets@shop.example"),
        ("care@متجر.com", "care@xn--pgbep1f.com"),
        ("sal.ma@gmail.com", "salma+x@googlemail.com"),
    ],
)
def test_one_mailbox_is_known_by_all_its_spellings(one: str, other: str) -> None:
    assert read_address(one).mailbox == read_address(other).mailbox


def test_different_mailboxes_are_told_apart() -> None:
    assert read_address("sal.ma@shop.example").mailbox != read_address("salma@shop.example").mailbox


def test_a_setting_names_mailboxes_of_people_and_of_this_host() -> None:
    first, second = read_mailboxes("Care team <care@shop.example>, root@localhost")

    assert (first.name, first.address.text, second.address.text) == ("Care team", "care@shop.example", "root@localhost")
    assert read_mailboxes(" ") == ()
    with pytest.raises(AddressError):
        read_mailboxes("care@shop.example, care")
