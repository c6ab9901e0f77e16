"""Seeded personal data as people write it: digits of three scripts, spaces, dashes, invisible marks in between."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_EXTENDED = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_MARKS = ("\u200e", "\u200f", "\u202a", "\u202c", "\u2066", "\u2069", "\u200b", "\u00ad")
_GAPS = ("", "", " ", "-", "\u00a0", " - ", "\u2011", ".", "/", "\u202f", ",", ":", ";", "\u060c")
_SENTENCES = (
    "رقمي {} ارجو الرد",
    "my number is {}, please answer",
    "{}",
    "({})",
    "تواصلوا معي:{}",
    "order for {}\nthanks",
)


@dataclass(frozen=True, slots=True)
class PersonalItem:
    """One item.

    Attributes:
        secret: The item in ASCII without separators, as a search of the database would look for it.
        text: A sentence that contains it as somebody may have written it.
    """

    secret: str
    text: str

    @property
    def core(self) -> str:
        """What `squeezed` leaves of the secret in any text that holds it, however it is written there."""
        return squeezed(self.secret)


def personal_items(seed: int, count: int) -> tuple[PersonalItem, ...]:
    """Return seeded phones, e-mails, IBANs, cards and national numbers of the region."""
    chance = random.Random(seed)
    makers = (_phone, _email, _iban, _card, _national_number)
    return tuple(_written(chance, makers[position % len(makers)](chance)) for position in range(count))


def squeezed(text: str) -> str:
    """Return the text's letters, digits and at signs only, in ASCII digits and lower case."""
    return _kept(text, "@")


def _kept(text: str, signs: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(each, each)) for each in folded if each.isalnum() or each in signs).lower()


def _written(chance: random.Random, secret: str) -> PersonalItem:
    text = secret
    if "@" not in secret:
        gap = chance.choice(_GAPS)
        size = chance.choice((2, 3, 4))
        text = gap.join(secret[start : start + size] for start in range(0, len(secret), size))
    if chance.random() < 0.5:
        position = chance.randrange(len(text) + 1)
        text = text[:position] + chance.choice(_MARKS) + text[position:]
    text = text.translate(chance.choice(({}, _ARABIC_INDIC, _EXTENDED)))
    return PersonalItem(_kept(secret, "@."), chance.choice(_SENTENCES).format(text))


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _phone(chance: random.Random) -> str:
    local = chance.choice(
        ("05" + _digits(chance, 8), "01" + chance.choice("0125") + _digits(chance, 8), "07" + _digits(chance, 8))
    )
    international = chance.choice(("9665", "97150", "9627", "2010")) + _digits(chance, 8)
    return chance.choice((local, "+" + international, "00" + international))


def _email(chance: random.Random) -> str:
    name = chance.choice(("amal", "omar.said", "نورة", "layla_k")) + _digits(chance, 2)
    return f"{name}@{chance.choice(('example.com', 'mail.example.com.sa', 'شركة.example'))}"


def _iban(chance: random.Random) -> str:
    country, length = chance.choice((("SA", 24), ("AE", 23), ("EG", 29), ("JO", 30)))
    bank = "CBJO" if country == "JO" else ""
    return country + _digits(chance, 2) + bank + _digits(chance, length - 4 - len(bank))


def _card(chance: random.Random) -> str:
    body = chance.choice("45") + _digits(chance, 14)
    doubled = [int(digit) * 2 for digit in body[::2]]
    total = sum(map(int, body[1::2])) + sum(value - 9 if value > 9 else value for value in doubled)
    return body + str(-total % 10)


def _national_number(chance: random.Random) -> str:
    return chance.choice(
        (
            chance.choice("12") + _digits(chance, 9),
            chance.choice("23") + _digits(chance, 13),
            "784" + _digits(chance, 12),
            "9" + _digits(chance, 9),
        )
    )
