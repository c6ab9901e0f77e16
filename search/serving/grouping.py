"""Keeps one language version of each article: the reader's where there is one. Pure functions over values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kb.model import ArticleId, ArticleKey, Language
from search.serving.fusion import Evidence, Fused


@dataclass(frozen=True, slots=True)
class Grouped:
    """One article in the version that is shown.

    Attributes:
        article: The version to show.
        score: The best score of its versions.
        parts: Named contributions to that score.
        evidence: What was found about the shown version; about the version that was found if the shown one was not.
    """

    article: ArticleKey
    score: float
    parts: Mapping[str, float]
    evidence: Evidence


def group_translations(
    ranked: Iterable[Fused], reader: Language, available: Callable[[ArticleKey], bool]
) -> tuple[Grouped, ...]:
    """Keep one version an article.

    Args:
        ranked: Language versions, best first.
        reader: Language that wins among translations.
        available: Whether a version exists and may be shown to this reader under the filters.

    Returns:
        One item an article, in the order of each article's best version.
    """
    versions: dict[ArticleId, list[Fused]] = {}
    for item in ranked:
        versions.setdefault(item.evidence.article.id, []).append(item)
    return tuple(_shown(found, reader, available) for found in versions.values())


def _shown(found: list[Fused], reader: Language, available: Callable[[ArticleKey], bool]) -> Grouped:
    best = found[0]
    wanted = ArticleKey(best.evidence.article.id, reader)
    own = next((item.evidence for item in found if item.evidence.article == wanted), None)
    if own is None and available(wanted):
        return Grouped(wanted, best.score, best.parts, best.evidence)
    evidence = own or best.evidence
    return Grouped(evidence.article, best.score, best.parts, evidence)
