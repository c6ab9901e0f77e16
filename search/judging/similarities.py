"""How near questions come to what answers them and to what does not: what a calibration is measured on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.parts.chunking import chunk_article
from indexer.parts.short_texts import ShortTextRow, short_texts_of
from indexer.parts.vector_index import VectorIndex, build_vector_index
from kb.embedding.calibration import BestCosines
from kb.model import Article, Chunk, Language
from kb.ports import Embedder, FloatMatrix
from search.judging.evaluation import JudgedSet
from search.serving.retrievers import Passages, ShortTexts


@dataclass(frozen=True, slots=True)
class Collection:
    """A test collection and its articles as they are indexed."""

    judged: JudgedSet
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class _Questions:
    """Questions of one language whose answers are in one language, and the articles that answer each."""

    asked: Language
    answered_in: Language
    vectors: FloatMatrix
    answers: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Articles:
    """Articles in one language, by meaning."""

    ids: NDArray[np.str_]
    passages: Passages
    short_texts: ShortTexts

    def similarities(self, vectors: FloatMatrix) -> FloatMatrix:
        """Return how near each article (column) is to each question (row), as search has it."""
        return self.short_texts.mixed_by_article(vectors, self.passages.best_by_article(vectors))


def similarities_of(
    collections: Sequence[Collection], embedder: Embedder, questions: int, directory: Path
) -> Iterator[BestCosines]:
    """Yield how near the questions of each collection come to its own articles, and to those of foreign ones.

    Args:
        collections: Two that share no article are foreign to each other.
        embedder: The model that is measured.
        questions: How many are taken of each collection, about.
        directory: An empty directory for the vectors.
    """
    corpora: dict[tuple[Article, ...], Mapping[Language, _Articles]] = {}
    for place, one in enumerate(collections):
        if one.articles not in corpora:
            corpora[one.articles] = _embedded(one.articles, embedder, directory / str(place))
    ids = {articles: {article.id for article in articles} for articles in corpora}
    for one in collections:
        for asked in _embed_questions(one.judged, embedder, questions):
            own = corpora[one.articles][asked.answered_in]
            near = own.similarities(asked.vectors)
            relevant = [
                row[np.isin(own.ids, list(answers))].max(initial=-1.0)
                for row, answers in zip(near, asked.answers, strict=True)
            ]
            yield BestCosines(asked.asked, asked.answered_in, near.max(axis=1), np.array(relevant, np.float32))
            for articles, by_language in corpora.items():
                if ids[articles] & ids[one.articles]:
                    continue
                for lang, foreign in by_language.items():
                    yield BestCosines(asked.asked, lang, foreign.similarities(asked.vectors).max(axis=1), None)


def _embedded(articles: Sequence[Article], embedder: Embedder, directory: Path) -> Mapping[Language, _Articles]:
    by_language: dict[Language, list[Article]] = {}
    for article in articles:
        by_language.setdefault(article.lang, []).append(article)
    return {lang: _by_meaning(group, embedder, directory / lang) for lang, group in by_language.items()}


def _by_meaning(articles: Sequence[Article], embedder: Embedder, directory: Path) -> _Articles:
    passages = [(row, chunk) for row, article in enumerate(articles) for chunk in chunk_article(article)]
    short_texts = [(row, text) for row, article in enumerate(articles) for text in short_texts_of(article)]

    def vectors(name: str, chunks: Sequence[Chunk]) -> VectorIndex:
        (directory / name).mkdir(parents=True)
        build_vector_index(directory / name, chunks, embedder)
        return VectorIndex(directory / name)

    return _Articles(
        np.array([article.id for article in articles]),
        Passages(
            vectors("passages", [chunk for _, chunk in passages]),
            len(articles),
            np.array([row for row, _ in passages], np.int32),
        ),
        ShortTexts(
            vectors("short_texts", [text.chunk for _, text in short_texts]),
            len(articles),
            [ShortTextRow(row, text.kind) for row, text in short_texts],
        ),
    )


def _embed_questions(judged: JudgedSet, embedder: Embedder, questions: int) -> Iterator[_Questions]:
    """Yield the questions by language of question and answer; one answered in both languages is asked in both."""
    written_in = {article.id: article.lang for article in judged.corpus or ()}
    pairs: dict[tuple[Language, Language], list[tuple[str, frozenset[str]]]] = {}
    for query in judged.queries[:: max(1, len(judged.queries) // questions)]:
        for lang in Language:
            if answers := frozenset(article for article in query.gains if written_in.get(article) is lang):
                pairs.setdefault((query.lang, lang), []).append((query.text, answers))
    for (asked, answered_in), chosen in pairs.items():
        vectors = embedder.encode_queries([text for text, _ in chosen])
        yield _Questions(asked, answered_in, vectors, tuple(answers for _, answers in chosen))
