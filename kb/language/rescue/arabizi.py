"""Arabic written in Latin letters and digits (``kelmet el ser``, ``7esab``): found through consonant skeletons.

Vowels are spelled as each writer likes, consonants nearly alike; so both sides are reduced to classes of consonants and
the index's own words decide which one was meant.
"""

from __future__ import annotations

import re
from itertools import product

# Latin spelling to class of Arabic letters, by the practice of Arabic chat (Yaghan 2008, "Arabizi").
_LATIN_CLASSES = dict(
    pair.split(":")
    for pair in (
        "7':K 3':G 6':Z 9':D kh:K gh:G sh:S ch:S th:T dh:z dj:g 5:K 7:H h:H 8:G 3:E 6:T t:T 9:s q:Q 4:z s:s c:s d:D "
        "z:z j:g g:g x:ks k:k b:b p:b f:f v:f m:m n:n l:l r:r 2: w: o: u: y: i: e: a: ':"
    ).split()
)
# Spellings that stand for more than one class.
_READINGS = {"8": ("G", "Q"), "k": ("k", "Q"), "g": ("g", "Q", "G"), "th": ("T", "s"), "ch": ("S", "k"), "2": ("", "Q")}
_ARABIC_CLASSES = dict(
    pair.split(":")
    for pair in (
        "ب:b ت:T ث:T ج:g ح:H خ:K د:D ذ:z ر:r ز:z س:s ش:S ص:s ض:D ط:T ظ:z ع:E غ:G ف:f ق:Q ك:k ل:l م:m ن:n ه:H"
    ).split()
)
_SPELLING = re.compile("|".join(re.escape(key) for key in sorted(_LATIN_CLASSES, key=lambda key: (-len(key), key))))
_ARTICLE = re.compile(r"^(?:el|al|il)-?(?=\w{2})")
_READINGS_AT_MOST = 8
_DOUBLED = re.compile(r"(.)\1+")


def is_latin_word(word: str) -> bool:
    """Return whether a word could be Arabizi: Latin letters, perhaps with the digits that stand for Arabic letters."""
    return bool(re.fullmatch(r"[a-z235679'’]*[a-z][a-z235679'’]*", word))


def latin_skeletons(word: str) -> tuple[str, ...]:
    """Return the consonant skeletons that a Latin spelling may stand for, without its article, likeliest first."""
    bare = _ARTICLE.sub("", word.replace("’", "'"))
    choices = [_READINGS.get(spelling, (_LATIN_CLASSES[spelling],)) for spelling in _SPELLING.findall(bare)]
    skeletons: dict[str, None] = {}
    for reading in product(*choices):
        skeletons.setdefault(_DOUBLED.sub(r"\1", "".join(reading)), None)
        if len(skeletons) >= _READINGS_AT_MOST:
            break
    return tuple(skeletons)


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


_LONG_VOWELS = (("ا", "a"), ("و", "ouw"), ("ي", "iye"), ("ى", "a"))
_VOWELS = "aeiouy"


def vowel_distance(word: str, arabic: str) -> int:
    """Return how badly the long vowels of an Arabic word fit a Latin spelling: 0 is a perfect fit."""
    latin = _ARTICLE.sub("", word)
    bare = arabic.removeprefix("ال") if len(arabic) > 3 else arabic
    missing = sum(
        max(0, bare.count(letter) - sum(latin.count(vowel) for vowel in vowels)) for letter, vowels in _LONG_VOWELS
    )
    unwritten_end = bare.endswith(("ا", "و", "ي", "ى")) and not latin.endswith(tuple(_VOWELS))
    return missing + unwritten_end + abs(len(bare) - len(latin)) // 3
