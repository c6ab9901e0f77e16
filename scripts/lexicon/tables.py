"""Reading of the hand-written tables; a fault names the file and the line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from scripts.lexicon.entries import Pos, Stem
from scripts.lexicon.verbs import Part, Patterns, RootKind, VerbSpec

Row = TypeVar("Row")
_FORM = re.compile(r"(?P<form>Q[12]|10|[1-9])(?P<past_i>I?)(?P<vowel>[aiu]?)(?:=(?P<nouns>\S+))?")


@dataclass(frozen=True, slots=True)
class Nominal:
    """A noun or an adjective as listed.

    Attributes:
        lemma: Singular; masculine for adjectives.
        plurals: Broken plurals, or the marks of the sound ones.
        defective: Whether the final ya is lost where the word is indefinite.
    """

    lemma: str
    plurals: tuple[str, ...]
    defective: bool


@dataclass(frozen=True, slots=True)
class Particle:
    """A function word as listed.

    Attributes:
        lemma: Dictionary form.
        pos: Part of speech.
        after_preposition: Whether prepositions may be attached in front.
        forms: Spellings that stand alone.
        bases: Spellings before an attached pronoun.
    """

    lemma: str
    pos: Pos
    after_preposition: bool
    forms: tuple[str, ...]
    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of the lexicon."""

    patterns: Patterns
    verbs: tuple[VerbSpec, ...]
    nouns: tuple[Nominal, ...]
    adjectives: tuple[Nominal, ...]
    particles: tuple[Particle, ...]
    irregular: tuple[Stem, ...]


def read_tables(folder: Path) -> Tables:
    """Return the tables of a folder.

    Raises:
        ValueError: A row is not as the head of its table says; the message names file and line.
    """
    verbs = _rows(folder / "verbs.tsv", _verb_rows)
    return Tables(
        patterns=dict(_rows(folder / "patterns.tsv", _pattern_row)),
        verbs=tuple(spec for row in verbs for spec in row),
        nouns=_rows(folder / "nouns.tsv", _nominal_row),
        adjectives=_rows(folder / "adjectives.tsv", _nominal_row),
        particles=_rows(folder / "particles.tsv", _particle_row),
        irregular=_rows(folder / "irregular.tsv", _irregular_row),
    )


def _rows(path: Path, parse: Callable[[list[str]], Row]) -> tuple[Row, ...]:
    return tuple(_parsed_rows(path, parse))


def _parsed_rows(path: Path, parse: Callable[[list[str]], Row]) -> Iterator[Row]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        try:
            yield parse(line.split("\t"))
        except (ValueError, IndexError, KeyError) as fault:
            raise ValueError(f"{path.name}:{number}: {line!r} cannot be read: {fault}") from fault


def _pattern_row(cells: list[str]) -> tuple[tuple[str, RootKind], dict[Part, str]]:
    templates = dict(zip(Part, cells[2:], strict=True))
    return (cells[0], RootKind(cells[1])), {part: text for part, text in templates.items() if text != "-"}


def _verb_rows(cells: list[str]) -> tuple[VerbSpec, ...]:
    root, forms = cells
    return tuple(_verb_spec(root, form) for form in forms.split())


def _verb_spec(root: str, text: str) -> VerbSpec:
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a verb form")
    nouns = tuple((match["nouns"] or "").split(",")) if match["nouns"] else ()
    return VerbSpec(root, match["form"], match["vowel"], bool(match["past_i"]), nouns)


def _nominal_row(cells: list[str]) -> Nominal:
    plurals = tuple(cells[1].split()) if len(cells) > 1 else ()
    return Nominal(cells[0].lstrip("~"), plurals, cells[0].startswith("~"))


def _particle_row(cells: list[str]) -> Particle:
    lemma, pos, prefixes, forms, *bases = cells
    attached = tuple(bases[0].split()) if bases else ()
    return Particle(lemma, Pos(pos), prefixes == "p", tuple(forms.split()), attached)


def _irregular_row(cells: list[str]) -> Stem:
    form, category, lemma, pos = cells
    return Stem(form, category, lemma, Pos(pos))
