"""Words scored by BM25 in each field: one matrix of impacts a layer of index terms, and one of words near each other.

The impact of a term in an article is worked out when the index is built, so that a query only adds up a few short
arrays; how layers and words are weighed against each other is left to the search.

Each field saturates by itself, and soon: that an article says a word again tells little, that it says it in its title
as well as in its text tells much. Saturating the sum of the fields, as BM25F does, has to give up one for the other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from indexer.parts.article_words import ArticleWords, Field, Layer
from indexer.parts.pair_index import PairIndex, PairIndexWriter
from indexer.parts.postings import Postings, TermCounts, write_postings


@dataclass(frozen=True, slots=True)
class FieldScoring:
    """How much a field counts.

    Attributes:
        weight: What a word in it is worth, relative to one in the body.
        length_share: BM25's b: how far a long field dilutes its words, 0 to 1.
    """

    weight: float
    length_share: float


FIELD_SCORING: Mapping[Field, FieldScoring] = {
    Field.TITLE: FieldScoring(0.75, 0.5),
    Field.HEADINGS: FieldScoring(0.3, 0.5),
    Field.QUESTIONS: FieldScoring(0.3, 0.5),
    Field.TAGS: FieldScoring(0.5, 0.3),
    Field.BODY: FieldScoring(1.0, 0.85),
    Field.ASKED_AS: FieldScoring(0.5, 0.5),
}
"""The one table of field weights."""

SATURATION = 0.3
"""BM25's k1: how soon further occurrences of a word in a field stop counting; low, since whether it is said decides."""

_PAIRS = "pairs"


class WordIndexWriter:
    """Collects the words of one article after another, then writes the matrices."""

    def __init__(self) -> None:
        self._columns: dict[Layer, dict[str, int]] = {layer: {} for layer in Layer}
        self._counts = {(layer, field): TermCounts(self._columns[layer]) for layer in Layer for field in Field}
        self._pairs = PairIndexWriter()

    def add(self, words: ArticleWords) -> None:
        """Add the next article."""
        for (layer, field), counts in self._counts.items():
            counts.add(words.terms(field, layer))
        numbers = self._columns[Layer.LEMMA]
        passages = {
            field: [[numbers[token.lemma] for token in passage] for passage in words.passages[field]] for field in Field
        }
        titles = passages.pop(Field.TITLE)
        self._pairs.add(titles, [passage for others in passages.values() for passage in others])

    def write(self, directory: Path) -> None:
        """Write one directory of postings for each layer, and one of pairs."""
        for layer in Layer:
            width = len(self._columns[layer])
            impacts = sum(_impacts(self._counts[layer, field].matrix(), width, FIELD_SCORING[field]) for field in Field)
            write_postings(directory / layer, tuple(self._columns[layer]), impacts)
        self._pairs.write(directory / _PAIRS)


def inverse_document_frequency(documents: int, of: int) -> float:
    """Return BM25's weight of a term that stands in some of the articles; always above 0."""
    return math.log(1 + (of - documents + 0.5) / (documents + 0.5))


def open_layers(directory: Path) -> dict[Layer, Postings]:
    """Return the postings of every layer."""
    return {layer: Postings(directory / layer) for layer in Layer}


def open_pairs(directory: Path) -> PairIndex:
    """Return the pairs of lemmas near each other, named by the columns of the lemma layer."""
    return PairIndex(directory / _PAIRS)


def _impacts(counts: Any, width: int, scoring: FieldScoring) -> Any:
    """Return what each word of one field is worth: its count, diluted by the field's length and saturated."""
    counts.resize((counts.shape[0], width))
    lengths = np.asarray(counts.sum(axis=1), np.float32)
    written = lengths[lengths > 0]
    average = float(written.mean()) if written.size else 1.0
    dilution = 1 - scoring.length_share + scoring.length_share * lengths / average
    diluted = counts.data / np.repeat(dilution, np.diff(counts.indptr))
    impacts = scoring.weight * diluted * (SATURATION + 1) / (diluted + SATURATION)
    return sparse.csr_array((impacts, counts.indices, counts.indptr), shape=counts.shape)
