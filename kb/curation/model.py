"""The decisions of editors: values only, each with who made it, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from kb.model import ArticleId, Language

RuleId = NewType("RuleId", str)


class SynonymKind(StrEnum):
    """Whether terms stand for each other, or the first ones for the others only."""

    TWO_WAY = "two-way"
    ONE_WAY = "one-way"


class Match(StrEnum):
    """When a query fits the pattern of a rule; spelling forms and, for words, inflection do not matter."""

    WHOLE = "whole"
    WORDS = "words"


class ResultAction(StrEnum):
    """What a rule does with an article."""

    PIN = "pin"
    HIDE = "hide"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided something, when and why.

    Attributes:
        by: Login of the person.
        why: Their words; may be empty.
    """

    by: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class SynonymRule:
    """Terms that mean the same, in one language or across both.

    Attributes:
        terms: At least one; for two-way rules at least two that stand for each other.
        replacements: What one-way terms are also searched as; empty for two-way rules.
        lang: Language of the readers that the rule is for; None for both.
    """

    id: RuleId
    kind: SynonymKind
    terms: tuple[str, ...]
    replacements: tuple[str, ...]
    lang: Language | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class ResultRule:
    """An article that is put first or left out for queries of a pattern.

    Attributes:
        pattern: Words of the query.
        lang: Language of the readers that the rule is for; None for both.
        position: Place among the pins of a query, from 0; 0 for hidden ones.
    """

    id: RuleId
    action: ResultAction
    pattern: str
    match: Match
    lang: Language | None
    article: ArticleId
    position: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class Redirect:
    """An address of an article that leads to another article.

    Attributes:
        slug: The old last part of the address.
        article: Where it leads.
    """

    id: RuleId
    lang: Language
    slug: str
    article: ArticleId
    decision: Decision


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules in force.

    Attributes:
        version: Grows with every change.
        stale: The database cannot be asked; these are the last that were read.
    """

    version: int
    synonyms: tuple[SynonymRule, ...] = ()
    results: tuple[ResultRule, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    stale: bool = False
