"""Conjugation: from a root and a form number to the stems, participles and verbal nouns of a verb."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from scripts.lexicon.entries import Pos, Stem
from scripts.lexicon.nouns import SOUND_FEMININE, adjective_stems, defective_stems, noun_stems
from scripts.lexicon.spelling import spell

WEAK = "وي"
_ASSIMILATING = {"ز": "د", "د": "د", "ذ": "د", "ص": "ط", "ض": "ط", "ط": "ط", "ظ": "ط"}
"""What the infixed t of form VIII becomes after these first radicals."""


class Part(StrEnum):
    """A column of the pattern table: one stem or one derived noun."""

    PAST = "past"
    PAST_SHORT = "past_short"
    PRESENT = "present"
    PRESENT_SHORT = "present_short"
    PAST_PASSIVE = "past_passive"
    PRESENT_PASSIVE = "present_passive"
    VERBAL_NOUN = "verbal_noun"
    ACTIVE = "active"
    PASSIVE = "passive"


class RootKind(StrEnum):
    """What makes a root conjugate differently; the strongest rule wins in this order."""

    DEFECTIVE = "defective"
    DOUBLED = "doubled"
    HOLLOW = "hollow"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class VerbSpec:
    """One form of one root, as the table lists it.

    Attributes:
        root: Three or four radicals, hamza bare.
        form: ``1`` to ``10``, ``Q1``, ``Q2``.
        vowel: Imperfect vowel of form I, empty where the table is silent.
        past_i: Whether the past of form I is of the type CaCiC.
        verbal_nouns: Verbal nouns that differ from the pattern; form I has no pattern.
    """

    root: str
    form: str
    vowel: str
    past_i: bool
    verbal_nouns: tuple[str, ...]

    @property
    def kind(self) -> RootKind:
        """Return how the root conjugates in this form."""
        if self.root[-1] in WEAK:
            return RootKind.DEFECTIVE
        if self.form.startswith("Q"):
            return RootKind.STRONG
        if self.root[1] == self.root[2]:
            return RootKind.STRONG if self.form in {"2", "5"} else RootKind.DOUBLED
        if self.root[1] in WEAK and self.form not in {"2", "3", "5", "6"}:
            return RootKind.HOLLOW
        return RootKind.STRONG


Patterns = dict[tuple[str, RootKind], dict[Part, str]]
"""Template of each part, by form and kind of root; parts that do not exist are absent."""

_LONG = {"a": "A", "i": "iy", "u": "uw"}
_COMMANDS_WITHOUT_HAMZA = ("ءخذ", "ءكل")
"""Roots whose imperative drops the first radical."""


def verb_stems(spec: VerbSpec, patterns: Patterns) -> Iterator[Stem]:
    """Yield the stems of one form of a root: both tenses in both voices, and the imperative."""
    templates = _templates(spec, patterns)
    lemma = past_form(spec, patterns)
    conjugate = _CONJUGATIONS[spec.kind]
    for form, category in conjugate(spec, templates):
        yield Stem(form, category, lemma, Pos.VERB)
        if spec.root[-1] in "تن" and category in ("PV", "PVshort", "PVi"):
            # The last radical and the first letter of the ending are written as one: kunna, thabattu.
            yield Stem(form[:-1], "PVshort", lemma, Pos.VERB)


def past_form(spec: VerbSpec, patterns: Patterns) -> str:
    """Return the dictionary form of a verb: the third person singular of the past."""
    template = _templates(spec, patterns)[Part.PAST]
    return spell(template, spec.root) if spec.kind is not RootKind.DEFECTIVE else _past_ending(spec, template)


def participle_stems(spec: VerbSpec, patterns: Patterns) -> Iterator[Stem]:
    """Yield the stems of the active and passive participles, which inflect as adjectives."""
    templates = _templates(spec, patterns)
    defective = spec.kind is RootKind.DEFECTIVE
    for part in (Part.ACTIVE, Part.PASSIVE):
        if part not in templates:
            continue
        word = spell(templates[part], spec.root)
        if defective and part is Part.ACTIVE:
            yield from defective_stems(word + "ي", Pos.ADJECTIVE)
        elif defective and spec.form != "1":
            yield from adjective_stems(word + "ى")
        else:
            yield from adjective_stems(word)


def verbal_noun_stems(spec: VerbSpec, patterns: Patterns) -> Iterator[Stem]:
    """Yield the stems of the verbal nouns, listed or by pattern."""
    templates = _templates(spec, patterns)
    for noun in spec.verbal_nouns:
        yield from noun_stems(noun, () if spec.form == "1" else (SOUND_FEMININE,))
    if spec.verbal_nouns or Part.VERBAL_NOUN not in templates:
        return
    word = spell(templates[Part.VERBAL_NOUN], spec.root)
    if spec.kind is RootKind.DEFECTIVE and templates[Part.VERBAL_NOUN].endswith("i"):
        yield from defective_stems(word + "ي", Pos.NOUN)
    else:
        yield from noun_stems(word, (SOUND_FEMININE,))


def _templates(spec: VerbSpec, patterns: Patterns) -> dict[Part, str]:
    """Return the templates of a verb with the choices of its root filled in."""
    found = patterns[spec.form, spec.kind]
    return {part: _resolved(template, part, spec) for part, template in found.items()}


def _resolved(template: str, part: Part, spec: VerbSpec) -> str:
    root, vowel = spec.root, _imperfect_vowel(spec)
    if spec.form == "8":
        if root[0] in WEAK:
            template = template.replace("1t", "tt")
        template = template.replace("1t", "1" + _ASSIMILATING.get(root[0], "t"))
    if spec.form == "1":
        template = template.replace("X", "" if root[0] == "و" else "1").replace("V", vowel)
        template = template.replace("L", _LONG[vowel])
        template = template.replace("S", "i" if vowel in "ia" else "u")
        template = template.replace("H", "1uw3" if root[1] == "و" else "1iy3")
        template = template.replace("I", "uw" if root[-1] == "و" else "iy")
    if root[0] == "ء" and spec.form == "4":
        template = template.replace("'a1", "'A").replace("'i1", "'iy").replace("'u1", "'uw")
    # A waw or ya without a vowel lengthens the i before it: iwsal is isal, istiwrad is istirad.
    if root[0] in WEAK and part is Part.VERBAL_NOUN:
        template = template.replace("i1", "iy", 1)
    return template


def _imperfect_vowel(spec: VerbSpec) -> str:
    if spec.vowel:
        return spec.vowel
    return "u" if "و" in spec.root[1:] else "i" if "ي" in spec.root[1:] else "u"


def _conjugate_strong(spec: VerbSpec, templates: dict[Part, str]) -> Iterator[tuple[str, str]]:
    for part in (Part.PAST, Part.PAST_PASSIVE):
        if part in templates:
            form = spell(templates[part], spec.root)
            yield form, "PV"
            if form.endswith("أ"):
                yield form[:-1] + "ؤ", "PVw"
    for part in (Part.PRESENT, Part.PRESENT_PASSIVE):
        if part in templates:
            form = _imperfect(templates[part], spec)
            yield form, "IV"
            if form.endswith("أ"):
                yield form[:-1] + "ؤ", "IVw"
    yield _imperative(templates[Part.PRESENT], spec), "CV"


def _conjugate_long(spec: VerbSpec, templates: dict[Part, str]) -> Iterator[tuple[str, str]]:
    """Yield the stems of hollow and doubled verbs, which have a second stem before endings in a consonant."""
    yield spell(templates[Part.PAST], spec.root), "PVlong"
    yield spell(templates[Part.PAST_SHORT], spec.root), "PVshort"
    yield _imperfect(templates[Part.PRESENT], spec), "IVlong"
    if Part.PAST_PASSIVE in templates:
        yield spell(templates[Part.PAST_PASSIVE], spec.root), "PVlong"
    if Part.PRESENT_PASSIVE in templates:
        yield _imperfect(templates[Part.PRESENT_PASSIVE], spec), "IVlong"
    yield _imperative(templates[Part.PRESENT], spec), "CV"
    if Part.PRESENT_SHORT in templates:
        yield _imperfect(templates[Part.PRESENT_SHORT], spec), "IVshort"
        yield _imperative(templates[Part.PRESENT_SHORT], spec), "CVshort"


def _conjugate_defective(spec: VerbSpec, templates: dict[Part, str]) -> Iterator[tuple[str, str]]:
    yield from _defective_past(spec, templates)
    if Part.PAST_PASSIVE in templates:
        yield spell(templates[Part.PAST_PASSIVE], spec.root) + "ي", "PVi"
    present = _imperfect(templates[Part.PRESENT], spec)
    yield from _defective_present(present, templates[Part.PRESENT][-1])
    if Part.PRESENT_PASSIVE in templates:
        yield from _defective_present(_imperfect(templates[Part.PRESENT_PASSIVE], spec), "a")
    yield _imperative(templates[Part.PRESENT], spec), "CV"


def _defective_past(spec: VerbSpec, templates: dict[Part, str]) -> Iterator[tuple[str, str]]:
    body = spell(templates[Part.PAST], spec.root)
    if spec.past_i:
        yield body + "ي", "PVi"
        yield body, "PVw"
        return
    yield _past_ending(spec, templates[Part.PAST]), "PV0"
    yield body + "ا", "PVobj"
    yield body, "PVcut"
    yield body + ("و" if spec.form == "1" and spec.root[-1] == "و" else "ي"), "PVweak"


def _past_ending(spec: VerbSpec, template: str) -> str:
    body = spell(template, spec.root)
    if spec.past_i:
        return body + "ي"
    return body + ("ا" if spec.form == "1" and spec.root[-1] == "و" else "ى")


def _defective_present(body: str, vowel: str) -> Iterator[tuple[str, str]]:
    yield body, "IVcut"
    if vowel == "a":
        yield body + "ى", "IV0"
        yield body + "ا", "IVobj"
        yield body + "ي", "IVan"
    else:
        yield body + ("و" if vowel == "u" else "ي"), "IVweak"


def _imperfect(template: str, spec: VerbSpec) -> str:
    """Return the imperfect without its personal prefix, which the prefixes of the database carry."""
    return spell("y" + template, spec.root)[1:]


def _imperative(template: str, spec: VerbSpec) -> str:
    body = template[1:]
    if spec.form == "1" and spec.root in _COMMANDS_WITHOUT_HAMZA:
        return spell(body[1:], spec.root)
    if spec.form == "4":
        return spell("'a" + body, spec.root)
    starts_with_cluster = len(body) > 1 and not set(body[:2]) & set("aiuA")
    helper = "u" if "u" in body else "i"
    return spell(f"A{helper}{body}" if starts_with_cluster else body, spec.root)


_CONJUGATIONS: dict[RootKind, Callable[[VerbSpec, dict[Part, str]], Iterator[tuple[str, str]]]] = {
    RootKind.STRONG: _conjugate_strong,
    RootKind.HOLLOW: _conjugate_long,
    RootKind.DOUBLED: _conjugate_long,
    RootKind.DEFECTIVE: _conjugate_defective,
}
