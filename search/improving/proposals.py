"""Proposes rules that would make failing queries find an article, and tries each before it is offered.

Synonyms are better than pins, since they help wordings that nobody typed yet; but only words that the article does not
use may stand for it. Where there are none, or where synonyms do not suffice, the article is pinned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from kb.curation.model import (
    Decision,
    Match,
    ResultAction,
    ResultRule,
    RuleId,
    Rules,
    SynonymKind,
    SynonymRule,
)
from kb.curation.store import LONGEST_TERM, MOST_TERMS
from kb.editing.model import FailedQuery
from kb.model import Article, ArticleId, ArticleKey, Language
from kb.ports import Analyzer, Token
from search.improving.diagnosis import Candidate, ask, succeeds
from search.serving.curation import EditorsCuration
from search.serving.function_words import is_function_word
from search.serving.service import SearchService
from search.serving.snapshot import Snapshot

# Candidates for which rules are tried.
MOST_CANDIDATES: Final = 3
_TRIAL: Final = Decision("", datetime(1970, 1, 1, tzinfo=UTC))


class FixKind(StrEnum):
    """Which kind of rule is proposed."""

    SYNONYMS = "synonyms"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rules that make queries find an article.

    Attributes:
        terms: Synonyms: what readers say; pins: the wordings for which the article comes first.
        replacements: Synonyms: what the article says; empty for pins.
        lang: Language of the readers that the rules are for; None for both.
        gained: Queries of the cluster that then succeed.
        of: Queries of the cluster.
    """

    kind: FixKind
    article: ArticleId
    terms: tuple[str, ...]
    replacements: tuple[str, ...]
    lang: Language | None
    gained: int
    of: int


def proposals(
    search: SearchService, rules: Rules, queries: Sequence[FailedQuery], candidates: Sequence[Candidate]
) -> tuple[Proposal, ...]:
    """Return what would help each of the first candidates, in their order.

    Args:
        search: As customers have it now.
        rules: In force now; what is proposed comes on top of them.
        queries: Queries whose wording may be shown and put into rules, at least one.
        candidates: Articles that may be what was looked for, best first.
    """
    snapshot = search.snapshot
    found: list[Proposal] = []
    for candidate in candidates[:MOST_CANDIDATES]:
        tried = [
            replace(option, gained=gain(search, rules, option, queries))
            for option in _options(snapshot, queries, candidate.article)
        ]
        if best := max(tried, key=lambda option: (option.gained, option.kind is FixKind.SYNONYMS), default=None):
            found.append(best)
    return tuple(found)


def gain(search: SearchService, rules: Rules, proposal: Proposal, queries: Sequence[FailedQuery]) -> int:
    """Return how many of the queries succeed once the proposal is in force."""
    directed = search.directed_by(with_proposal(rules, proposal, search.snapshot.analyzer))
    return sum(succeeds(ask(directed, each.text, each.lang), proposal.article) for each in queries)


def with_proposal(rules: Rules, proposal: Proposal, analyzer: Analyzer) -> EditorsCuration:
    """Return the decisions of editors as they would be with a proposal."""
    more = _rules_of(proposal)
    both = replace(rules, synonyms=(*rules.synonyms, *more.synonyms), results=(*more.results, *rules.results))
    return EditorsCuration(lambda: both, analyzer)


def _rules_of(proposal: Proposal) -> Rules:
    if proposal.kind is FixKind.SYNONYMS:
        kind = SynonymKind.ONE_WAY
        rule = SynonymRule(RuleId(""), kind, proposal.terms, proposal.replacements, proposal.lang, _TRIAL)
        return Rules(0, synonyms=(rule,))
    return Rules(
        0,
        results=tuple(
            ResultRule(RuleId(""), ResultAction.PIN, term, Match.WORDS, proposal.lang, proposal.article, 0, _TRIAL)
            for term in proposal.terms
        ),
    )


def _options(snapshot: Snapshot, queries: Sequence[FailedQuery], article: ArticleId) -> Iterator[Proposal]:
    languages = {query.lang for query in queries}
    lang = next(iter(languages)) if len(languages) == 1 else None
    versions = [snapshot.content.article(ArticleKey(article, each)) for each in Language]
    texts = [version for version in versions if version is not None]
    of = len(queries)
    if (terms := _strange_terms(snapshot.analyzer, queries, texts)) and texts:
        titles = tuple(text.title[:LONGEST_TERM] for text in texts if text.lang in languages) or (texts[0].title,)
        yield Proposal(FixKind.SYNONYMS, article, terms, titles, lang, 0, of)
    wordings = tuple(dict.fromkeys(query.text[:LONGEST_TERM] for query in queries))[:MOST_TERMS]
    yield Proposal(FixKind.PIN, article, wordings, (), lang, 0, of)


def _strange_terms(analyzer: Analyzer, queries: Sequence[FailedQuery], texts: Sequence[Article]) -> tuple[str, ...]:
    """Return the longest run of words of each query that the article does not use in any language."""
    known = {token.lemma for text in texts for token in analyzer.tokens(_words_of(text))}
    runs = (_longest_run(query.text, analyzer.tokens(query.text), known) for query in queries)
    return tuple(dict.fromkeys(run for run in runs if run))[:MOST_TERMS]


def _words_of(article: Article) -> str:
    sections = (section.text for section in article.sections)
    headings = (heading for section in article.sections for heading in section.heading_path)
    return "\n".join((article.title, article.summary, *article.tags, *article.questions, *headings, *sections))


def _longest_run(text: str, tokens: Sequence[Token], known: set[str]) -> str:
    """Return the longest run of strange words as typed; empty where there is none."""
    best: tuple[int, int, int] = (0, 0, 0)
    run: list[Token] = []
    for token in tokens:
        if token.lemma in known or is_function_word(token):
            run = []
            continue
        run.append(token)
        best = max(best, (len(run), run[0].start, run[-1].end), key=lambda each: each[0])
    return text[best[1] : best[2]][:LONGEST_TERM]
