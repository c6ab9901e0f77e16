"""Endless batches of work for the student, each kind of text from a stream of its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from scripts.training.dialects import DIALECTS, DialectTable
from scripts.training.encoder import cut_batches
from scripts.training.noise import mistype

Rewrite = Callable[[str, random.Random], str]

_BLOCK = 4096
_LARGEST = 256
_NEIGHBOURS = 7


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one text should mean.

    Attributes:
        wordings: Ways to say it; one is drawn each time.
        target: Row of the teacher's vector.
    """

    wordings: tuple[str, ...]
    target: int


@dataclass(frozen=True, slots=True)
class DistillationBatch:
    """Piece ids of the texts and the teacher's rows that they should come near."""

    ids: list[list[int]]
    targets: list[int]


@dataclass(frozen=True, slots=True)
class RetrievalBatch:
    """Piece ids of questions and of the passages that answer them, and what must not count as a negative."""

    questions: list[list[int]]
    passages: list[list[int]]
    alike: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How often a text is spoiled or put into a dialect.

    Attributes:
        dialect: Share of the texts rewritten in the words of a dialect, 0 to 1.
        typos: Share of the texts with slips, 0 to 1.
    """

    table: DialectTable
    dialect: float = 0.25
    typos: float = 0.2

    def apply(self, text: str, chance: random.Random) -> str:
        """Return the text as somebody else would have typed it."""
        if chance.random() < self.dialect:
            text = self.table.rewrite(text, chance.choice(DIALECTS), chance)
        return mistype(text, chance) if chance.random() < self.typos else text


def distillation_batches(
    lessons: Sequence[Lesson],
    tokenizer: Tokenizer,
    rewrite: Rewrite,
    chance: random.Random,
    budget: int,
) -> Iterator[DistillationBatch]:
    """Yield batches for ever; each lesson once a round, texts of like length together."""
    while True:
        order = list(range(len(lessons)))
        chance.shuffle(order)
        for start in range(0, len(order), _BLOCK):
            block = [lessons[place] for place in order[start : start + _BLOCK]]
            texts = [rewrite(chance.choice(lesson.wordings), chance) for lesson in block]
            rows = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
            by_length = sorted(range(len(rows)), key=lambda place: (len(rows[place]), place))
            batches = [batch for batch in cut_batches(by_length, rows, budget, _LARGEST) if len(batch) > 7]
            chance.shuffle(batches)
            for batch in batches:
                yield DistillationBatch([rows[at] for at in batch], [block[at].target for at in batch])


@dataclass(frozen=True, slots=True)
class Asked:
    """A passage and what it may be asked by.

    Attributes:
        headings: Questions that it answers, in any language.
        title: Title of its article: passages of one article are not each other's negatives.
    """

    headings: tuple[str, ...]
    title: str
    body: str


def retrieval_batches(
    asked: Sequence[Asked],
    tokenizer: Tokenizer,
    rewrite: Rewrite,
    chance: random.Random,
    neighbours: NDArray[np.int64],
    size: int,
    longest: int,
) -> Iterator[RetrievalBatch]:
    """Yield batches for ever: random passages, each with its hardest neighbours as negatives.

    Args:
        neighbours: For each passage the places of those most like it, nearest first.
        size: Passages of a batch.
        longest: Pieces of the longest passage; the rest is cut off.
    """
    while True:
        places: list[int] = []
        while len(places) < size:
            seed = chance.randrange(len(asked))
            near = [int(at) for at in neighbours[seed][: 2 * _NEIGHBOURS]]
            places += [seed, *chance.sample(near, min(_NEIGHBOURS, len(near)))]
        places = list(dict.fromkeys(places))[:size]
        chosen = [asked[place] for place in places]
        drawn = [_question_and_passage(one, chance) for one in chosen]
        questions = tokenizer.encode_batch([rewrite(question, chance) for question, _ in drawn])
        passages = tokenizer.encode_batch([text for _, text in drawn])
        yield RetrievalBatch(
            [encoding.ids for encoding in questions],
            [encoding.ids[:longest] for encoding in passages],
            _alike(chosen, [question for question, _ in drawn]),
        )


def _question_and_passage(one: Asked, chance: random.Random) -> tuple[str, str]:
    """Draw a heading, or the title; a passage never carries the words that ask for it as its context."""
    if chance.random() < 0.2:
        return one.title, one.body
    return chance.choice(one.headings), f"{one.title}\n{one.body}" if chance.random() < 0.7 else one.body


def _alike(chosen: Sequence[Asked], questions: Sequence[str]) -> NDArray[np.bool_]:
    titles = np.array([one.title for one in chosen], dtype=object)
    asked = np.array(questions, dtype=object)
    answers = np.array([[question in other.headings for other in chosen] for question in questions])
    return np.asarray((titles[:, None] == titles[None]) | (asked[:, None] == asked[None]) | answers, dtype=np.bool_)
