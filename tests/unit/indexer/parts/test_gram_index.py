"""Character grams: what is counted, and what it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.parts.article_words import analyse_article, field_texts
from indexer.parts.gram_index import FIELD_COPIES, GramIndex, GramIndexWriter, word_grams
from kb.language.analysis import NoLemmatizer, WordAnalyzer
from kb.model import Article
from tests.factories import make_article

ANALYZER = WordAnalyzer(NoLemmatizer())
ARTICLES = [
    make_article("password", text="Reset the password by e-mail."),
    make_article("refund", text="A refund takes three days."),
    make_article("delivery", text="Delivery in Riyadh takes a day."),
]


def written(directory: Path, articles: Sequence[Article]) -> GramIndex:
    writer = GramIndexWriter()
    for article in articles:
        writer.add(analyse_article(article, ANALYZER))
    writer.write(directory)
    return GramIndex(directory)


def scores(index: GramIndex, word: str) -> list[float]:
    return [float(score) for score in index.scores([(word, 1.0)])]


@pytest.mark.parametrize(
    ("word", "grams"),
    [("abc", ["_ab", "abc", "bc_", "_abc", "abc_"]), ("a", ["_a_"]), ("", [])],
)
def test_grams_know_the_boundaries_of_a_word(word: str, grams: list[str]) -> None:
    assert list(word_grams(word)) == grams


def test_a_monstrous_word_has_few_grams() -> None:
    assert len(list(word_grams("a" * 100_000))) < 200


def test_a_mistyped_word_finds_its_article(tmp_path: Path) -> None:
    found = scores(written(tmp_path, ARTICLES), "pasword")
    assert int(np.argmax(found)) == 0
    assert found[0] > 0.3 > max(found[1:])


def test_unknown_letters_find_nothing(tmp_path: Path) -> None:
    index = written(tmp_path, ARTICLES)
    assert scores(index, "xyzxyz") == [0, 0, 0]
    assert index.scores([]).tolist() == [0, 0, 0]


def test_every_gram_is_counted_as_often_as_it_stands_there_times_the_copies_of_its_field(tmp_path: Path) -> None:
    articles = [
        *ARTICLES,
        make_article("cards", title="Cards, cards", tags=("card",), questions=("Which card?",), asked_as=("my card",)),
    ]
    index = written(tmp_path, articles)

    for row, article in enumerate(articles):
        counted: Counter[str] = Counter()
        for field, copies in FIELD_COPIES.items():
            for text in field_texts(article)[field]:
                for token in ANALYZER.tokens(text):
                    for gram in word_grams(token.exact):
                        counted[gram] += copies
        stored = {gram: dict(zip(*map(list, index.grams.of(gram)), strict=True)).get(row) for gram in counted}
        assert stored == counted


def test_an_index_without_articles_answers(tmp_path: Path) -> None:
    assert written(tmp_path, []).scores([("password", 1.0)]).size == 0
