"""Inflection of nouns and adjectives: the stems that a dictionary form and its plurals are spelled with."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.lexicon.entries import Pos, Stem

SOUND_FEMININE = "+ات"
SOUND_MASCULINE = "+ون"
_SOUND_CATEGORY = {
    (False, False): "N",
    (True, False): "Nat",
    (False, True): "Nun",
    (True, True): "Natun",
}


def noun_stems(lemma: str, plurals: tuple[str, ...]) -> Iterator[Stem]:
    """Yield the stems of a noun.

    Args:
        lemma: Singular, indefinite; nouns in -iy that lose it (``~`` in front in the tables) are for `defective_stems`.
        plurals: Broken plurals as words, and `SOUND_FEMININE` or `SOUND_MASCULINE` where the noun takes them.
    """
    category = _SOUND_CATEGORY[SOUND_FEMININE in plurals, SOUND_MASCULINE in plurals]
    yield from _spelled(lemma, category, lemma, Pos.NOUN)
    for plural in plurals:
        if plural not in (SOUND_FEMININE, SOUND_MASCULINE):
            yield from broken_plural_stems(plural, lemma, Pos.NOUN)


def adjective_stems(lemma: str, plurals: tuple[str, ...] = ()) -> Iterator[Stem]:
    """Yield the stems of an adjective or participle, which takes the feminine and both sound plurals."""
    yield from _spelled(lemma, "Nadj", lemma, Pos.ADJECTIVE)
    for plural in plurals:
        yield from broken_plural_stems(plural, lemma, Pos.ADJECTIVE)


def broken_plural_stems(plural: str, lemma: str, pos: Pos) -> Iterator[Stem]:
    """Yield the stems of a broken plural, which takes no further dual or plural."""
    yield from _spelled(plural, "Nbroken", lemma, pos)


def defective_stems(lemma: str, pos: Pos) -> Iterator[Stem]:
    """Yield the stems of a noun in -iy that loses the ya where it is indefinite (qadi, qadin)."""
    yield Stem(lemma, "Nadj" if pos is Pos.ADJECTIVE else "Nat", lemma, pos)
    yield Stem(lemma[:-1], "Nbare", lemma, pos)
    yield Stem(lemma[:-1], "Npm", lemma, pos)


def _spelled(word: str, category: str, lemma: str, pos: Pos) -> Iterator[Stem]:
    for form, form_category in _allomorphs(word, category):
        yield Stem(form, form_category, lemma, pos)


def _allomorphs(word: str, category: str) -> Iterator[tuple[str, str]]:
    """Yield each spelling of a word before its suffixes, with the category that says which suffixes."""
    body, last = word[:-1], word[-1]
    if last == "ة":
        yield body, "Nap" if category == "Nbroken" else "NapAt"
    elif last == "ى":
        yield from _alef_maksura(word, category)
    elif last == "ا":
        yield word, "Nbare"
        yield word, "Nposs"
        yield body, "Npf"
    elif last == "ء":
        yield from _hamza(word, category)
    else:
        yield word, category
        if last in "أؤ":
            yield from ((body + seat, "Nposs") for seat in "أؤئ" if seat != last)


def _alef_maksura(word: str, category: str) -> Iterator[tuple[str, str]]:
    body = word[:-1]
    yield word, "Nbare"
    yield body + "ا", "Nposs"
    if category != "Nbroken":
        yield body + "ي", "Ndual"
        yield body + "ي", "Npf"
    if category == "Nadj":
        yield body + "ا", "Nap"
        yield body, "Npm"


def _hamza(word: str, category: str) -> Iterator[tuple[str, str]]:
    body = word[:-1]
    yield word, category
    yield body + "ؤ", "Nposs"
    if body.endswith("ا"):
        yield body + "ئ", "Nposs"
        return
    yield body + "ئ", category
    yield body + "أ", "Ndual"
