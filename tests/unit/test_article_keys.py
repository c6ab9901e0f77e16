"""How an article is named in text."""

from __future__ import annotations

import pytest

from kb.model import ArticleId, ArticleKey, Language


def test_what_is_written_is_read_back() -> None:
    for lang in Language:
        key = ArticleKey(ArticleId("reset-password"), lang)
        assert ArticleKey.parse(str(key)) == key


@pytest.mark.parametrize("text", ["", "en", "en:", ":reset-password", "fr:reset-password", "reset-password:en"])
def test_what_names_no_article_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"article|Language"):
        ArticleKey.parse(text)
