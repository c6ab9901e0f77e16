"""Which language version of an article is shown."""

from __future__ import annotations

from kb.model import ArticleId, ArticleKey, Language
from search.serving.fusion import Evidence, RankedArticle
from search.serving.grouping import group_translations


def fused(article_id: str, lang: Language, score: float) -> RankedArticle:
    key = ArticleKey(ArticleId(article_id), lang)
    return RankedArticle(key, score, {"words": score}, Evidence(key))


def test_the_readers_language_wins_among_translations_and_keeps_the_best_score() -> None:
    ranked = [fused("a", Language.EN, 0.9), fused("b", Language.AR, 0.8), fused("a", Language.AR, 0.5)]
    grouped = group_translations(ranked, Language.AR, lambda key: True)
    assert [(item.article.id, item.article.lang, item.score) for item in grouped] == [
        ("a", Language.AR, 0.9),
        ("b", Language.AR, 0.8),
    ]
    assert grouped[0].evidence.article.lang is Language.AR


def test_the_readers_version_is_shown_even_if_only_the_other_one_was_found() -> None:
    (grouped,) = group_translations([fused("a", Language.EN, 0.9)], Language.AR, lambda key: True)
    assert grouped.article.lang is Language.AR
    assert grouped.evidence.article.lang is Language.EN


def test_an_article_that_exists_only_in_the_other_language_is_shown() -> None:
    (grouped,) = group_translations([fused("a", Language.EN, 0.9)], Language.AR, lambda key: False)
    assert grouped.article.lang is Language.EN
