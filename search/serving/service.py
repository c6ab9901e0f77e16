"""The search of the product: a question in, an answer out. Puts the parts together and decides nothing itself."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from kb.errors import UserError
from kb.language.rescue.vocabulary import Vocabulary
from kb.model import Article, ArticleId, ArticleKey, Audience, Language
from kb.ports import Embedder
from kb.results import Degradation, Intent, Query, Rewriting, SearchResponse, Suggestion
from search.serving.answerability import THRESHOLD
from search.serving.directions import Curation, Directions, NoCuration
from search.serving.fusion import Evidence, RankedArticle
from search.serving.intents import MOST_WORDS, recognise_intent
from search.serving.presentation import marker_for, present
from search.serving.query_text import ParsedQuery, QueryError, parse_query
from search.serving.ranking import Ranked, Ranker
from search.serving.related import related_articles
from search.serving.rewriting import Ground, Reading
from search.serving.snapshot import Snapshot

MOST_RESULTS: Final = 50
DEEPEST_OFFSET: Final = 1_000
# Gain in log-odds of an answer from which on another wording is better, not only as good.
CLEARLY_LIKELIER: Final = 0.2
PUBLIC_ONLY: Final = frozenset({Audience.PUBLIC})


class Rewriter(Protocol):
    """Knows what else a query may have meant."""

    def readings(self, parsed: ParsedQuery, vocabulary: Vocabulary) -> Iterable[Reading]:
        """Return other wordings that are worth a search, none where the query is right as it is.

        Args:
            parsed: The literal query.
            vocabulary: Words of the index and of the languages.
        """
        ...


class NoRewriter:
    """Leaves every query as it is."""

    def readings(self, parsed: ParsedQuery, vocabulary: Vocabulary) -> Iterable[Reading]:
        """Return nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class _Answer:
    """One way to understand a query, and what it found."""

    wordings: Sequence[ParsedQuery]
    ranked: Ranked
    rewritten: str | None = None


class Generations(Protocol):
    """Hands out the generation that answers."""

    def current(self) -> Snapshot:
        """Return it; raises OperatorError where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Pinned:
    """Hands out one generation, whatever is published meanwhile."""

    snapshot: Snapshot

    def current(self) -> Snapshot:
        """Return it."""
        return self.snapshot


@dataclass(frozen=True, slots=True)
class SearchService:
    """Answers questions from the generation that serves; thread-safe.

    Attributes:
        holder: Hands out that generation.
        ranker: Ranks its articles.
        curation: What editors decided.
        rewriter: What a query that finds nothing may have meant.
        timer: Monotonic, in seconds.
    """

    holder: Generations
    ranker: Ranker
    curation: Curation = field(default_factory=NoCuration)
    rewriter: Rewriter = field(default_factory=NoRewriter)
    timer: Callable[[], float] = time.perf_counter

    @property
    def embedder(self) -> Embedder | None:
        """Return what gives the queries' vectors, None where search goes by words alone."""
        return self.ranker.embedder

    @property
    def snapshot(self) -> Snapshot:
        """Return the generation that answers now."""
        return self.holder.current()

    def at(self, snapshot: Snapshot) -> SearchService:
        """Return the same search over one generation, so that all answers to one request come from it."""
        return replace(self, holder=Pinned(snapshot))

    def directed_by(self, curation: Curation) -> SearchService:
        """Return the same search under other decisions of editors, to try them before they count."""
        return replace(self, curation=curation)

    def search(self, query: Query) -> SearchResponse:
        """Answer a question.

        Args:
            query: What is asked.

        Raises:
            UserError: The text cannot be searched for, or the page cannot be asked for.
            OperatorError: There is no index at all.
        """
        started = self.timer()
        _check_page(query)
        parsed = parse_query(query.text)
        snapshot = self.holder.current()
        directions = self.curation.directions(query.text, query.lang)
        readings = tuple(self.rewriter.readings(parsed, snapshot.vocabulary))
        answer = self._answer(snapshot, query, parsed, directions, readings)
        found = _curated(snapshot, query, answer.ranked.articles, directions)
        marker = marker_for(snapshot, answer.wordings)
        pinned = frozenset(directions.pinned)
        return SearchResponse(
            query=query,
            hits=tuple(
                present(snapshot, item, marker, pinned) for item in found[query.offset : query.offset + query.limit]
            ),
            total=len(found),
            no_answer=answer.ranked.probability < THRESHOLD and not directions.pinned,
            rewritten_query=answer.rewritten,
            degraded=(*answer.ranked.degraded, *([Degradation.CURATION] if directions.stale else [])),
            took_ms=(self.timer() - started) * 1000,
            generation=snapshot.name,
            evidence={"answer": answer.ranked.probability, **answer.ranked.evidence.as_mapping()},
            intent=_intent(parsed, readings),
        )

    def suggest(
        self, text: str, lang: Language, limit: int = 8, audiences: frozenset[Audience] = PUBLIC_ONLY
    ) -> tuple[Suggestion, ...]:
        """Return completions of what is being typed; see `SuggestionIndex.suggest`."""
        return self.holder.current().suggestions.suggest(text, lang, limit, audiences)

    def related(
        self, key: ArticleKey, limit: int = 4, audiences: frozenset[Audience] = PUBLIC_ONLY
    ) -> tuple[Article, ...]:
        """Return articles like a given one; see `related_articles`."""
        return related_articles(self.holder.current(), key, limit, audiences)

    def warm_up(self) -> None:
        """Build what would otherwise be built for the first reader."""
        snapshot = self.holder.current()
        self.ranker.rank(snapshot, Query("help", Language.EN), [parse_query("help")])
        assert snapshot.suggestions is not None
        # A slip, so that the lists of words are read, too.
        list(self.rewriter.readings(parse_query("helpp"), snapshot.vocabulary))

    def _answer(
        self,
        snapshot: Snapshot,
        query: Query,
        parsed: ParsedQuery,
        directions: Directions,
        readings: Sequence[Reading],
    ) -> _Answer:
        wordings = [parsed, *_parsed_variants(directions.variants)]
        best = _Answer(wordings, self.ranker.rank(snapshot, query, wordings))
        if query.rewriting is Rewriting.LITERAL or snapshot.lexical is None:
            return best
        for reading in readings:
            if reading.ground is Ground.DIALECT and best.ranked.probability >= THRESHOLD:
                break
            other = self._read_otherwise(snapshot, query, best, reading)
            if other is not None and _counts(reading.ground, best.ranked.probability, other.ranked.probability):
                best = other
        return best

    def _read_otherwise(self, snapshot: Snapshot, query: Query, answer: _Answer, reading: Reading) -> _Answer | None:
        """Search another reading: words of a dialect and their standard words count side by side, others replace."""
        parsed = _parsed_variants([reading.text])
        if not parsed:
            return None
        if reading.ground is Ground.DIALECT:
            wordings, rewritten = [*answer.wordings, *parsed], answer.rewritten
        else:
            wordings, rewritten = parsed, reading.text
        ranked = self.ranker.rank(snapshot, replace(query, text=wordings[0].text), wordings)
        return _Answer(wordings, ranked, rewritten)


