"""Character grams and the reuse of unchanged rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.parts.gram_index import GramIndex, build_gram_index, word_grams
from kb.language.analysis import NoLemmatizer, WordAnalyzer
from kb.model import Article
from tests.factories import make_article

ANALYZER = WordAnalyzer(NoLemmatizer())
ARTICLES = [
    make_article("password", text="Reset the password by e-mail."),
    make_article("refund", text="A refund takes three days."),
    make_article("delivery", text="Delivery in Riyadh takes a day."),
]


def _scores(directory: Path, word: str) -> list[float]:
    return [float(score) for score in GramIndex(directory).scores([(word, 1.0)])]


@pytest.mark.parametrize(
    ("word", "grams"),
    [("abc", ["_ab", "abc", "bc_", "_abc", "abc_"]), ("a", ["_a_"]), ("", [])],
)
def test_grams_know_the_boundaries_of_a_word(word: str, grams: list[str]) -> None:
    assert list(word_grams(word)) == grams


def test_a_monstrous_word_has_few_grams() -> None:
    assert len(list(word_grams("a" * 100_000))) < 200


def test_a_mistyped_word_finds_its_article(tmp_path: Path) -> None:
    build_gram_index(tmp_path, ARTICLES, ANALYZER)
    scores = _scores(tmp_path, "pasword")
    assert int(np.argmax(scores)) == 0
    assert scores[0] > 0.3 > max(scores[1:])


def test_unknown_letters_find_nothing(tmp_path: Path) -> None:
    build_gram_index(tmp_path, ARTICLES, ANALYZER)
    assert _scores(tmp_path, "xyzxyz") == [0, 0, 0]
    assert GramIndex(tmp_path).scores([]).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("changed", "reused"),
    [
        (ARTICLES, 3),
        (ARTICLES[::-1], 3),
        (ARTICLES[1:], 2),
        ([make_article("new", text="A new article about vouchers."), *ARTICLES], 3),
        ([ARTICLES[0], make_article("refund", text="Now it takes two days."), ARTICLES[2]], 2),
        ([replace(ARTICLES[0], asked_as=("a lost voucher",)), *ARTICLES[1:]], 2),
        ([], 0),
    ],
)
def test_reused_rows_equal_rebuilt_ones(tmp_path: Path, changed: list[Article], reused: int) -> None:
    build_gram_index(tmp_path / "old", ARTICLES, ANALYZER)
    assert build_gram_index(tmp_path / "new", changed, ANALYZER, tmp_path / "old") == reused
    build_gram_index(tmp_path / "fresh", changed, ANALYZER)
    fresh, new = GramIndex(tmp_path / "fresh"), GramIndex(tmp_path / "new")
    assert set(fresh.grams.terms) == set(new.grams.terms)
    for word in ("password", "refund", "voucher", "takes"):
        assert new.scores([(word, 1.0)]) == pytest.approx(fresh.scores([(word, 1.0)]))


def test_rows_of_another_analysis_are_not_reused(tmp_path: Path) -> None:
    class OtherLemmatizer(NoLemmatizer):
        fingerprint = "other"

    build_gram_index(tmp_path / "old", ARTICLES, WordAnalyzer(OtherLemmatizer()))
    assert build_gram_index(tmp_path / "new", ARTICLES, ANALYZER, tmp_path / "old") == 0
    assert build_gram_index(tmp_path / "newer", ARTICLES, ANALYZER, tmp_path / "missing") == 0


@pytest.mark.parametrize("content", ["{}", "no JSON", '{"analyser": "x", "digests": []}'])
def test_an_index_of_an_older_version_is_no_obstacle(tmp_path: Path, content: str) -> None:
    build_gram_index(tmp_path / "old", ARTICLES, ANALYZER)
    (tmp_path / "old" / "rows.json").write_text(content, "utf-8")
    assert build_gram_index(tmp_path / "new", ARTICLES, ANALYZER, tmp_path / "old") == 0
