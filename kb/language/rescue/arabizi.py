"""Arabic written in Latin letters and digits (``kelmet el ser``, ``7esab``): spellings, sounds and a table.

Vowels are spelled as each writer likes, consonants nearly alike; so both sides are reduced to classes of consonants.
The index and the frequency list give the words of a class; vowels and frequencies decide which one was meant. Words
that sounds would mislead stand in a table, `arabizi.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import islice, product

# Latin spelling to class of Arabic letters, by the practice of Arabic chat (Yaghan 2008, "Arabizi").
_LATIN_CLASSES = dict(
    pair.split(":")
    for pair in (
        "7':K 3':G 6':Z 9':D '7:K '3:G '6:Z '9:D kh:K gh:G sh:S ch:S th:T dh:z dj:g 5:K 7:H h:H "
        "8:G 3:E 6:T t:T 9:s q:Q 4:z s:s c:s d:D "
        "z:z j:g g:g x:ks k:k b:b p:b f:f v:f m:m n:n l:l r:r 2: w: o: u: y: i: e: a: ':"
    ).split()
)
# Spellings that stand for more than one class.
_READINGS = {
    "8": ("G", "Q"),
    "9": ("s", "Q"),
    "c": ("s", "k"),
    "k": ("k", "Q"),
    "g": ("g", "Q", "G"),
    "th": ("T", "z", "D"),
    "ch": ("S", "k", "g"),
    "dh": ("z", "D"),
    "z": ("z", "D"),
    "2": ("", "Q"),
    "h": ("H", ""),
}
_ARABIC_CLASSES = dict(
    pair.split(":")
    for pair in (
        "ب:b ت:T ث:T ج:g ح:H خ:K د:D ذ:z ر:r ز:z س:s ش:S ص:s ض:D ط:T ظ:z ع:E غ:G ف:f ق:Q ك:k ل:l م:m ن:n ه:H"
    ).split()
)
_SPELLING = re.compile("|".join(re.escape(key) for key in sorted(_LATIN_CLASSES, key=lambda key: (-len(key), key))))
_ARTICLE = re.compile(r"^(?:el|al|il)-?(?=\w{2})")
_READINGS_AT_MOST = 8
_READINGS_LOOKED_AT = 64
_DOUBLED = re.compile(r"(.)\1+")
_DOUBLED_CONSONANT = re.compile(r"([^aeiou])\1+")


class SpellingKind(StrEnum):
    """What a spelling of the table says about its query."""

    SIGN = "sign"
    WORD = "word"
    LOAN = "loan"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class TableSpelling:
    """A spelling of the table: its Arabic, and what it proves."""

    arabic: str
    kind: SpellingKind


@cache
def table_spellings() -> Mapping[str, TableSpelling]:
    """Return the table by its Latin spellings."""
    table: dict[str, TableSpelling] = {}
    for line in resources.files(__package__).joinpath("arabizi.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        spellings, arabic, kind = line.split("\t")
        for spelling in spellings.split():
            table.setdefault(spelling, TableSpelling(arabic, SpellingKind(kind)))
    return table


def is_latin_word(word: str) -> bool:
    """Return whether a word could be Arabizi: Latin letters, perhaps with the digits that stand for Arabic letters."""
    return bool(re.fullmatch(r"[a-z2356789'’]*[a-z][a-z2356789'’]*", word))


def has_chat_digit(word: str) -> bool:
    """Return whether a digit stands for an Arabic letter: in ``7esab`` and ``daf3``, not in ``a4`` or ``iphone15``."""
    return len(word) >= 3 and bool(re.fullmatch(r"[a-z']*[235678][a-z'][a-z2356789']*|[a-z']{3,}[237]", word))


def latin_skeletons(word: str) -> tuple[str, ...]:
    """Return the consonant skeletons that a Latin spelling may stand for, without its article, likeliest first."""
    bare = _ARTICLE.sub("", word.replace("’", "'"))
    choices = [_READINGS.get(spelling, (_LATIN_CLASSES[spelling],)) for spelling in _SPELLING.findall(bare)]
    skeletons: dict[str, None] = {}
    # In the order of how many letters are read otherwise than mostly.
    for reading in islice(product(*(enumerate(choice) for choice in choices)), _READINGS_LOOKED_AT):
        places = sum(place for place, _ in reading)
        skeleton = _DOUBLED.sub(r"\1", "".join(classes for _, classes in reading))
        skeletons.setdefault(f"{places}{skeleton}", None)
    ordered = dict.fromkeys(key.lstrip("0123456789") for key in sorted(skeletons))
    return tuple(islice(ordered, _READINGS_AT_MOST))


def arabic_skeletons(word: str) -> tuple[str, ...]:
    """Return the skeletons of an Arabic word in normal form, without its article; several for ta marbuta."""
    bare = word.removeprefix("ال") if len(word) > 3 else word
    if not bare or not all("\u0621" <= letter <= "\u064a" for letter in bare):
        return ()
    # A final ta marbuta, folded to ha, is written a, e, ah or et.
    endings = ("", "T", "H") if bare[-1] in "هة" else (_ARABIC_CLASSES.get(bare[-1], ""),)
    stem = "".join(_ARABIC_CLASSES.get(letter, "") for letter in bare[:-1])
    skeletons = (_DOUBLED.sub(r"\1", stem + ending) for ending in endings)
    return tuple(dict.fromkeys(skeleton for skeleton in skeletons if skeleton))


_VOWELS = "aeiouyw"
# Latin vowels that an Arabic letter may stand for.
_LONG = {"ا": ("a", "e"), "و": ("o", "u", "w"), "ي": ("i", "y", "ee", "ei", "e"), "ى": ("a",), "ه": ("a", "e", "o")}
# Spellings of other vowels that hold these letters.
_NOT_ALEF = ("ee", "ei", "ey")
_ALEF_UNWRITTEN, _WEAK_UNWRITTEN = 0.7, 0.8
_ALEF_LOST, _LONG_VOWEL_LOST, _FINAL_VOWEL_LOST, _WRONG_VOWEL = 0.4, 0.4, 0.6, 0.9


def sound_distance(word: str, arabic: str) -> float:
    """Return how badly the vowels of an Arabic word fit a Latin spelling with the same consonants; 0 is a perfect fit.

    Both are walked side by side from consonant to consonant; between two of them the Latin vowels are held against the
    Arabic long ones.
    """
    latin = _ARTICLE.sub("", word.replace("’", "'"))
    bare = arabic.removeprefix("ال") if len(arabic) > 3 else arabic
    left, right = _vowels_between_latin(latin), _vowels_between_arabic(bare)
    if len(left) == len(right) + 1 and bare.endswith("ه") and latin[-1] in "th":
        left = left[:-1]  # ta marbuta that is spoken
    if len(left) != len(right):
        return 1.0 + 0.3 * abs(len(left) - len(right))
    last = len(left) - 1
    return sum(
        _vowel_cost(written, meant, place == 0, place == last)
        for place, (written, meant) in enumerate(zip(left, right, strict=True))
    )


def _vowels_between_latin(word: str) -> list[str]:
    runs = [""]
    before = ""
    for spelling in _SPELLING.findall(word):
        if spelling in _VOWELS or spelling in "2'":
            runs[-1] += spelling if spelling in _VOWELS else ""
            before = "" if spelling in _VOWELS else before
        elif spelling != before:
            runs.append("")
            before = spelling
    return runs


def _vowels_between_arabic(word: str) -> list[str]:
    runs = [""]
    before = ""
    for place, letter in enumerate(word):
        is_ending = letter == "ه" and place == len(word) - 1 and place > 1
        if letter in "اويى" or is_ending:
            runs[-1] += letter
            before = ""
        elif _ARABIC_CLASSES.get(letter, "") and _ARABIC_CLASSES[letter] != before:
            runs.append("")
            before = _ARABIC_CLASSES[letter]
    return runs


def _vowel_cost(written: str, meant: str, first: bool, last: bool) -> float:  # noqa: FBT001 - where the run stands
    if first and meant in ("ا", ""):
        return _first_vowel_cost(written, meant)
    if not meant:
        return _lost_vowel_cost(written, last)
    missing = 0.0
    for letter in meant:
        if not _fits(written, letter):
            unwritten = _ALEF_UNWRITTEN if letter in "اىه" else _WEAK_UNWRITTEN
            missing += _WRONG_VOWEL if written else unwritten
    if len(written) > 1 and written[0] in "yw" and meant[0] != {"y": "ي", "w": "و"}[written[0]]:
        missing += _LONG_VOWEL_LOST
    return missing


def _first_vowel_cost(written: str, meant: str) -> float:
    """Return the cost of what stands before the first consonant: an alef is mostly written, y and w are consonants."""
    if written[:1] in ("y", "w"):
        return _WRONG_VOWEL
    if bool(written) == bool(meant):
        return 0.0
    return _ALEF_LOST


def _lost_vowel_cost(written: str, last: bool) -> float:  # noqa: FBT001 - where the run stands
    if not written:
        return 0.0
    if last:
        return _FINAL_VOWEL_LOST
    return _LONG_VOWEL_LOST if len(written) > 1 else 0.0


def _fits(written: str, letter: str) -> bool:
    if letter == "ا" and "a" not in written and any(vowel in written for vowel in _NOT_ALEF):
        return False
    return any(vowel in written for vowel in _LONG[letter])


# The letter that a class of consonants mostly stands for.
_USUAL_LETTERS = dict(zip("bTgHKDzrsSEGfQklmnZ", "بتجحخدزرسشعغفقكلمنظ", strict=True))
_USUAL_VOWELS = {"a": "ا", "o": "و", "u": "و", "i": "ي", "e": "ي"}
_USUAL_LATIN = {"h": "ه", "w": "و", "y": "ي", "6": "ط", "9": "ص", "2": "ق", "dh": "ذ", "6'": "ظ", "9'": "ض"}


def letter_by_letter(word: str) -> str:
    """Return a Latin spelling in Arabic letters, for a word that no list holds; short vowels are not written."""
    result = ""
    parts = _SPELLING.findall(_DOUBLED_CONSONANT.sub(r"\1", word.replace("’", "'")))
    for place, part in enumerate(parts):
        if part in "aeiou'":
            twice = place > 0 and parts[place - 1] in "aeiou"
            ends = place == len(parts) - 1
            result += _USUAL_VOWELS.get(part, "") if twice or ends else ""
            result += "ا" if place == 0 and not ends else ""
        else:
            result += _USUAL_LATIN.get(part) or _USUAL_LETTERS.get(_LATIN_CLASSES[part], "")
    return result
