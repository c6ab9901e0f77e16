"""The interfaces that have more than one implementation; each has one contract test class that all of them inherit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.model import Language

FloatMatrix = NDArray[np.float32]


class Script(StrEnum):
    """What a token is written in."""

    ARABIC = "arabic"
    LATIN = "latin"
    DIGITS = "digits"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text and the terms that it is indexed under.

    Attributes:
        start: Offset of the first code point in the original text.
        end: Offset after the last code point.
        exact: Orthographic normal form (marks, hamza forms, case, digits folded).
        lemma: The one canonical dictionary key; the stem where the word is unknown.
        stem: Light (Arabic) or Snowball (English) stem.
        script: What it is written in.
    """

    start: int
    end: int
    exact: str
    lemma: str
    stem: str
    script: Script


class Analyzer(Protocol):
    """Turns text into tokens; the same one serves indexing and querying."""

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes whenever the same input may give other tokens."""
        ...

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in the order of the text, never overlapping; linear time; never raises for any string."""
        ...

    def recognises(self, word: str) -> bool:
        """Return whether the morphology knows an Arabic word."""
        ...


@dataclass(frozen=True, slots=True)
class SimilarityCurve:
    """When a similarity is chance.

    Attributes:
        floor: Cosine under which a passage is not counted as found at all.
        answer_midpoint: Cosine of the best passage at which "has an answer" is as likely as not.
        answer_slope: Slope of the logistic curve through that point, per unit of cosine.
    """

    floor: float
    answer_midpoint: float
    answer_slope: float

    def log_odds(self, cosine: float) -> float:
        """Return the log-odds of there being an answer when the best passage is that near."""
        return self.answer_slope * (cosine - self.answer_midpoint)


@dataclass(frozen=True, slots=True)
class Calibration:
    """When similarities of one embedder are chance: they lie lower across languages than within one.

    Attributes:
        overall: Of all languages together; it makes models comparable whose cosines lie elsewhere.
        by_languages: By language of the question and of the passage, as far as they were measured.
    """

    overall: SimilarityCurve
    by_languages: Mapping[tuple[Language, Language], SimilarityCurve] = field(default_factory=dict)

    def curve(self, query_lang: Language, passage_lang: Language) -> SimilarityCurve:
        """Return what is known of questions in one language and passages in another, else of all."""
        return self.by_languages.get((query_lang, passage_lang), self.overall)


class Embedder(Protocol):
    """Turns text into unit vectors; queries and passages by separate methods, since models prompt them apart."""

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes whenever the same input may give other vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Return the length of the vectors."""
        ...

    @property
    def calibration(self) -> Calibration:
        """Return what was measured about this model's similarities."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text, shape (len(texts), dimension), C-contiguous float32."""
        ...

    def encode_documents(self, texts: Sequence[str]) -> FloatMatrix:
        """Return one unit vector a text, shape (len(texts), dimension), C-contiguous float32."""
        ...
