"""From tables to stems: everything the database holds, once, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scripts.lexicon.entries import Pos, Stem
from scripts.lexicon.nouns import adjective_stems, broken_plural_stems, defective_stems, noun_stems
from scripts.lexicon.tables import Nominal, Particle, Tables
from scripts.lexicon.verbs import participle_stems, verb_stems, verbal_noun_stems

_OTHER_SPELLINGS = (("ؤو", "ئو"), ("يئا", "ئا"))
"""Seats of the hamza on which school rules and habits differ."""


def expand(tables: Tables) -> list[Stem]:
    """Return every stem of the tables, sorted, without repetition."""
    stems: set[Stem] = set(tables.irregular)
    for noun in tables.nouns:
        stems.update(_noun(noun))
    for adjective in tables.adjectives:
        stems.update(_adjective(adjective))
    for particle in tables.particles:
        stems.update(_particle(particle))
    for spec in tables.verbs:
        stems.update(verb_stems(spec, tables.patterns))
        stems.update(participle_stems(spec, tables.patterns))
        stems.update(verbal_noun_stems(spec, tables.patterns))
    stems.update([other for stem in stems for other in _respelled(stem)])
    return sorted(stem for stem in stems if stem.form)


def _noun(noun: Nominal) -> Iterator[Stem]:
    if not noun.defective:
        yield from noun_stems(noun.lemma, noun.plurals)
        return
    yield from defective_stems(noun.lemma, Pos.NOUN)
    for plural in noun.plurals:
        if not plural.startswith("+"):
            yield from broken_plural_stems(plural, noun.lemma, Pos.NOUN)


def _adjective(adjective: Nominal) -> Iterator[Stem]:
    if adjective.defective:
        yield from defective_stems(adjective.lemma, Pos.ADJECTIVE)
    else:
        yield from adjective_stems(adjective.lemma, adjective.plurals)


def _particle(particle: Particle) -> Iterator[Stem]:
    category = "FWprep" if particle.after_preposition else "FW"
    for form in particle.forms:
        yield Stem(form, category, particle.lemma, particle.pos)
    for base in particle.bases:
        attached = "FWpron" if particle.pos is Pos.PREPOSITION else "FWobj"
        yield Stem(base, attached, particle.lemma, particle.pos)


def _respelled(stem: Stem) -> Iterator[Stem]:
    for usual, other in _OTHER_SPELLINGS:
        if usual in stem.form:
            yield replace(stem, form=stem.form.replace(usual, other))
