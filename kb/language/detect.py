"""Which of the two languages a text is in."""

from __future__ import annotations

from kb.language.normalise import fold
from kb.language.tokens import script_of
from kb.model import Language
from kb.ports import Script

_LATIN_PER_ARABIC = 4
"""Arabic writers put Latin product names into their sentences, English writers hardly ever put Arabic into theirs."""

_SAMPLE = 2_000
"""Code points that decide; a longer text does not change its language on average."""


def detect_language(text: str) -> Language | None:
    """Return the language of a text by its letters.

    Args:
        text: A query or an article; the first 2,000 code points count.

    Returns:
        Arabic if at least a fifth of the letters are, English if any are Latin, None without letters of either.
    """
    counts = {Script.ARABIC: 0, Script.LATIN: 0}
    for character in fold(text[:_SAMPLE]):
        if character.isalpha():
            script = script_of(character)
            counts[script] = counts.get(script, 0) + 1
    if not counts[Script.ARABIC] and not counts[Script.LATIN]:
        return None
    return Language.AR if counts[Script.ARABIC] * _LATIN_PER_ARABIC >= counts[Script.LATIN] else Language.EN
