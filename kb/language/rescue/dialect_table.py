"""The table of dialect and loan words, `dialect.tsv`: what customers write and what help articles write instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from kb.language.normalise import fold

_DROP = "-"


@dataclass(frozen=True, slots=True)
class DialectEntry:
    """One line of the table.

    Attributes:
        words: The dialect form, in normal form.
        alternatives: What articles write instead, as it is shown to readers; empty where the words say nothing.
        regions: Where it is said: eg, gulf, lev, ma, tn.
        kind: Word class; only nouns take clitics.
    """

    words: tuple[str, ...]
    alternatives: tuple[str, ...]
    regions: frozenset[str]
    kind: str


@cache
def dialect_entries() -> Mapping[tuple[str, ...], DialectEntry]:
    """Return the table by its dialect forms."""
    table: dict[tuple[str, ...], DialectEntry] = {}
    for line in resources.files(__package__).joinpath("dialect.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        form, standard, regions, kind = line.split("\t")
        words = tuple(fold(form).split())
        alternatives = () if standard == _DROP else tuple(standard.split(" / "))
        table.setdefault(words, DialectEntry(words, alternatives, frozenset(regions.split(",")), kind))
    return table
