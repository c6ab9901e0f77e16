"""The CALIMA text format: what `camel_tools.morphology.database` reads, written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scripts.lexicon import affixes
from scripts.lexicon.entries import Stem

_LOOKUP_FORM = str.maketrans({"إ": "ا", "أ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"})
"""How the analyser normalises a word before it looks its parts up."""

_WITHOUT_HAMZA = str.maketrans({"ؤ": "و", "ئ": "ي", "ء": ""})
"""What hasty writers type, which the analyser does not normalise."""

_SHORTEST_WITHOUT_HAMZA = 3

_PARTS_OF_SPEECH = (
    *("verb", "noun", "adj", "adv", "noun_prop", "pron", "prep", "conj", "part", "num"),
    *("digit", "punc", "latin", "foreign"),
)
_FEATURES = ("diac", "lex", "pos")


def database_text(stems: Iterable[Stem]) -> str:
    """Return the text of a CALIMA database with these stems; the same stems give the same text."""
    return "\n".join(_lines(stems)) + "\n"


def lookup_form(text: str) -> str:
    """Return a word as the analyser looks it up."""
    return text.translate(_LOOKUP_FORM)


def _lines(stems: Iterable[Stem]) -> Iterator[str]:
    yield "###DEFINES###"
    yield "DEFINE diac diac:*open*"
    yield "DEFINE lex lex:*open*"
    yield "DEFINE pos " + " ".join(f"pos:{name}" for name in _PARTS_OF_SPEECH)
    yield "###DEFAULTS###"
    yield from (f"DEFAULT pos:{name} diac:* lex:*" for name in _PARTS_OF_SPEECH)
    yield "###ORDER###"
    yield "ORDER " + " ".join(_FEATURES)
    yield "###TOKENIZATIONS###"
    yield "TOKENIZATION diac"
    yield "###STEMBACKOFF###"
    yield "###PREFIXES###"
    yield from _affix_lines(affixes.PREFIXES)
    yield "###SUFFIXES###"
    yield from _affix_lines(affixes.SUFFIXES)
    yield "###STEMS###"
    for stem in stems:
        for form in _lookup_forms(stem.form):
            yield f"{form}\t{stem.category}\tdiac:{stem.form} lex:{stem.lemma} pos:{stem.pos}"
    yield "###TABLE AB###"
    yield from (" ".join(pair) for pair in affixes.prefix_stem_pairs())
    yield "###TABLE BC###"
    yield from (" ".join(pair) for pair in affixes.stem_suffix_pairs())
    yield "###TABLE AC###"
    yield from (" ".join(pair) for pair in affixes.prefix_suffix_pairs())


def _lookup_forms(form: str) -> list[str]:
    usual = lookup_form(form)
    hasty = usual.translate(_WITHOUT_HAMZA)
    return [usual] if hasty == usual or len(hasty) < _SHORTEST_WITHOUT_HAMZA else [usual, hasty]


def _affix_lines(groups: affixes.Groups) -> Iterator[str]:
    for category in sorted(groups):
        for affix in sorted(set(groups[category])):
            yield f"{lookup_form(affix)}\t{category}\tdiac:{affix}"
