"""Rewrites standard Arabic in the words of the dialects, so that the model hears them too.

The table ``data/dialect_words.tsv`` holds what is replaced; this module only applies it.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DIALECTS = ("egyptian", "levantine", "gulf", "maghrebi")
_TABLE = Path(__file__).with_name("data") / "dialect_words.tsv"
_FOLDS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"})
_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")
_LONGEST_PHRASE = 3
# "does not ...": how each dialect negates a verb of the present; {} is the verb
_NEGATIONS = {
    "egyptian": ("مش {}", "ما {}ش", "مب{}ش"),
    "levantine": ("ما ب{}", "ما {}", "مش {}"),
    "gulf": ("ما {}", "مو {}"),
    "maghrebi": ("ما {}ش", "ماك{}ش"),
}
_PRESENT_VERB = re.compile(r"[يت]\w{2,}")


@dataclass(frozen=True, slots=True)
class DialectTable:
    """Replacements by dialect: folded standard phrase -> what that dialect says."""

    replacements: Mapping[str, Mapping[str, tuple[str, ...]]]

    def rewrite(self, text: str, dialect: str, chance: random.Random, rate: float = 0.9) -> str:
        """Return the text with standard words replaced.

        Args:
            text: Standard Arabic.
            dialect: One of `DIALECTS`.
            chance: Chooses among equals.
            rate: Share of the replaceable words that are replaced, 0 to 1.
        """
        words = text.split()
        written: list[str] = []
        at = 0
        while at < len(words):
            length, replacement = self._longest_match(words, at, dialect, chance)
            if length and chance.random() < rate:
                written.append(replacement)
                at += length
            else:
                written.append(words[at])
                at += 1
        return " ".join(written)

    def _longest_match(self, words: list[str], at: int, dialect: str, chance: random.Random) -> tuple[int, str]:
        table = self.replacements[dialect]
        for length in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            if length == 1 and self._negates_a_verb(words, at):
                return 2, chance.choice(_NEGATIONS[dialect]).format(words[at + 1])
            phrase = " ".join(words[at : at + length])
            core = phrase.rstrip("؟?!.،,:؛")
            end = phrase[len(core) :]
            key = fold(core)
            for conjunction in ("", "و"):
                if key.startswith(conjunction) and (choices := table.get(key[len(conjunction) :])):
                    return length, conjunction + chance.choice(choices) + end
        return 0, ""

    @staticmethod
    def _negates_a_verb(words: list[str], at: int) -> bool:
        following = words[at + 1] if at + 1 < len(words) else ""
        return fold(words[at]) == "لا" and bool(_PRESENT_VERB.fullmatch(following))


def fold(text: str) -> str:
    """Return the text without marks and with the spelling variants of a letter as one."""
    return _MARKS.sub("", text).translate(_FOLDS)


def read_dialects(path: Path = _TABLE) -> DialectTable:
    """Return the table; an empty cell means that the dialect keeps the standard word."""
    table: dict[str, dict[str, tuple[str, ...]]] = {dialect: {} for dialect in DIALECTS}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            for dialect in DIALECTS:
                choices = tuple(choice for choice in row[dialect].split("|") if choice)
                if choices:
                    table[dialect][fold(row["standard"])] = choices
    return DialectTable(table)
