"""Keeps one language version of each article: the reader's where there is one. Pure functions over values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from kb.model import ArticleId, ArticleKey, Language
from search.serving.fusion import RankedArticle


def group_translations(
    ranked: Iterable[RankedArticle], reader: Language, available: Callable[[ArticleKey], bool]
) -> tuple[RankedArticle, ...]:
    """Keep one version an article.

    Args:
        ranked: Language versions, best first.
        reader: Language that wins among translations.
        available: Whether a version exists and may be shown to this reader under the filters.

    Returns:
        One item an article, in the order of each article's best version.
    """
    versions: dict[ArticleId, list[RankedArticle]] = {}
    for item in ranked:
        versions.setdefault(item.article.id, []).append(item)
    return tuple(_shown(found, reader, available) for found in versions.values())


def _shown(found: list[RankedArticle], reader: Language, available: Callable[[ArticleKey], bool]) -> RankedArticle:
    best = found[0]
    wanted = ArticleKey(best.article.id, reader)
    own = next((item.evidence for item in found if item.article == wanted), None)
    if own is None and available(wanted):
        return replace(best, article=wanted)
    return replace(best, article=own.article, evidence=own) if own else best
