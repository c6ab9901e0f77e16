"""Prefixes, suffixes and which of them go together: the closed part of the morphology.

A *group* is a set of affixes that behave alike; a stem category names the suffix groups that it takes. Everything is
written without vowels, as people type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

Groups = Mapping[str, tuple[str, ...]]

_CONJUNCTIONS = ("", "و", "ف")
_PREPOSITIONS = ("ب", "ك", "ل")
_ARTICLES = ("ال", "بال", "كال", "لل")
_POSSESSIVES = ("ي", "ه", "ها", "هم", "هن", "هما", "ك", "كم", "كن", "كما", "نا")
_OBJECTS = ("ني", "ه", "ها", "هم", "هن", "هما", "ك", "كم", "نا")
"""Without the feminine plural and the dual of the second person, which only turn other words into verbs."""


def _joined(*parts: Iterable[str]) -> tuple[str, ...]:
    return tuple("".join(choice) for choice in product(*parts))


def _construct(*endings: str) -> tuple[str, ...]:
    """Return endings of a dual or sound masculine plural that lost its nun, alone and before a possessive."""
    return (*endings, *_joined(endings, _POSSESSIVES))


PREFIXES: Groups = {
    "Conj": _CONJUNCTIONS,
    "Prep": _joined(_CONJUNCTIONS, _PREPOSITIONS),
    "Art": _joined(_CONJUNCTIONS, _ARTICLES),
    "ImpfYT": _joined(_CONJUNCTIONS, ("", "س", "ل"), ("ي", "ت")),
    "ImpfAN": _joined(_CONJUNCTIONS, ("", "س", "ل"), ("أ", "ن")),
}

SUFFIXES: Groups = {
    "Bare": ("",),
    "Acc": ("ا",),
    "Poss": _POSSESSIVES,
    "Obj": _OBJECTS,
    "Dual": ("ان", "ين"),
    "DualPoss": _construct("ا", "ي"),
    "Fem": ("ة",),
    "FemPoss": _joined(("ت",), _POSSESSIVES),
    "FemDual": ("تان", "تين"),
    "FemDualPoss": _construct("تا", "تي"),
    "PlurF": ("ات",),
    "PlurFPoss": _joined(("ات",), _POSSESSIVES),
    "PlurM": ("ون", "ين"),
    "PlurMPoss": _construct("و", "ي"),
    "Past0": ("",),
    "PastObj": _OBJECTS,
    "PastT": ("ت", "تا", *_joined(("ت",), _OBJECTS)),
    "PastDual": ("ا",),
    "PastW": ("وا", *_joined(("و",), _OBJECTS)),
    "PastC": (
        *("ت", "نا", "تم", "تما", "تن", "ن"),
        *_joined(("ت", "نا", "تمو", "ن"), _OBJECTS),
    ),
    "Impf0": ("",),
    "ImpfObj": _OBJECTS,
    "CommandObj": tuple(pronoun for pronoun in _OBJECTS if not pronoun.startswith("ك")),
    "ImpfUn": ("ون", "ين", *_joined(("ون", "ين"), _OBJECTS)),
    "ImpfW": ("وا", "ي", *_joined(("و", "ي"), _OBJECTS)),
    "ImpfAn": ("ان", "ا"),
    "ImpfFem": ("ن",),
}

_BOUND = ("Acc", "Poss", "DualPoss", "FemPoss", "FemDualPoss", "PlurFPoss", "PlurMPoss")
"""Endings that exclude the article: tanwin, and a possessive or a following noun."""

_NOUN = ("Bare", "Acc", "Poss", "Dual", "DualPoss")
_FEMININE = ("Fem", "FemPoss", "FemDual", "FemDualPoss")
_PLURAL_F = ("PlurF", "PlurFPoss")
_PLURAL_M = ("PlurM", "PlurMPoss")

NOMINAL: Mapping[str, tuple[str, ...]] = {
    "N": _NOUN,
    "Nat": (*_NOUN, *_PLURAL_F),
    "Nun": (*_NOUN, *_PLURAL_M),
    "Natun": (*_NOUN, *_PLURAL_F, *_PLURAL_M),
    "Nadj": (*_NOUN, *_FEMININE, *_PLURAL_F, *_PLURAL_M),
    "Nap": _FEMININE,
    "NapAt": (*_FEMININE, *_PLURAL_F),
    "Nbroken": ("Bare", "Acc", "Poss"),
    "Nbare": ("Bare",),
    "Nposs": ("Poss",),
    "Ndual": ("Dual", "DualPoss"),
    "Npf": _PLURAL_F,
    "Npm": _PLURAL_M,
    "Nacc": ("Acc",),
}
"""Suffix groups that each category of noun or adjective stem takes."""

_PAST_FULL = ("Past0", "PastObj", "PastT", "PastDual", "PastW")
VERBAL: Mapping[str, tuple[str, ...]] = {
    "PV": (*_PAST_FULL, "PastC"),
    "PVlong": _PAST_FULL,
    "PVshort": ("PastC",),
    "PV0": ("Past0",),
    "PVobj": ("PastObj",),
    "PVcut": ("PastT", "PastW"),
    "PVw": ("PastW",),
    "PVi": ("Past0", "PastObj", "PastT", "PastDual", "PastC"),
    "PVweak": ("PastC", "PastDual"),
    "IV": ("Impf0", "ImpfObj", "ImpfUn", "ImpfW", "ImpfAn", "ImpfFem"),
    "IVlong": ("Impf0", "ImpfObj", "ImpfUn", "ImpfW", "ImpfAn"),
    "IVshort": ("Impf0", "ImpfFem"),
    "IV0": ("Impf0",),
    "IVobj": ("ImpfObj",),
    "IVweak": ("Impf0", "ImpfObj", "ImpfAn", "ImpfFem"),
    "IVan": ("ImpfAn", "ImpfFem"),
    "IVcut": ("Impf0", "ImpfUn", "ImpfW"),
    "IVw": ("ImpfUn", "ImpfW"),
    "CV": ("Impf0", "CommandObj", "ImpfW"),
    "CVlong": ("ImpfW",),
    "CVshort": ("Impf0", "CommandObj"),
}
"""Suffix groups that each category of verb stem takes: past, imperfect (without its prefix), imperative."""

PARTICLES: Mapping[str, tuple[str, ...]] = {
    "FW": ("Bare",),
    "FWpron": ("Poss",),
    "FWobj": ("Poss", "Obj"),
    "FWprep": ("Bare",),
}
"""Function words: alone, before a pronoun, and those that take a preposition in front."""

STEM_CATEGORIES: Mapping[str, tuple[str, ...]] = {**NOMINAL, **VERBAL, **PARTICLES}


def prefix_stem_pairs() -> list[tuple[str, str]]:
    """Return which prefix group may stand before which stem category, sorted."""
    pairs = [(prefix, stem) for prefix in ("Conj", "Prep", "Art") for stem in NOMINAL]
    pairs += [("Conj", stem) for stem in VERBAL if not stem.startswith("IV")]
    pairs += [(prefix, stem) for prefix in ("ImpfYT", "ImpfAN") for stem in VERBAL if stem.startswith("IV")]
    pairs += [("Conj", stem) for stem in PARTICLES] + [("Prep", "FWprep")]
    return sorted(pairs)


def stem_suffix_pairs() -> list[tuple[str, str]]:
    """Return which suffix group may follow which stem category, sorted."""
    return sorted((stem, suffix) for stem, suffixes in STEM_CATEGORIES.items() for suffix in suffixes)


def prefix_suffix_pairs() -> list[tuple[str, str]]:
    """Return which prefix and suffix groups may enclose one stem, sorted."""
    pairs = [("Conj", suffix) for suffix in SUFFIXES if not suffix.startswith(("Impf", "Command"))]
    pairs += [("Conj", suffix) for suffix in ("Impf0", "CommandObj", "ImpfW")]
    pairs += [("Prep", suffix) for suffix in SUFFIXES if not suffix.startswith(("Impf", "Command", "Obj", "Past"))]
    pairs += [("Art", suffix) for prefix, suffix in pairs if prefix == "Prep" and suffix not in _BOUND]
    pairs += [("ImpfYT", suffix) for suffix in SUFFIXES if suffix.startswith("Impf")]
    pairs += [("ImpfAN", "Impf0"), ("ImpfAN", "ImpfObj")]
    return sorted(set(pairs))
