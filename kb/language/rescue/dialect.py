"""Dialect and loan words of customers, and the words that help articles use instead.

The table is `dialect.tsv`; an entry may span words, and a dialect word that the index itself holds is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kb.language.normalise import fold
from kb.language.rescue.dialect_table import DialectEntry, dialect_entries
from kb.language.rescue.vocabulary import Vocabulary

_PROCLITICS = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ف", "ل", "ع")
_ENCLITICS = ("ي", "ك", "ه", "ها", "نا", "كم", "هم", "تي", "تك")
_NOUN = "noun"


def to_standard(words: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the words with dialect forms that the index does not hold replaced, longest forms first."""
    longest = max(map(len, dialect_entries()))
    result: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            form = tuple(words[at : at + length])
            if (standard := _standard(form, vocabulary)) is not None:
                result.extend(standard)
                at += length
                break
        else:
            result.append(words[at])
            at += 1
    return tuple(result)


def _standard(form: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str, ...] | None:
    if all(vocabulary.frequency(word) for word in form):
        return None
    entry = dialect_entries().get(form)
    if entry is None and len(form) == 1:
        entry = _without_clitics(form[0], vocabulary.frequency)
    if entry is None:
        return None
    known = (text for text in entry.alternatives if all(vocabulary.knows(fold(word)) for word in text.split()))
    return tuple(next(known, entry.alternatives[0] if entry.alternatives else "").split())


def _without_clitics(word: str, frequency: Callable[[str], int]) -> DialectEntry | None:
    for before in ("", *_PROCLITICS):
        for after in ("", *_ENCLITICS):
            if not (before or after) or not word.startswith(before) or not word.endswith(after):
                continue
            bare = word[len(before) : len(word) - len(after)]
            entry = dialect_entries().get((bare,))
            if entry is not None and entry.kind == _NOUN and len(bare) >= 3 and not frequency(bare):
                return entry
    return None
