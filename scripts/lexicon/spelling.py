"""From a romanised template and a root to the written word: radicals, long vowels and the seat of the hamza.

A template spells one form, e.g. ``mu1a22i3`` for the participle of form II: digits are radicals, ``a i u`` short
vowels (which only steer the spelling and are dropped), ``A`` the long a, ``Y`` alef maksura, ``p`` ta marbuta, ``'`` a
hamza, the other letters themselves. Two equal consonants with no vowel between are one letter.
"""

from __future__ import annotations

_LETTERS = {
    "A": "ا",
    "Y": "ى",
    "p": "ة",
    "'": "ء",
    "t": "ت",
    "n": "ن",
    "s": "س",
    "m": "م",
    "w": "و",
    "y": "ي",
}
_VOWELS = "aiu"
_ALEF = "ا"
_HAMZA = "ء"
_SEATS = {"i": "ئ", "u": "ؤ", "a": "أ"}


def spell(template: str, root: str) -> str:
    """Return the unvocalised spelling of a template filled with the radicals of a root."""
    return seat_hamzas(_fill(template, root))


def seat_hamzas(voiced: str) -> str:
    """Return the spelling of a word given with short vowels in Latin letters and bare hamzas.

    The rules are those of school grammars: at the start on or under an alef; elsewhere on the seat of the stronger of
    the vowels around it (i, then u, then a); after a long vowel or at the end after no vowel, alone.
    """
    written: list[str] = []
    for index, letter in enumerate(voiced):
        if letter in _VOWELS or _is_doubled(voiced, index):
            continue
        if letter == _ALEF and written and written[-1] == "أ":
            written[-1] = "آ"
        elif letter == _HAMZA:
            written.append(_seated(voiced, index))
        else:
            written.append(letter)
    return "".join(written)


def _fill(template: str, root: str) -> str:
    return "".join(root[int(symbol) - 1] if symbol.isdigit() else _LETTERS.get(symbol, symbol) for symbol in template)


def _is_doubled(voiced: str, index: int) -> bool:
    return index > 0 and voiced[index] == voiced[index - 1] and voiced[index] != _ALEF


def _seated(voiced: str, index: int) -> str:
    after = voiced[index + 1] if index + 1 < len(voiced) else ""
    if after == _HAMZA:
        after = voiced[index + 2] if index + 2 < len(voiced) else ""
    if index == 0:
        return "إ" if after == "i" else "أ"
    before = voiced[index - 1]
    if not after:
        return _SEATS.get(before, _HAMZA)
    if "i" in (before, after) or before == "ي":
        return _SEATS["i"]
    if "u" in (before, after):
        return _SEATS["u"]
    is_after_long_vowel = before == _ALEF or voiced[index - 2 : index] == "uو"
    return _HAMZA if is_after_long_vowel else _SEATS["a"]
