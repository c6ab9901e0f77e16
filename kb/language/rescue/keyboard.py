"""The Arabic (101) and the US keyboard: the same keys under the other layout, and which keys lie side by side."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

# Key by key, in the order of the rows; Arabic (101) as on Windows.
_LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvnm,./"
_ARABIC_KEYS = "ذضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظ"
_LAM_ALEF, _LAM_ALEF_KEY = "لا", "b"
# Shifted keys that carry letters, and those that carry the comma and the tatweel.
_LATIN_SHIFTED = "HYNBGTKJ"
_ARABIC_SHIFTED = ("أ", "إ", "آ", "لآ", "لأ", "لإ", "، ", "")

_ROWS = (
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "ضصثقفغعهخحجد",
    "شسيبلاتنمكط",
    "ئءؤرىةوزظ",
)


def as_arabic_layout(text: str) -> str:
    """Return what the same keys would have written with the Arabic layout on, e.g. ``;glm`` -> «كلمة»."""
    return text.translate(_to_arabic())


def as_latin_layout(text: str) -> str:
    """Return what the same keys would have written with the US layout on; «لا» is one key there (b)."""
    return text.replace(_LAM_ALEF, _LAM_ALEF_KEY).translate(_to_latin())


@cache
def _to_arabic() -> dict[int, str]:
    table = dict(zip(map(ord, _LATIN_KEYS.upper()), _ARABIC_KEYS, strict=True))
    table |= dict(zip(map(ord, _LATIN_SHIFTED), _ARABIC_SHIFTED, strict=True))
    table |= dict(zip(map(ord, _LATIN_KEYS), _ARABIC_KEYS, strict=True))
    table[ord(_LAM_ALEF_KEY)] = _LAM_ALEF
    return table


@cache
def _to_latin() -> dict[int, str]:
    return dict(zip(map(ord, _ARABIC_KEYS), _LATIN_KEYS, strict=True))


@cache
def neighbours() -> frozenset[frozenset[str]]:
    """Return the pairs of letters whose keys touch, on either layout."""
    pairs: set[frozenset[str]] = set()
    for block in (_ROWS[:3], _ROWS[3:]):
        for row in block:
            pairs.update(frozenset(pair) for pair in pairwise(row))
        for upper, lower in pairwise(block):
            # A key of the lower row lies under its own place and the next one of the upper row.
            pairs.update(frozenset(pair) for pair in zip(upper, lower, strict=False))
            pairs.update(frozenset(pair) for pair in zip(upper[1:], lower, strict=False))
    return frozenset(pairs)
