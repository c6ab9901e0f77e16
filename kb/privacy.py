"""Masks personal data in what people type, before anything is stored or logged.

Works on a folded copy of the text (digits of all scripts, full-width forms, invisible marks) and cuts the spans out of
the original. It prefers to mask too much: every run of eight or more digits goes, whatever it is. Linear in the length.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class PersonalData(StrEnum):
    """What was masked; the value is the marker that takes its place."""

    EMAIL = "[email]"
    IBAN = "[iban]"
    CARD = "[card]"
    NATIONAL_ID = "[id]"
    PHONE = "[phone]"
    NUMBER = "[number]"


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: PersonalData


# Lengths of account numbers by country: ISO 13616 registry, the countries that pay and trade in Arabic or English here.
_IBAN_LENGTHS = {
    "AE": 23, "AT": 20, "BE": 16, "BH": 22, "CH": 21, "CY": 28, "DE": 22, "DK": 18, "EG": 29, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GR": 27, "IE": 22, "IQ": 23, "IT": 27, "JO": 30, "KW": 30, "LB": 28, "LY": 25, "MR": 27,
    "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "SA": 24, "SD": 18, "SE": 24,
    "SO": 23, "TN": 24, "TR": 26, "YE": 30,
}  # fmt: skip
_SEPARATORS = r"[ \-./()_]{0,3}"
_EMAIL = re.compile(
    r"[^\s@<>()\[\],;:\"]{1,64} {0,2}(?:@|\(at\)|\[at\]) {0,2}"
    r"[^\W_][\w-]{0,62}(?:(?: {0,2}\.| \. )[^\W_][\w-]{0,62}){1,8}",
    re.IGNORECASE,
)
_IBAN_START = re.compile(
    rf"(?<![a-z0-9])([a-z]){_SEPARATORS}([a-z])(?={_SEPARATORS}[0-9]{_SEPARATORS}[0-9])", re.I | re.A
)
_IBAN_NEXT = re.compile(rf"{_SEPARATORS}([a-z0-9])", re.I | re.A)
_DIGIT_RUN = re.compile(rf"\+?[0-9](?:{_SEPARATORS}[0-9])*")
_DATE = re.compile(r"(?:19|20)\d\d[-/.]\d\d[-/.]\d\d|\d\d[-/.]\d\d[-/.](?:19|20)\d\d")
_MINIMUM_DIGITS = 8
_EASTERN_DASHES = {"\u2212": "-", "\u0640": ""}  # minus sign; tatweel, which stretches a word and says nothing


def mask_personal_data(text: str) -> str:
    """Return the text with personal data replaced by markers such as ``[phone]``.

    Args:
        text: Any text; digits may be Arabic-Indic, with spaces, dashes or invisible marks in between.

    Returns:
        The text without e-mail addresses, IBANs, card, national and phone numbers, and other runs of eight or more
        digits (written dates stay). Masking again changes nothing.
    """
    folded, origins = _fold(text)
    spans = _without_overlaps([*_emails(folded), *_ibans(folded), *_numbers(folded)])
    if not spans:
        return text
    parts: list[str] = []
    position = 0
    for span in spans:
        start, end = origins[span.start], origins[span.end - 1] + 1
        parts += [text[position:start], span.kind.value]
        position = end
    return "".join([*parts, text[position:]])


class MaskingFilter(logging.Filter):
    """Masks personal data in the messages and tracebacks of a log handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the finished message in place and let it pass."""
        record.msg, record.args = mask_personal_data(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = mask_personal_data(logging.Formatter().formatException(record.exc_info))
        return True


def _fold(text: str) -> tuple[str, list[int]]:
    folded: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        for simple in character if character.isascii() else _simplest(character):
            folded.append(" " if simple.isspace() else simple)
            origins.append(position)
    return "".join(folded), origins


def _simplest(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cf", "Mn", "Me"}:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    return _EASTERN_DASHES.get(character, unicodedata.normalize("NFKC", character))


def _emails(folded: str) -> list[_Span]:
    return [_Span(*match.span(), PersonalData.EMAIL) for match in _EMAIL.finditer(folded)]


def _ibans(folded: str) -> list[_Span]:
    spans = []
    for match in _IBAN_START.finditer(folded):
        length = _IBAN_LENGTHS.get((match[1] + match[2]).upper())
        if length and (end := _iban_end(folded, match.end(), length - 2)):
            spans.append(_Span(match.start(), end, PersonalData.IBAN))
    return spans


def _iban_end(folded: str, position: int, remaining: int) -> int | None:
    digits = 0
    for _ in range(remaining):
        if (match := _IBAN_NEXT.match(folded, position)) is None:
            return None
        digits += match[1].isdigit()
        position = match.end()
    return position if digits * 2 >= remaining else None


def _numbers(folded: str) -> list[_Span]:
    spans = []
    for match in _DIGIT_RUN.finditer(folded):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) >= _MINIMUM_DIGITS and not _DATE.fullmatch(match[0]):
            spans.append(_Span(*match.span(), _kind_of_number(digits, match[0])))
    return spans


def _kind_of_number(digits: str, written: str) -> PersonalData:
    count = len(digits)
    if (count == 14 and digits[0] in "23") or (count == 15 and digits.startswith("784")):
        return PersonalData.NATIONAL_ID  # Egypt, United Arab Emirates
    if 13 <= count <= 19 and _passes_luhn(digits):
        return PersonalData.CARD
    if written.startswith("+") or digits.startswith("0"):
        return PersonalData.PHONE
    if count == 10 and digits[0] in "129":
        return PersonalData.NATIONAL_ID  # Saudi Arabia (citizens 1, residents 2), Jordan (9, 2)
    return PersonalData.PHONE if count <= 12 else PersonalData.NUMBER


def _passes_luhn(digits: str) -> bool:
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0


def _without_overlaps(spans: list[_Span]) -> list[_Span]:
    kept: list[_Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end, each.kind)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end > kept[-1].end:
            kept[-1] = _Span(kept[-1].start, span.end, kept[-1].kind)
    return kept
