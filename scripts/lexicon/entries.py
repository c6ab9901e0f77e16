"""What the tables are expanded into: stems, each with its category and its lemma."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Pos(StrEnum):
    """Part of speech, by the names that CALIMA databases use."""

    NOUN = "noun"
    ADJECTIVE = "adj"
    VERB = "verb"
    PROPER = "noun_prop"
    PREPOSITION = "prep"
    CONJUNCTION = "conj"
    PARTICLE = "part"
    PRONOUN = "pron"
    ADVERB = "adv"
    NUMBER = "num"


@dataclass(frozen=True, slots=True, order=True)
class Stem:
    """A stem as the analyser looks it up.

    Attributes:
        form: Its spelling, with hamza forms.
        category: Which affixes may stand beside it (a key of `affixes.STEM_CATEGORIES`).
        lemma: Dictionary form that it belongs to, unvocalised.
        pos: Part of speech.
    """

    form: str
    category: str
    lemma: str
    pos: Pos
