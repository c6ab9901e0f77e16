"""The training material as values: translated pairs, longer texts joined from them, headed sections.

Owns the shape of the files (see docs/MODEL.md); knows nothing of tokens or models.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pair:
    """One text in both languages.

    Attributes:
        source: Where the pair comes from; neighbours of one source come from one document.
    """

    english: str
    arabic: str
    source: str


@dataclass(frozen=True, slots=True)
class Section:
    """One headed passage of an Arabic help article.

    Attributes:
        heading: The innermost heading.
        title: Title of the article.
    """

    title: str
    heading: str
    body: str


def read_pairs(folder: Path) -> tuple[Pair, ...]:
    """Return the pairs of ``en-ar.tsv.gz`` in file order, each once."""
    rows = _rows(folder / "en-ar.tsv.gz")
    return tuple(dict.fromkeys(Pair(row["en"], row["ar"], row["source"]) for row in rows))


def read_sections(folder: Path) -> tuple[Section, ...]:
    """Return the sections of ``ar-sections.tsv.gz`` that have at least five words of body."""
    return tuple(
        Section(row["title"], row["heading_path"].rsplit(" > ", 1)[-1], row["body"])
        for row in _rows(folder / "ar-sections.tsv.gz")
        if len(row["body"].split()) >= 5
    )


def join_neighbours(pairs: Sequence[Pair], chance: random.Random, longest: int = 90) -> tuple[Pair, ...]:
    """Return longer texts: runs of neighbouring pairs of one source, joined line by line.

    Args:
        pairs: In file order.
        chance: Decides how long each text becomes.
        longest: Arabic words of the longest text.
    """
    joined: list[Pair] = []
    for source, group in groupby(pairs, key=lambda pair: pair.source):
        if "Tatoeba" in source or source.endswith("#headings"):
            continue
        run: list[Pair] = []
        limit = chance.randint(20, longest)
        for pair in group:
            run.append(pair)
            if sum(len(one.arabic.split()) for one in run) >= limit:
                joined.append(_join(run, source))
                run, limit = [], chance.randint(20, longest)
    return tuple(joined)


def headings_across_languages(pairs: Sequence[Pair], sections: Sequence[Section]) -> tuple[tuple[str, str], ...]:
    """Return English headings with the Arabic passage under the same heading, where a pair translates it."""
    english = {pair.arabic.strip(): pair.english for pair in pairs}
    found = ((english.get(section.heading.strip()), passage(section)) for section in sections)
    return tuple((heading, body) for heading, body in found if heading)


def passage(section: Section) -> str:
    """Return a section as search embeds it: the article's title as context, a line break, the body."""
    return f"{section.title}\n{section.body}"


def _join(run: Sequence[Pair], source: str) -> Pair:
    return Pair("\n".join(one.english for one in run), "\n".join(one.arabic for one in run), source)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
