"""What anybody sends stands in the log as text."""

from __future__ import annotations

import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.log_safety import one_line
from kb.privacy import MaskingFilter


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("/desk/x\nERROR kb: all is lost", "/desk/x\\nERROR kb: all is lost"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("\x00\x7f\x85\x9b31m", "\\x00\\x7f\\x85\\x9b31m"),
        ("one\u2028two\u2029three", "one\\u2028two\\u2029three"),
        ("user\u202egnp.exe\u2066x", "user\\u202egnp.exe\\u2066x"),
        ("\ud800", "\\ud800"),
        ("\u0645\u064a\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u064a\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("path C:\\new", "path C:\\new"),
        ("", ""),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, written: str) -> None:
    assert one_line(text) == written


@given(st.text(max_size=80))
def test_any_text_is_one_line_that_can_be_written(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert "\x1b" not in line
    line.encode("utf-8")


def logged(message: str, *values: object, error: Exception | None = None) -> str:
    """Return what a handler with the filter writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(MaskingFilter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.error(message, *values, exc_info=error)
    return written.getvalue()


def test_no_line_of_the_log_is_made_by_who_is_logged() -> None:
    written = logged("%s: refused", "/desk/\nERROR kb: forged\x1b[31m")
    assert written == "/desk/\\nERROR kb: forged\\x1b[31m: refused\n"


def test_no_line_of_a_traceback_passes_for_one_of_the_log() -> None:
    try:
        raise ValueError("no\nERROR kb: forged\x1b[31m")
    except ValueError as caught:
        lines = logged("failed", error=caught).splitlines()
    assert lines[0] == "failed"
    assert all(line.startswith("  ") for line in lines[1:])
    assert not any("\x1b" in line for line in lines)
    assert any("forged" in line for line in lines)
