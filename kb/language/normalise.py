"""The orthographic normal form: one fold of every character, context-free, so that offsets survive.

Because `fold` maps each character on its own, `fold(a + b) == fold(a) + fold(b)`: a piece of the original text can be
folded by itself, and the tokeniser needs no table of offsets. Knows characters only, no words.
"""

from __future__ import annotations

import unicodedata
from functools import cache

TATWEEL = "\u0640"
ZERO_WIDTH_SPACE = "\u200b"

_VANISHING_CATEGORIES = frozenset({"Mn", "Me", "Cf"})
"""Combining marks, and format controls: bidi controls, joiners, soft hyphens."""

_LETTER_FORMS = str.maketrans(
    {
        # Hamza on its seat is read as the seat, the bare hamza as nothing: writers drop and swap them.
        "ؤ": "و",
        "ئ": "ي",
        "ء": "",
        # Letters of Persian and Urdu keyboards that stand for Arabic ones.
        "ی": "ي",
        "ې": "ي",
        "ے": "ي",
        "ك": "ك",
        "ک": "ك",
        "ڪ": "ك",
        "ە": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ۃ": "ه",
        # Sounds of loan words, which most keyboards lack, as they are usually written.
        "پ": "ب",
        "چ": "ج",
        "ڤ": "ف",
        "گ": "ك",
        # One apostrophe, and the Arabic decimal and thousands separators.
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "٫": ".",
        "٬": ",",
    }
)


def fold(text: str) -> str:
    """Return the orthographic normal form of a text.

    Marks, tatweel, bidi controls and joiners vanish; presentation forms expand; hamza, alef, ya and ta marbuta forms,
    letters of neighbouring keyboards, digits of every script, case and Latin accents become one form each.

    Args:
        text: Any string, lone surrogates included.

    Returns:
        The normal form; folding it again changes nothing.
    """
    return text.translate(fold_table())


@cache
def fold_table() -> FoldTable:
    """Return the table of folded characters, filled as characters are met."""
    return FoldTable()


class FoldTable(dict[int, str]):
    """Folded form of each code point; computes what it does not hold yet.

    camel_tools' own normalisers do the Arabic work. Importing them costs half a second, so it waits for the first use.
    """

    def __init__(self) -> None:
        super().__init__()
        from camel_tools.utils import dediac, normalize

        self._steps = (
            dediac.dediac_ar,
            normalize.normalize_alef_ar,
            normalize.normalize_alef_maksura_ar,
            normalize.normalize_teh_marbuta_ar,
        )
        self._compose = normalize.normalize_unicode

    def __missing__(self, code: int) -> str:
        folded = self[code] = self._fold_character(chr(code))
        return folded

    def _fold_character(self, character: str) -> str:
        if character == ZERO_WIDTH_SPACE:
            return " "
        if character == TATWEEL or unicodedata.category(character) in _VANISHING_CATEGORIES:
            return ""
        if character.isdecimal():
            return str(unicodedata.decimal(character))
        expanded = unicodedata.normalize("NFKD", self._compose(character)).casefold()
        for step in self._steps:
            expanded = step(expanded)
        expanded = expanded.translate(_LETTER_FORMS)
        if len(expanded) > 1:
            expanded = _only_word_characters(expanded)
        if expanded == character:
            return expanded
        return "".join(self[ord(part)] for part in expanded)


def _only_word_characters(expanded: str) -> str:
    # A ligature that stands for several words (a formula of blessing) is one character, hence one word.
    return "".join(filter(str.isalnum, expanded)) or expanded
