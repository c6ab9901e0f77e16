"""What editors decided, applied to queries: patterns matched by words in any inflection, synonyms put in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import permutations, product

from kb.curation.model import Match, ResultAction, ResultRule, Rules, SynonymKind, SynonymRule
from kb.language.normalise import fold
from kb.model import Language
from kb.ports import Analyzer
from search.serving.directions import MOST_VARIANTS, Directions

_PATTERNS_CACHED = 4_096


class EditorsCuration:
    """Answers from the rules in force at the moment of the query.

    Args:
        rules: Gives them; asked once a query.
        analyzer: Leads words back to their lemma.
    """

    def __init__(self, rules: Callable[[], Rules], analyzer: Analyzer) -> None:
        self._rules = rules
        self._analyzer = analyzer
        self._lemmas = lru_cache(maxsize=_PATTERNS_CACHED)(
            lambda text: frozenset(token.lemma for token in analyzer.tokens(text))
        )

    def directions(self, text: str, lang: Language) -> Directions:
        """Return what editors want for a query; see `Curation`."""
        rules = self._rules()
        fitting = [rule for rule in rules.results if rule.lang in (None, lang) and self._fits(rule, text)]
        pins = sorted(
            (rule for rule in fitting if rule.action is ResultAction.PIN),
            key=lambda rule: (rule.match is not Match.WHOLE, rule.position, rule.article),
        )
        return Directions(
            self._variants(text, [rule for rule in rules.synonyms if rule.lang in (None, lang)]),
            tuple(dict.fromkeys(rule.article for rule in pins)),
            frozenset(rule.article for rule in fitting if rule.action is ResultAction.HIDE),
            rules.stale,
        )

    def _variants(self, text: str, rules: Sequence[SynonymRule]) -> tuple[str, ...]:
        """Return other wordings of a query: each with one term in place of another, in the order of the rules."""
        tokens = self._analyzer.tokens(text)
        lemmas = [token.lemma for token in tokens]
        variants: dict[str, None] = {}
        for term, other in (pair for rule in rules for pair in _pairs(rule)):
            wanted = [token.lemma for token in self._analyzer.tokens(term)]
            for at in range(len(lemmas) - len(wanted) + 1 if wanted else 0):
                if lemmas[at : at + len(wanted)] == wanted:
                    variants[text[: tokens[at].start] + other + text[tokens[at + len(wanted) - 1].end :]] = None
        return tuple(variants)[:MOST_VARIANTS]

    def _fits(self, rule: ResultRule, text: str) -> bool:
        if rule.match is Match.WHOLE:
            return fold(text).split() == fold(rule.pattern).split()
        wanted = self._lemmas(rule.pattern)
        return bool(wanted) and wanted <= self._lemmas(text)


def _pairs(rule: SynonymRule) -> Iterator[tuple[str, str]]:
    """Return what may be replaced by what."""
    if rule.kind is SynonymKind.TWO_WAY:
        return permutations(rule.terms, 2)
    return product(rule.terms, rule.replacements)
