"""Masks personal data in what people type, before anything is stored or logged.

Works on a folded copy of the text (digits of all scripts, full-width forms, invisible marks) and cuts the spans out of
the original. It prefers to mask too much. Linear in the length.
"""

from __future__ import annotations

import logging
import re
import unicodedata

from kb.log_safety import indented, one_line
from kb.personal_numbers import ANY_GAP, PersonalData, Span, personal_numbers

# Lengths of account numbers by country: ISO 13616 registry, the countries that pay and trade in Arabic or English here.
_IBAN_LENGTHS = {
    "AE": 23, "AT": 20, "BE": 16, "BH": 22, "CH": 21, "CY": 28, "DE": 22, "DK": 18, "EG": 29, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GR": 27, "IE": 22, "IQ": 23, "IT": 27, "JO": 30, "KW": 30, "LB": 28, "LY": 25, "MR": 27,
    "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "SA": 24, "SD": 18, "SE": 24,
    "SO": 23, "TN": 24, "TR": 26, "YE": 30,
}  # fmt: skip
_EMAIL = re.compile(
    r"[^\s@<>()\[\],;:\"]{1,64} {0,2}(?:@|\(at\)|\[at\]) {0,2}"
    r"[^\W_][\w-]{0,62}(?:(?: {0,2}\.| \. )[^\W_][\w-]{0,62}){1,8}",
    re.IGNORECASE,
)
_IBAN_START = re.compile(rf"(?<![a-z0-9])([a-z]){ANY_GAP}([a-z])(?={ANY_GAP}[0-9]{ANY_GAP}[0-9])", re.I | re.A)
_IBAN_NEXT = re.compile(rf"{ANY_GAP}([a-z0-9])", re.I | re.A)
# Minus sign; tatweel, which stretches a word and says nothing; Arabic comma, semicolon, decimal and thousands signs.
_SIMPLER = {"\u2212": "-", "\u0640": "", "\u060c": ",", "\u061b": ";", "\u066b": ".", "\u066c": ","}


# What the product itself calls things, and operators look for: generations of the index, ids of people and tickets.
_OWN_NAMES = re.compile(r"\b(gen-\d{8}T\d{6}Z-[0-9a-f]{8}|(?=[0-9]*[a-f])[0-9a-f]{32})\b", re.ASCII)


def mask_personal_data(text: str) -> str:
    """Return the text with personal data replaced by markers such as ``[phone]``.

    Args:
        text: Any text; digits may be Arabic-Indic, with spaces, dashes or invisible marks in between.

    Returns:
        The text without e-mail addresses, IBANs, card, national and phone numbers, and other runs of eight or more
        digits (`kb.personal_numbers`). Masking again changes nothing.
    """
    folded, origins = _fold(text)
    spans = _without_overlaps([*_emails(folded), *_ibans(folded), *personal_numbers(folded)])
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
    """Masks personal data in the messages and tracebacks of a log handler, and leaves nothing in them to be obeyed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the finished message in place and let it pass."""
        record.msg, record.args = one_line(_masked_line(record.getMessage())), ()
        if record.exc_info:
            traceback = logging.Formatter().formatException(record.exc_info)
            record.exc_text = indented(_masked_line(traceback))
        return True


def _masked_line(text: str) -> str:
    """Return a text of the log without personal data, but with the product's own names."""
    pieces = _OWN_NAMES.split(text)  # texts and names by turns
    return "".join(piece if place % 2 else mask_personal_data(piece) for place, piece in enumerate(pieces))


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
    return _SIMPLER.get(character, unicodedata.normalize("NFKC", character))


def _emails(folded: str) -> list[Span]:
    return [Span(*match.span(), PersonalData.EMAIL) for match in _EMAIL.finditer(folded)]


def _ibans(folded: str) -> list[Span]:
    spans = []
    for match in _IBAN_START.finditer(folded):
        length = _IBAN_LENGTHS.get((match[1] + match[2]).upper())
        if length and (end := _iban_end(folded, match.end(), length - 2)):
            spans.append(Span(match.start(), end, PersonalData.IBAN))
    return spans


def _iban_end(folded: str, position: int, remaining: int) -> int | None:
    digits = 0
    for _ in range(remaining):
        if (match := _IBAN_NEXT.match(folded, position)) is None:
            return None
        digits += match[1].isdigit()
        position = match.end()
    return position if digits * 2 >= remaining else None


def _without_overlaps(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end, each.kind)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end > kept[-1].end:
            kept[-1] = Span(kept[-1].start, span.end, kept[-1].kind)
    return kept
