"""Finds the numbers of people in text: telephones, cards, national numbers; and leaves prices, dates and lists alone.

Works on folded text (`kb.privacy`): ASCII digits, commas and semicolons, no invisible marks. Two rules. A run of eight
or more digits goes, whatever it is, where spaces, dashes, dots, slashes or brackets at most stand in between. Commas,
colons and semicolons stand in lists, prices and times as well: across them digits are taken together only if together
they are a number that somebody has (a telephone's prefix and length, a card's check digit, a national number's length).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class PersonalData(StrEnum):
    """What was masked; the value is the marker that takes its place."""

    EMAIL = "[email]"
    IBAN = "[iban]"
    CARD = "[card]"
    NATIONAL_ID = "[id]"
    PHONE = "[phone]"
    NUMBER = "[number]"


@dataclass(frozen=True, slots=True)
class Span:
    """Where something personal stands in folded text."""

    start: int
    end: int
    kind: PersonalData


ANY_GAP = r"[ \-./()_,:;]{0,3}"
"""What may stand between the digits of one number."""

_GAP = r"[ \-./()_]{0,3}"
_RUN = re.compile(rf"\+?[0-9](?:{_GAP}[0-9])*")
_LOOSE_RUN = re.compile(rf"\+?[0-9](?:{ANY_GAP}[0-9])*")
_MINIMUM_DIGITS = 8
_MOST_DIGITS = 19
_SHORT_ID = 10  # without a check digit that could be relied on: prices and orders have as many digits

_YEAR = r"(?:19|20|1[34])[0-9][0-9]"
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12][0-9]|3[01])"
_DATE = rf"(?:{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}|{_DAY}[-/.]{_MONTH}[-/.]{_YEAR})"
_CLOCK = r"(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,6})?)?"
_MONEY = (
    r"(?:SAR|AED|EGP|JOD|KWD|QAR|BHD|OMR|IQD|LBP|USD|EUR|GBP|SR|[$\u20ac\u00a3\u20c1]|"
    r"ريال(?:ا|ات)?|ر\.س|درهم(?:ا)?|دراهم|د\.إ|جنيه(?:ا|ات)?|دينار(?:ا)?|دنانير|ليرة|دولار(?:ا)?|يورو|riyals?|dirhams?|dinars?|pounds?|dollars?|euros?)"
)
_DECIMAL = r"(?:0|[1-9][0-9]{0,2})\.[0-9]{1,8}"
_THOUSANDS = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+"
_AMOUNT = r"[0-9]+(?:[,. ][0-9]{3})*(?:[.,][0-9]{1,3})?"
_THINGS = (
    r"(?:orders?|ord|invoices?|inv|tickets?|tkt|case|ref|reference|sku|item|model|part|p/n|serial|s/n|awb|tracking|shipment|lot|batch|"
    r"parcel|po|so|rma|error|code|build|"
    r"(?:ال)?طلب(?:ية)?|(?:ال)?طلبي|(?:ال)?فاتورة|(?:ال)?شحنة|(?:ال)?تتبع|(?:ال)?تذكرة|(?:ال)?بلاغ|(?:ال)?مرجع|(?:ال)?منتج|(?:ال)?صنف|(?:ال)?موديل|(?:ال)?خطأ|(?:ال)?رمز)"
)
_DIGIT_BEFORE, _DIGIT_AFTER = re.compile(rf"[0-9]{_GAP}\Z"), re.compile(rf"{_GAP}[0-9]")
# What is nobody's number although it has many digits: dates and times; what is so only where it stands alone; and
# what is called a thing or costs money, of which the group is judged once more: a telephone stays a telephone.
_DATES = tuple(
    re.compile(pattern, re.I | re.A)
    for pattern in (
        rf"(?<![0-9+\-/.]){_DATE}(?: ?- ?{_DATE})?(?![0-9]|[-/.][0-9])",
        rf"(?<![0-9:]){_CLOCK}(?: ?- ?{_CLOCK})?(?![0-9:])",
    )
)
_ALONE = tuple(
    re.compile(pattern, re.I | re.A)
    for pattern in (
        r"(?<![0-9+\-/.,:])(?:19|20|1[34])[0-9][0-9] ?[-/] ?(?:19|20|1[34])[0-9][0-9](?![0-9]|[-/.:,][0-9])",
        r"(?<![0-9+\-/.,:])[1-9][0-9]{0,6}0 ?- ?[1-9][0-9]{0,6}0(?![0-9]|[-/.:,][0-9])",
        rf"(?<![0-9+\-/.,:]){_THOUSANDS} ?- ?{_THOUSANDS}(?![0-9]|[-/.:,][0-9])",
        rf"(?<![0-9+\-/.,:]){_DECIMAL}(?: ?[,;] ?{_DECIMAL})+(?![0-9]|[-/.:,][0-9])",
        r"(?:\bv|version|release|firmware|build|android|ios|chrome|windows|إصدار|نسخة) ?[0-9]+(?:\.[0-9]+){1,4}",
        r"[0-9]{2,5} ?[x*\u00d7] ?[0-9]{2,5}(?: ?[x*\u00d7] ?[0-9]{2,5})?",
    )
)
_NAMED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?<![0-9+\-/.,]){_MONEY} ?({_AMOUNT})(?!{_GAP}[0-9]|[:,][0-9])",
        rf"(?<![0-9+\-/.,])({_AMOUNT}) ?{_MONEY}(?!\w)",
        rf"(?<!\w){_THINGS}(?: ?(?:number|no\.?|id|رقم|#|is|هو))?[ :#\-/]{{0,3}}"
        rf"([0-9]+(?:[-/][0-9]+)*)(?!{_GAP}[0-9]|[:,][0-9])",
        r"(?<![0-9+\-/.,])#([0-9]+)(?![0-9])",
    )
)
# Where telephones begin: the country's code and what follows it there (mobiles of the Arab countries, length by ITU).
_MOBILE = re.compile(
    r"(?:9665[0-9]{8}|9715[0-9]{8,9}|201[0125][0-9]{8}|9627[0-9]{8}|9647[0-9]{9}|965[124569][0-9]{7}|968[79][0-9]{7}|"
    r"973[36][0-9]{7}|974[3567][0-9]{7}|961[378][0-9]{6,7}|9639[0-9]{8}|9677[0-9]{8}|97[02]5[0-9]{8}|212[67][0-9]{8}|"
    r"213[567][0-9]{8}|216[2459][0-9]{7}|2189[0-9]{8}|249[19][0-9]{8}|222[234][0-9]{7}|252[679][0-9]{7,8})"
)
_AT_HOME = re.compile(r"0(?:5[0-9]{8}|1[0-9]{9}|7[0-9]{8,9}|6[0-9]{8}|9[0-9]{8,9}|1[1-7][0-9]{7,8}|[234][0-9]{7,8})")
_CARD_START = re.compile(r"[2-6]")


def personal_numbers(folded: str) -> list[Span]:
    """Return where numbers of people stand; spans may overlap."""
    readable = _without_harmless(folded)
    return [*_loose(readable), *_tight(readable)]


def _without_harmless(folded: str) -> str:
    """Return the text of the same length in which nothing is left of dates, prices, versions and named things."""
    for pattern in _DATES:
        folded = pattern.sub(lambda match: "\0" * len(match[0]), folded)
    for pattern in _ALONE:
        folded = pattern.sub(lambda match: match[0] if _goes_on(match) else "\0" * len(match[0]), folded)
    for pattern in _NAMED:
        folded = pattern.sub(_unless_personal, folded)
    return folded


def _unless_personal(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[1])
    kind = _kind_of_known(digits, is_international=False)
    if kind is not None and (kind is not PersonalData.NATIONAL_ID or len(digits) > _SHORT_ID):
        return match[0]
    before, after = match.start(1) - match.start(), match.end() - match.end(1)
    return match[0][:before] + "\0" * len(match[1]) + match[0][len(match[0]) - after :]


def _goes_on(match: re.Match[str]) -> bool:
    """Tell whether more digits stand around, of which these may be a part."""
    return bool(_DIGIT_BEFORE.search(match.string, max(0, match.start() - 4), match.start())) or bool(
        _DIGIT_AFTER.match(match.string, match.end())
    )


def _tight(text: str) -> Iterator[Span]:
    for match in _RUN.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        parts = re.findall("[0-9]+", match[0])
        if len(digits) >= _MINIMUM_DIGITS and (digits[0] == "0" or not _is_progression(parts)):
            yield Span(*match.span(), _kind_of_any(digits, match[0]))


def _loose(text: str) -> Iterator[Span]:
    for run in _LOOSE_RUN.finditer(text):
        if re.search("[,:;]", run[0]):
            yield from _known_within(run)


def _known_within(run: re.Match[str]) -> Iterator[Span]:
    """Yield the longest known numbers within digits that are loosely held together, from the left."""
    groups = list(re.finditer(r"\+?[0-9]+", run[0]))
    first = 0
    while first < len(groups):
        found = next(_known_from(run[0], groups, first), None)
        if found is None:
            first += 1
            continue
        last, kind = found
        yield Span(run.start() + groups[first].start(), run.start() + groups[last].end(), kind)
        first = last + 1


def _known_from(run: str, groups: list[re.Match[str]], first: int) -> Iterator[tuple[int, PersonalData]]:
    parts, digits, candidates = list[str](), "", list[tuple[int, str]]()
    for group in groups[first : first + _MOST_DIGITS]:
        parts.append(group[0].lstrip("+"))
        digits += parts[-1]
        if len(digits) > _MOST_DIGITS:
            break
        if len(parts) > 1 and len(digits) >= _MINIMUM_DIGITS:
            candidates.append((len(parts), digits))
    is_international = groups[first][0].startswith("+")
    for count, together in reversed(candidates):
        kind = _kind_of_known(together, is_international=is_international)
        if kind is None or _is_progression(parts[:count]):
            continue
        written = run[groups[first].start() : groups[first + count - 1].end()]
        if kind is not PersonalData.NATIONAL_ID or len(together) > _SHORT_ID or not _may_be_several(written):
            yield first + count - 1, kind


def _may_be_several(written: str) -> bool:
    """Tell whether ten digits may as well be a price, or a list whose entries are written in another way."""
    gaps = set(re.findall(r"[^0-9]+", written))
    return len(gaps) > 1 or len(gaps.pop()) > 1 or re.fullmatch(_THOUSANDS, written) is not None


def _is_progression(parts: list[str]) -> bool:
    """Tell whether numbers are a list that goes on in equal steps, as rooms, pages and order numbers do."""
    steps = {int(later) - int(earlier) for earlier, later in pairwise(parts)}
    return len(parts) >= 3 and len(steps) == 1


def _kind_of_known(digits: str, *, is_international: bool) -> PersonalData | None:
    """Return what a number is if somebody has numbers like it; else None."""
    count = len(digits)
    if (count == 14 and digits[0] in "23") or (count == 15 and digits.startswith("784")):
        return PersonalData.NATIONAL_ID  # Egypt, United Arab Emirates
    if 13 <= count <= 19 and _CARD_START.match(digits) and _passes_luhn(digits):
        return PersonalData.CARD
    if is_international and count <= 15:
        return PersonalData.PHONE
    if digits.startswith("00") and 10 <= count <= 17 and digits[2] != "0":
        return PersonalData.PHONE
    if (digits[0] == "0" and _AT_HOME.fullmatch(digits)) or (digits[0] in "29" and _MOBILE.fullmatch(digits)):
        return PersonalData.PHONE
    if count == _SHORT_ID and digits[0] in "129":
        return PersonalData.NATIONAL_ID  # Saudi Arabia (citizens 1, residents 2), Jordan (9, 2)
    return None


def _kind_of_any(digits: str, written: str) -> PersonalData:
    if kind := _kind_of_known(digits, is_international=written.startswith("+")):
        return kind
    if 13 <= len(digits) <= 19 and _passes_luhn(digits):
        return PersonalData.CARD
    if written.startswith("+") or digits.startswith("0"):
        return PersonalData.PHONE
    return PersonalData.PHONE if len(digits) <= 12 else PersonalData.NUMBER


def _passes_luhn(digits: str) -> bool:
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0
