"""Spoils Arabic text the way people mistype it."""

from __future__ import annotations

import random

# Rows of the Arabic keyboard: a slip hits the letter beside the one that was meant
_ROWS = ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرلاىةوزظ")
_NEIGHBOURS = {
    letter: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in reversed(_ROWS)
    for place, letter in enumerate(row)
}
_PREFIXES = ("ال", "و", "ب", "ل")
# Letters that sound alike to many writers
_ALIKE = {"ض": "ظ", "ظ": "ض", "ذ": "د", "ث": "ت", "ه": "ة", "ة": "ه", "ى": "ي", "س": "ص", "ص": "س"}


def mistype(text: str, chance: random.Random, rate: float = 0.18) -> str:
    """Return the text with a slip in some of its Arabic words.

    Args:
        chance: Decides where and which.
        rate: Share of the words that get a slip, 0 to 1.
    """
    return " ".join(_slip(word, chance) if chance.random() < rate else word for word in text.split())


def _slip(word: str, chance: random.Random) -> str:
    places = [place for place, letter in enumerate(word) if "\u0621" <= letter <= "\u064a"]
    if len(places) < 3:
        return word
    at = chance.choice(places[1:])
    before, letter, after = word[:at], word[at], word[at + 1 :]
    kind = chance.randrange(7)
    if kind == 0:
        return before + after
    if kind == 1:
        return before + letter + letter + after
    if kind == 2 and after:
        return before + after[0] + letter + after[1:]
    if kind == 3:
        return before + chance.choice(_NEIGHBOURS.get(letter) or letter) + after
    if kind == 4:
        return before + _ALIKE.get(letter, letter) + after
    return _change_prefix(word, chance)


def _change_prefix(word: str, chance: random.Random) -> str:
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) > len(prefix) + 3:
            return word[len(prefix) :]
    return chance.choice(_PREFIXES[:2]) + word
