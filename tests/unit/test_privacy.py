"""Masking of personal data."""

import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.privacy import MaskingFilter, mask_personal_data
from tests.personal_data import personal_items, squeezed


def test_none_of_a_thousand_seeded_items_survives() -> None:
    items = personal_items(20_261_121, 1_000)

    leaked = [item for item in items if item.core in squeezed(mask_personal_data(item.text))]

    assert leaked == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call 0501234567 now", "call [phone] now"),
        ("جوالي ٠٥٠ ١٢٣ ٤٥٦٧ شكرا", "جوالي [phone] شكرا"),  # "my mobile … thanks"
        ("+966-50-123-4567", "[phone]"),
        ("05\u200f0123\u200e4567", "[phone]"),
        ("to amal@example.com.", "to [email]."),
        ("amal @ example.com and more", "[email] and more"),
        ("amal (at) example.com", "[email]"),
        ("SA03 8000 0000 6080 1016 7519", "[iban]"),
        ("jo15cbjo0000000000000000000001 x", "[iban] x"),
        ("4111 1111 1111 1111", "[card]"),
        ("هويتي ١٠٢٣٤٥٦٧٨٩", "هويتي [id]"),  # "my identity number"
        ("784-1990-1234567-1", "[id]"),
        ("2 99 01 01 01 23 456", "[id]"),
    ],
)
def test_each_kind_gets_its_marker(text: str, masked: str) -> None:
    assert mask_personal_data(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "order 123456",
        "error 404 on page 12",
        "updated 2026-11-20",
        "كيف أستعيد كلمة المرور؟",  # "how do I recover the password?"
        "SAFE in 20 days",
        "price 1,000 or 2,000",
        "@home with a.b",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert mask_personal_data(text) == text


@given(st.text(alphabet=st.sampled_from("0129٣+-. @a.بSA()\u200f\u0640[]é½ "), max_size=60))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask_personal_data(text)

    assert mask_personal_data(once) == once


@given(st.text())
def test_any_text_can_be_masked(text: str) -> None:
    mask_personal_data(text)


def test_a_log_message_is_masked_with_its_arguments() -> None:
    record = logging.LogRecord("web", logging.INFO, "", 1, "ticket from %s", ("amal@example.com",), None)

    MaskingFilter().filter(record)

    assert record.getMessage() == "ticket from [email]"


def test_a_logged_traceback_is_masked() -> None:
    try:
        raise ValueError("bad text: call +966 55 123 4567")
    except ValueError:
        told = sys.exc_info()
    record = logging.LogRecord("web", logging.ERROR, "", 1, "%s failed", ("/ar/contact",), told)

    MaskingFilter().filter(record)
    written = logging.Formatter().format(record)

    assert "/ar/contact failed" in written
    assert "call [phone]" in written
    assert "4567" not in written
