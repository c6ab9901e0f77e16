"""The keyword index: the matrices that score words, how words are written, and phrases.

Row n of everything here is article n of those that were added.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from indexer.parts.article_words import ArticleWords, Layer
from indexer.parts.phrase_index import PhraseIndex, PhraseIndexWriter
from indexer.parts.postings import RowMask
from indexer.parts.run_index import RunIndex, RunWriter
from indexer.parts.surfaces import SurfaceWriter, read_surfaces
from indexer.parts.word_index import WordIndexWriter, inverse_document_frequency, open_layers, open_pairs
from kb.model import ArticleId, ArticleKey, Language
from kb.ports import Analyzer

FORMAT = 4
"""Raised whenever something below `keyword/` is written otherwise, or its numbers are worked out otherwise."""

_ARTICLES = "articles.json"
_WORDS = "words"
_RUNS = "runs"
_PHRASES = "phrases"


class KeywordIndexWriter:
    """Takes one article after another, then writes the index.

    Args:
        directory: Where to write; made if missing.
        analyzer: The one that queries too.
    """

    def __init__(self, directory: Path, analyzer: Analyzer) -> None:
        self._directory = directory
        self._articles: list[ArticleKey] = []
        self._words = WordIndexWriter()
        self._surfaces = SurfaceWriter()
        self._runs = RunWriter(analyzer)
        self._phrases = PhraseIndexWriter(directory / _PHRASES)

    def add(self, words: ArticleWords) -> None:
        """Add the next article."""
        self._articles.append(words.key)
        self._words.add(words)
        self._surfaces.add(words)
        self._runs.add(words)
        self._phrases.add(words)

    def write(self) -> None:
        """Write all that was added."""
        self._phrases.write()
        self._words.write(self._directory / _WORDS)
        self._surfaces.write(self._directory / _WORDS)
        self._runs.write(self._directory / _RUNS)
        keys = [[key.id, key.lang] for key in self._articles]
        (self._directory / _ARTICLES).write_text(json.dumps(keys, ensure_ascii=False), "utf-8")


class KeywordIndex:
    """Reads what `KeywordIndexWriter` wrote; safe to share between threads.

    Args:
        directory: Directory of the index.
    """

    def __init__(self, directory: Path) -> None:
        keys = json.loads((directory / _ARTICLES).read_text("utf-8"))
        self.articles: tuple[ArticleKey, ...] = tuple(ArticleKey(ArticleId(id_), Language(lang)) for id_, lang in keys)
        self._directory = directory
        self.layers = open_layers(directory / _WORDS)
        self.pairs = open_pairs(directory / _WORDS)
        self.runs = RunIndex(directory / _RUNS)
        self._phrases = PhraseIndex(directory / _PHRASES, len(self.articles))

    def rows_with_phrase(self, terms: Sequence[str]) -> RowMask:
        """Return the rows in which terms stand side by side (`PhraseIndex.holding`)."""
        return self._phrases.holding(terms)

    def rows_with_word(self, lemma: str) -> RowMask:
        """Return the rows that hold a word of this lemma."""
        mask = np.zeros(len(self.articles), np.bool_)
        mask[self.layers[Layer.LEMMA].of(lemma)[0]] = True
        return mask

    def information(self, documents: int) -> float:
        """Return the weight of a term that stands in that many articles; 0 gives that of an unknown word."""
        return inverse_document_frequency(documents, len(self.articles))

    def vocabulary(self, layer: Layer = Layer.EXACT) -> Mapping[str, int]:
        """Return every term of a layer with the number of articles that hold it."""
        postings = self.layers[layer]
        return dict(zip(postings.terms, postings.document_counts().tolist(), strict=True))

    @cached_property
    def surfaces(self) -> Mapping[str, str]:
        """Return how articles mostly write each Arabic word whose normal form is written otherwise."""
        return read_surfaces(self._directory / _WORDS)
