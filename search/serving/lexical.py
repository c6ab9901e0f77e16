"""Retrieval by words: two layers, words and character grams by BM25, weighed and added.

Knows the indexes and what to read from them; knows nothing of vectors, grouping or pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from indexer.parts.article_words import Layer, field_texts, joined_terms, term_of
from indexer.parts.gram_index import GramIndex
from indexer.parts.keyword_index import KeywordIndex
from indexer.parts.pair_index import pair_keys
from indexer.parts.phrase_index import hamza_term, marked_term
from indexer.parts.postings import RowMask
from kb.model import Article, ArticleKey
from kb.ports import Analyzer, Token
from kb.results import Filters
from search.serving.catalogue import Catalogue
from search.serving.function_words import is_function_word
from search.serving.phrases import PhraseMatcher, QuotedWord
from search.serving.query_text import ParsedQuery

Scores = NDArray[np.float32]

LAYER_WEIGHTS = {Layer.EXACT: 0.15, Layer.LEMMA: 0.6, Layer.STEM: 0.25}
"""How much each layer of index terms adds to the score of a word."""

PAIR_WEIGHT = 0.4
"""How much two words of the query near each other add to the score of the words."""

GRAM_WEIGHT = 0.55
"""Share of the gram layer in the score; the words have the rest."""

FUNCTION_WORD_WEIGHT = 0.5
"""What a function word counts, relative to its rarity; it seldom says what a question is about."""

FEW_WORDS = 3
"""Words added when a text's focus is counted for each of its words, so that a single word does not win."""

GRAM_EVIDENCE = 0.35
"""Gram score under which an article that holds none of the query's words is not a hit."""


@dataclass(frozen=True, slots=True)
class LexicalCandidate:
    """An article found by its words.

    Attributes:
        score: 0 to 1; the words and the grams of the query, each relative to the article that does best.
        keyword_rank: Place by the words, from 1; None if it holds none of them.
        gram_rank: Place by the grams, from 1; None if it shares none.
        coverage: Share of the query's information in words that the article holds in some form, 0 to 1.
    """

    article: ArticleKey
    score: float
    keyword_rank: int | None
    gram_rank: int | None
    coverage: float


@dataclass(frozen=True, slots=True)
class LexicalResult:
    """What was found by words.

    Attributes:
        candidates: Best first; equal scores in the order of the articles' keys.
        known_share: Share of the query's information in words that the index knows in some form, 0 to 1.
        total: Articles found before the limit.
    """

    candidates: tuple[LexicalCandidate, ...]
    known_share: float
    total: int


@dataclass(frozen=True, slots=True)
class _QueryWord:
    token: Token
    documents: int
    share: float
    weight: float


