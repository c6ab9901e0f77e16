"""How a word is written beyond its normal form: hamza and marks, which count where a reader quotes them.

Knows characters only. Needed by the keyword index and by the matcher of quoted phrases, which must agree.
"""

from __future__ import annotations

import unicodedata

from kb.language.normalise import fold

_HAMZA = frozenset("\u0621\u0653\u0654\u0655")
"""The bare letter, and what Unicode's decomposition leaves of madda and of hamza on a seat."""


def written_form(surface: str) -> str:
    """Return the normal form of a word with its hamzas kept, decomposed; equal to `fold` where it has none."""
    parts = unicodedata.normalize("NFKD", surface)
    return "".join(part if part in _HAMZA else fold(part) for part in parts)


def has_marks(surface: str) -> bool:
    """Return whether a word is written with vowel marks, shadda or accents."""
    return any(_is_mark(part) for part in unicodedata.normalize("NFKD", surface))


def marks_agree(typed: str, surface: str) -> bool:
    """Return whether every mark that was typed stands on the same letter of a word.

    Args:
        typed: Word as a reader quoted it.
        surface: Word of a text with the same normal form; it may carry more marks.
    """
    wanted, present = _marks_by_letter(typed), _marks_by_letter(surface)
    return len(wanted) == len(present) and all(few <= many for few, many in zip(wanted, present, strict=True))


def _marks_by_letter(surface: str) -> list[set[str]]:
    letters: list[set[str]] = []
    for part in unicodedata.normalize("NFKD", surface):
        if _is_mark(part):
            if letters:
                letters[-1].add(part)
        else:
            letters.extend(set() for _ in fold(part))
    return letters


def _is_mark(part: str) -> bool:
    return unicodedata.category(part) == "Mn" and part not in _HAMZA
