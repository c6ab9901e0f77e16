"""Everything that a run needs before its first step: tokenizer, first vectors, the teacher's vectors."""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from scripts.training.alignment import aligned_vectors
from scripts.training.arabic_tokenizer import build_tokenizer
from scripts.training.corpus import Pair, Section, passage
from scripts.training.dialects import DIALECTS, DialectTable
from scripts.training.encoder import Student, encode_all

_DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One meaning in English and in several Arabic wordings."""

    english: str
    wordings: tuple[str, ...]


def read_terms(path: Path = _DATA / "terms.tsv") -> tuple[Phrase, ...]:
    """Return the customer-service terms."""
    return tuple(Phrase(row["english"], tuple(row["arabic"].split("|"))) for row in _rows(path))


def read_questions(
    chance: random.Random,
    rounds: int = 12,
    templates: Path = _DATA / "questions.tsv",
    slots: Path = _DATA / "slots.tsv",
) -> tuple[Phrase, ...]:
    """Return customers' questions with their slots filled.

    Args:
        chance: Draws the fillings.
        rounds: Fillings drawn of each template that has a slot.
    """
    fillings: dict[str, list[Phrase]] = {}
    for row in _rows(slots):
        fillings.setdefault(row["slot"], []).append(Phrase(row["english"], tuple(row["arabic"].split("|"))))
    phrases = [Phrase(row["english"], tuple(row["arabic"].split("|"))) for row in _rows(templates)]
    filled = [_fill(phrase, fillings, chance) for phrase in phrases for _ in range(rounds)]
    return tuple(dict.fromkeys(filled))


def _fill(phrase: Phrase, fillings: Mapping[str, Sequence[Phrase]], chance: random.Random) -> Phrase:
    for slot in sorted(fillings):
        mark = f"{{{slot}}}"
        if mark in phrase.english:
            filling = chance.choice(fillings[slot])
            wordings = tuple(wording.replace(mark, chance.choice(filling.wordings)) for wording in phrase.wordings)
            phrase = Phrase(phrase.english.replace(mark, filling.english), wordings)
    return phrase


def make_tokenizer(
    english: Path,
    pairs: Sequence[Pair],
    sections: Sequence[Section],
    phrases: Sequence[Phrase],
    table: DialectTable,
    pieces: int,
    chance: random.Random,
) -> Tokenizer:
    """Return the bilingual tokenizer, its pieces learned from all texts, the dialects' words among them."""

    def texts() -> Iterator[str]:
        for pair in pairs:
            yield pair.arabic
            yield table.rewrite(pair.arabic, chance.choice(DIALECTS), chance)
        yield from (passage(section) for section in sections)
        for phrase in phrases:
            yield from phrase.wordings * 3
        for replacements in table.replacements.values():
            for choices in replacements.values():
                yield from choices * 10

    return build_tokenizer(english / "tokenizer.json", texts(), pieces)


def first_vectors(
    lessons: Sequence[tuple[str, str]], tokenizer: Tokenizer, english_vectors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return where the Arabic rows start, learned from (English, Arabic) texts by alignment."""
    known = len(english_vectors)
    english = [encoding.ids[1:-1] for encoding in tokenizer.encode_batch([text for text, _ in lessons])]
    arabic = [
        [piece - known for piece in encoding.ids if piece >= known]
        for encoding in tokenizer.encode_batch([text for _, text in lessons])
    ]
    english = [[piece for piece in row if piece < known] for row in english]
    return aligned_vectors(arabic, english, english_vectors, tokenizer.get_vocab_size() - known)


def teacher_vectors(
    teacher: Student, tokenizer: Tokenizer, texts: Sequence[str], cache: Path, device: torch.device
) -> torch.Tensor:
    """Return the English model's vector of each text; read from ``cache`` where it holds exactly these texts."""
    digest = hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:12]
    path = cache / f"teacher-{digest}.npy"
    if not path.exists():
        rows = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
        np.save(path, encode_all(teacher, rows, device).numpy().astype(np.float16))
    return torch.from_numpy(np.load(path).astype(np.float32))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