def _intent(parsed: ParsedQuery, readings: Sequence[Reading]) -> Intent | None:
    """Return what is wanted besides an article, by the words as typed or as the other script reads them."""
    if not parsed.is_plain or len(parsed.words) > MOST_WORDS:
        return None
    other = next((reading.text for reading in readings if reading.ground is not Ground.DIALECT), None)
    return recognise_intent([parsed.text, *([other] if other else [])])


def _counts(ground: Ground, before: float, after: float) -> bool:
    """Return whether another reading makes an answer clearly likelier; a change of script was proven already."""
    if ground is Ground.SCRIPT:
        return after > before
    return after >= THRESHOLD and _log_odds(after) - _log_odds(before) >= CLEARLY_LIKELIER


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))


def _check_page(query: Query) -> None:
    if not 1 <= query.limit <= MOST_RESULTS:
        raise UserError(f"Ask for 1 to {MOST_RESULTS} results, not {query.limit}.")
    if not 0 <= query.offset <= DEEPEST_OFFSET:
        raise UserError(f"Skip 0 to {DEEPEST_OFFSET} results, not {query.offset}.")


def _parsed_variants(texts: Sequence[str]) -> list[ParsedQuery]:
    """Return the wordings that can be searched; what editors or rewriting made of a query may be unusable."""
    parsed: list[ParsedQuery] = []
    for text in texts:
        try:
            parsed.append(parse_query(text))
        except QueryError:
            continue
    return parsed


def _curated(
    snapshot: Snapshot, query: Query, found: Sequence[RankedArticle], directions: Directions
) -> tuple[RankedArticle, ...]:
    """Put pinned articles first and leave hidden ones out; a pin never shows what the reader may not see."""
    by_id = {item.article.id: item for item in found}
    pinned = [by_id.get(article_id) or _pin(snapshot, query, article_id) for article_id in directions.pinned]
    first = [item for item in pinned if item is not None]
    apart = directions.hidden.union(item.article.id for item in first)
    return (*first, *(item for item in found if item.article.id not in apart))


def _pin(snapshot: Snapshot, query: Query, article_id: ArticleId) -> RankedArticle | None:
    for lang in (query.lang, query.lang.other):
        key = ArticleKey(article_id, lang)
        if snapshot.catalogue.passes(key, query.filters):
            return RankedArticle(key, 0.0, {}, Evidence(key))
    return None
