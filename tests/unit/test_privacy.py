"""Masking of personal data."""

import logging
import sys
from pathlib import Path

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


HARMLESS = (Path(__file__).parent.parent / "data" / "harmless_numbers.txt").read_text("utf-8").splitlines()
MASKED_ALL_THE_SAME = {"128/256/512", "12345-6789", "0800-1700"}  # as telephones are written somewhere

GAPS: tuple[str, ...] = (
    ",",
    ":",
    ";",
    "\u060c",
    "\u061b",
    ", ",
    "\u060c ",
    ": ",
    "; ",
    ".",
    "/",
    "-",
    " ",
    "\u00a0",
    "\u202f",
    "\u2013",
    "\u2212",
)
GAPS += (" - ", " / ", "\u066c", "\u066b", ":\u200f", "\u2066,\u2069", "\uff0c", "\uff1a")
LISTING = (", ", "\u060c ", ": ", "; ")  # ten digits without a prefix may be a list of orders as well
SCRIPTS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19")


def test_prices_orders_dates_times_ranges_versions_and_lists_stay() -> None:
    changed = {text for text in HARMLESS if mask_personal_data(text) != text}

    assert len(HARMLESS) > 300
    assert changed == MASKED_ALL_THE_SAME


@pytest.mark.parametrize("gap", GAPS)
def test_whatever_stands_between_the_digits_the_number_is_masked(gap: str) -> None:
    for secret in ("+966551234567", "00971501234567", "0551234567", "01012345678", "962791234567", "4111111111111111",
                   "378282246310005", "29901010123456", "784199012345671", "1023456789", "SA0380000000608010167519",
                   "EG380019000500000000263180002"):  # fmt: skip
        for size in (2, 3, 4):
            for digits in SCRIPTS:
                parts = (secret[start : start + size] for start in range(0, len(secret), size))
                written = gap.join(parts).translate(str.maketrans("0123456789", digits))
                masked = mask_personal_data(f"رقمي {written} شكرا")

                if secret != "1023456789" or gap not in LISTING:
                    assert squeezed(secret) not in squeezed(masked), written
                    assert sum(each.isdigit() for each in masked) <= 3, (written, masked)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("my order 1001, phone 0551,234,567", "my order 1001, phone [phone]"),
        ("010,1234,5678 and 2026-11-20", "[phone] and 2026-11-20"),
        ("2026-11-20 0501234567", "2026-11-20 [phone]"),
        ("0501234567,0507654321;٠٥٥١٢٣٤٥٦٧", "[phone],[phone];[phone]"),
        ("طلب 0501234567", "طلب [phone]"),  # "order": a telephone stays one, whatever it is called
        ("order 4111 1111 1111 1111", "order [card]"),
        ("0551234567 ريال", "[phone] ريال"),
        ("card 4111,1111,1111,1111, 1,250.00 SAR", "card [card], 1,250.00 SAR"),
    ],
)
def test_what_stands_around_a_number_stays(text: str, masked: str) -> None:
    assert mask_personal_data(text) == masked


@given(st.text(alphabet=st.sampled_from("0129٣+-., :;@a.بSA()\u200f\u0640[]é½ "), max_size=60))
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


def test_a_log_keeps_the_names_that_the_product_gives() -> None:
    names = "index gen-20261127T123506Z-b4586991 of 3f0000000000000000000000000000a1"
    record = logging.LogRecord("web", logging.INFO, "", 1, "%s, call +966 55 123 4567", (names,), None)
    MaskingFilter().filter(record)
    assert record.getMessage() == f"{names}, call [phone]"


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
