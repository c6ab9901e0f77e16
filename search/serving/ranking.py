"""From a parsed query to ranked articles: asks the retrievers of one snapshot, weighs, groups. Knows no pages.

A retriever that fails is left out and named; the other one answers.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.parts.postings import RowMask
from kb.language.detect import detect_language
from kb.model import ArticleKey, Language
from kb.ports import Calibration, Embedder
from kb.results import Degradation, Filters, Query, SearchMode
from search.serving.answerability import AnswerEvidence, answer_probability, gather_evidence
from search.serving.fusion import (
    Evidence,
    RankedArticle,
    fuse_ranks,
    fuse_scores,
    merge_evidence,
    rank_by_meaning,
    rank_by_words,
)
from search.serving.grouping import group_translations
from search.serving.lexical import LexicalCandidate, LexicalResult
from search.serving.query_text import ParsedQuery
from search.serving.retrievers import Near, VectorSearch
from search.serving.snapshot import Snapshot

# Parts that an answer in each mode rests on.
PARTS: Final[Mapping[SearchMode, frozenset[Degradation]]] = {
    SearchMode.HYBRID: frozenset(Degradation),
    SearchMode.KEYWORD: frozenset({Degradation.KEYWORD, Degradation.GRAMS}),
    SearchMode.VECTOR: frozenset({Degradation.VECTOR}),
}
# Articles that each retriever may put forward; also the depth to which one can page.
POOL: Final = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was found for one query.

    Attributes:
        articles: Best first, one language version each.
        evidence: What speaks for there being an answer.
        probability: How likely there is one, 0 to 1.
        degraded: Parts that failed.
    """

    articles: tuple[RankedArticle, ...]
    evidence: AnswerEvidence
    probability: float
    degraded: tuple[Degradation, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What one wording found; the known share is None without words, the vectors say whether they were searched."""

    articles: tuple[Evidence, ...]
    known_share: float | None
    by_meaning: bool


class Ranker:
    """Ranks the articles of a snapshot.

    Args:
        embedder: Gives the queries' vectors; None searches by words alone.
    """

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder
        self._refused = ""

    @property
    def embedder(self) -> Embedder | None:
        """Return the model, None where search goes by words alone."""
        return self._embedder

    def rank(self, snapshot: Snapshot, query: Query, wordings: Sequence[ParsedQuery]) -> Ranked:
        """Search one snapshot.

        Args:
            snapshot: Where to search.
            query: What is asked, with filters and mode.
            wordings: The query itself, then other wordings that may count instead of it.
        """
        failed = set(snapshot.degraded)
        lang = detect_language(wordings[0].text) or query.lang
        found = [self._search(snapshot, query, lang, wording, failed) for wording in wordings]
        known_share = max((item.known_share for item in found if item.known_share is not None), default=None)
        calibration = self._embedder.calibration if self._embedder and any(item.by_meaning for item in found) else None
        fused = _fuse(merge_evidence([item.articles for item in found]), lang, known_share, calibration, failed)
        evidence = gather_evidence(fused, lang, known_share, calibration)
        return Ranked(
            group_translations(fused, query.lang, lambda key: snapshot.catalogue.passes(key, query.filters)),
            evidence,
            answer_probability(evidence) if fused else 0.0,
            tuple(part for part in Degradation if part in failed & PARTS[query.mode]),
        )

    def _search(
        self, snapshot: Snapshot, query: Query, lang: Language, parsed: ParsedQuery, failed: set[Degradation]
    ) -> _Found:
        words: LexicalResult | None = None
        near: tuple[Near, ...] | None = None
        if query.mode is not SearchMode.VECTOR and snapshot.lexical:
            try:
                words = snapshot.lexical.search(parsed, query.filters, POOL)
            except Exception:  # noqa: BLE001 - the vectors must answer whatever is wrong with the words
                self._report(Degradation.KEYWORD, failed)
        if query.mode is not SearchMode.KEYWORD and (vectors := self._usable_vectors(snapshot, failed)):
            try:
                near = self._nearest(snapshot, vectors, lang, parsed, query.filters, words)
            except Exception:  # noqa: BLE001 - the words must answer whatever is wrong with the model
                self._report(Degradation.VECTOR, failed)
        return _Found(_evidence(words, near or ()), words.known_share if words else None, near is not None)

    def _nearest(
        self,
        snapshot: Snapshot,
        vectors: VectorSearch,
        lang: Language,
        parsed: ParsedQuery,
        filters: Filters,
        words: LexicalResult | None,
    ) -> tuple[Near, ...]:
        """Return the nearest articles, and how near those are that the words found; best first."""
        assert self._embedder is not None
        vector = self._embedder.encode_queries([parsed.text])[0]
        floors = {other: self._embedder.calibration.curve(lang, other).floor for other in Language}
        allowed = _allowed(snapshot, parsed, filters)
        near = {item.article: item for item in vectors.nearest(vector, allowed, POOL, floors)}
        missing = [item.article for item in words.candidates if item.article not in near] if words else []
        near |= vectors.similarity(vector, missing)
        return tuple(sorted(near.values(), key=lambda item: (-item.cosine, item.article)))

    def _usable_vectors(self, snapshot: Snapshot, failed: set[Degradation]) -> VectorSearch | None:
        """Return the vectors if this model made them."""
        if self._embedder is None or snapshot.vectors is None:
            failed.add(Degradation.VECTOR)
            return None
        if snapshot.embedder == self._embedder.fingerprint:
            return snapshot.vectors
        failed.add(Degradation.VECTOR)
        if self._refused != snapshot.name:
            self._refused = snapshot.name
            _log.error(
                "The vectors of %s come from %s, queries from %s: search rests on words alone; run `kb index`.",
                snapshot.name,
                snapshot.embedder,
                self._embedder.fingerprint,
            )
        return None

    @staticmethod
    def _report(part: Degradation, failed: set[Degradation]) -> None:
        failed.add(part)
        _log.exception("The %s search failed; the answer rests on the other.", part)


def _fuse(
    found: Sequence[Evidence],
    lang: Language,
    known_share: float | None,
    calibration: Calibration | None,
    failed: set[Degradation],
) -> tuple[RankedArticle, ...]:
    """Rank what was found; the known share is None without words, the calibration is None without vectors."""
    if calibration is None:
        return rank_by_words(found)
    if known_share is None:
        return rank_by_meaning(found, lang, calibration)
    # The weights were chosen for all lexical layers and a calibrated model; without them only ranks compare.
    if Degradation.GRAMS in failed or calibration.overall.answer_slope <= 0:
        return fuse_ranks(found)
    return fuse_scores(found, lang, known_share, calibration)


def _evidence(words: LexicalResult | None, near: Sequence[Near]) -> tuple[Evidence, ...]:
    by_words = {candidate.article: candidate for candidate in words.candidates} if words else {}
    places = {item.article: (rank, item) for rank, item in enumerate(near, 1)}
    return tuple(
        _article_evidence(article, by_words.get(article), *places.get(article, (None, None)))
        for article in dict.fromkeys((*by_words, *places))
    )


def _article_evidence(
    article: ArticleKey, words: LexicalCandidate | None, vector_rank: int | None, near: Near | None
) -> Evidence:
    ranks = {
        "keyword": words.keyword_rank if words else None,
        "grams": words.gram_rank if words else None,
        "vector": vector_rank,
    }
    return Evidence(
        article,
        lexical=words.score if words else 0.0,
        coverage=words.coverage if words else 0.0,
        cosine=near.cosine if near else None,
        row=near.row if near else None,
        ranks={name: rank for name, rank in ranks.items() if rank is not None},
    )


def _allowed(snapshot: Snapshot, parsed: ParsedQuery, filters: Filters) -> RowMask:
    if parsed.is_plain or snapshot.lexical is None:
        return snapshot.catalogue.passing(filters)
    return snapshot.lexical.allowed(parsed, filters)