class LexicalSearch:
    """Answers queries from one generation; safe to share between threads.

    Args:
        keyword_index: Words and phrases.
        gram_index: Character grams of the same articles; None searches by words alone.
        catalogue: What filters need to know of the same articles.
        read: Gives an article; its text tells whether marks stand as they were quoted.
        analyzer: The one that built both indexes.
    """

    def __init__(
        self,
        keyword_index: KeywordIndex,
        gram_index: GramIndex | None,
        catalogue: Catalogue,
        read: Callable[[ArticleKey], Article | None],
        analyzer: Analyzer,
    ) -> None:
        self._keywords = keyword_index
        self._grams = gram_index
        self._catalogue = catalogue
        self._read = read
        self._analyzer = analyzer
        order = sorted(range(len(keyword_index.articles)), key=lambda row: keyword_index.articles[row])
        self._place = np.empty(len(order), np.int64)
        self._place[order] = np.arange(len(order))

    def search(self, parsed: ParsedQuery, filters: Filters, limit: int) -> LexicalResult:
        """Return the articles that match a query's words.

        Args:
            parsed: The query taken apart; phrases must stand, exclusions must not.
            filters: Conditions that every hit meets.
            limit: Candidates wanted, at least 1.
        """
        tokens = self._analyzer.tokens(parsed.text)
        words = self._query_words(tokens)
        allowed = self.allowed(parsed, filters)
        word_scores = self._word_scores(words, joined_terms(parsed.text, tokens))
        self._add_pairs(word_scores, tokens)
        by_word = _relative(word_scores * allowed)
        grams = self._gram_scores(words) * allowed
        found = (by_word > 0) | (grams >= GRAM_EVIDENCE)
        by_gram = _relative(grams)
        score = (1 - GRAM_WEIGHT) * by_word + GRAM_WEIGHT * by_gram if self._grams else by_word
        rows = self._best(np.where(found, score, -1.0), min(limit, int(found.sum())))
        return LexicalResult(
            self._candidates(rows, score, by_word, by_gram, self._coverage(words, rows)),
            self._known_share(words),
            int(found.sum()),
        )

    def focus(self, text: str) -> float:
        """Return how strongly the words of a text point to one article, for each of them; 0 if no article holds any.

        Tells a question from talk around it: the words of talk are scattered over many articles.
        """
        words = self._query_words(self._analyzer.tokens(text))
        total = np.zeros(len(self._keywords.articles), np.float32)
        for word in words:
            rows, impacts = self._keywords.layers[Layer.LEMMA].of(term_of(word.token, Layer.LEMMA))
            total[rows] += word.share * self._keywords.information(rows.size) * impacts
        return float(total.max(initial=0)) / (FEW_WORDS + len(words))

    def knows(self, word: str) -> bool:
        """Return whether every word of a text stands in some article, in this or another form."""
        return all(self._documents(token) > 0 for token in self._analyzer.tokens(word))

    def _query_words(self, tokens: Sequence[Token]) -> tuple[_QueryWord, ...]:
        words: dict[str, _QueryWord] = {}
        for token in tokens:
            if token.lemma not in words:
                documents = self._documents(token)
                share = FUNCTION_WORD_WEIGHT if is_function_word(token) else 1.0
                words[token.lemma] = _QueryWord(token, documents, share, share * self._keywords.information(documents))
        return tuple(words.values())

    def _documents(self, token: Token) -> int:
        layers = self._keywords.layers
        return max(layers[layer].documents(term_of(token, layer)) for layer in Layer)

    def _word_scores(self, words: Iterable[_QueryWord], joined: Iterable[str]) -> Scores:
        """Return the words' BM25 score of every row."""
        total = np.zeros(len(self._keywords.articles), np.float32)
        for layer, layer_weight in LAYER_WEIGHTS.items():
            postings = self._keywords.layers[layer]
            for word in words:
                rows, impacts = postings.of(term_of(word.token, layer))
                total[rows] += layer_weight * word.share * self._keywords.information(rows.size) * impacts
            for term in joined:
                rows, impacts = postings.of(term)
                total[rows] += layer_weight * self._keywords.information(rows.size) * impacts
        return total

    def _add_pairs(self, total: Scores, tokens: Sequence[Token]) -> None:
        """Add to the words' score what pairs of words near each other are worth."""
        lemmas = self._keywords.layers[Layer.LEMMA]
        numbers = [-1 if (column := lemmas.column(token.lemma)) is None else column for token in tokens]
        for key in np.unique(pair_keys(numbers)).tolist():
            rows, impacts = self._keywords.pairs.of(key)
            total[rows] += PAIR_WEIGHT * self._keywords.information(rows.size) * impacts

    def _gram_scores(self, words: Iterable[_QueryWord]) -> Scores:
        if self._grams is None:
            return np.zeros(len(self._keywords.articles), np.float32)
        return self._grams.scores((word.token.exact, word.share) for word in words)

    def allowed(self, parsed: ParsedQuery, filters: Filters) -> RowMask:
        """Return which rows may be found at all: filters hold, phrases stand, exclusions do not."""
        masks = [self._catalogue.passing(filters)]
        masks.extend(self._rows_with_phrase(phrase) for phrase in parsed.phrases)
        masks.extend(~self._rows_excluded(excluded) for excluded in parsed.exclusions)
        return reduce(np.logical_and, masks)

    def _rows_with_phrase(self, phrase: str) -> RowMask:
        matcher = PhraseMatcher(phrase, self._analyzer)
        mask = self._keywords.rows_with_phrase([_phrase_term(word) for word in matcher.words])
        if matcher.counts_marks:
            for row in np.flatnonzero(mask).tolist():
                mask[row] = self._says(row, matcher)
        return mask

    def _says(self, row: int, matcher: PhraseMatcher) -> bool:
        article = self._read(self._keywords.articles[row])
        return article is not None and any(
            matcher.spans(text) for texts in field_texts(article).values() for text in texts
        )

    def _rows_excluded(self, excluded: str) -> RowMask:
        tokens = self._analyzer.tokens(excluded)
        if len(tokens) == 1:
            return self._keywords.rows_with_word(tokens[0].lemma)
        return self._rows_with_phrase(excluded)

    def _best(self, score: Scores, count: int) -> NDArray[np.int64]:
        if count < score.size:
            worst = np.partition(score, score.size - count)[score.size - count] if count else np.inf
            rows = np.flatnonzero(score >= worst)
        else:
            rows = np.arange(score.size)
        return rows[np.lexsort((self._place[rows], -score[rows]))][:count]

    def _coverage(self, words: Sequence[_QueryWord], rows: NDArray[np.int64]) -> Scores:
        total = sum(word.weight for word in words)
        covered = np.zeros(len(self._keywords.articles), np.float32)
        for word in words:
            holds = np.zeros(covered.size, np.bool_)
            for layer, postings in self._keywords.layers.items():
                holds[postings.of(term_of(word.token, layer))[0]] = True
            covered += holds * np.float32(word.weight)
        shares: Scores = np.minimum(covered[rows] / np.float32(total or 1.0), np.float32(1.0))
        return shares

    @staticmethod
    def _known_share(words: Sequence[_QueryWord]) -> float:
        total = sum(word.weight for word in words)
        return sum(word.weight for word in words if word.documents) / total if total else 0.0

    def _candidates(
        self, rows: NDArray[np.int64], score: Scores, by_word: Scores, by_gram: Scores, coverage: Scores
    ) -> tuple[LexicalCandidate, ...]:
        word_ranks, gram_ranks = _ranks(by_word, rows), _ranks(by_gram, rows)
        return tuple(
            LexicalCandidate(
                self._keywords.articles[row], float(score[row]), word_ranks[n], gram_ranks[n], float(coverage[n])
            )
            for n, row in enumerate(rows.tolist())
        )


def _phrase_term(word: QuotedWord) -> str:
    if word.marked:
        return marked_term(word.exact)
    return hamza_term(word.hamza) if word.hamza is not None else word.exact


def _relative(scores: Scores) -> Scores:
    best = scores.max(initial=0.0)
    return scores / best if best > 0 else scores


def _ranks(scores: Scores, rows: NDArray[np.int64]) -> list[int | None]:
    """Return each row's place among all rows by a score: one more than the rows that do better."""
    ordered = np.sort(scores)
    places = scores.size - np.searchsorted(ordered, scores[rows], side="right") + 1
    return [int(place) if scores[row] > 0 else None for place, row in zip(places.tolist(), rows.tolist(), strict=True)]
