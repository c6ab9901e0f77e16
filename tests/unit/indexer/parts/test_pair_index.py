"""Pairs of words near each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.parts.pair_index import PairIndex, PairIndexWriter, pair_keys


def _key(first: int, second: int) -> int:
    (key,) = pair_keys([first, second]).tolist()
    return int(key)


def test_a_pair_is_two_different_words_at_most_two_apart_in_either_order() -> None:
    assert sorted(pair_keys([7, 8, 9, 10]).tolist()) == sorted(
        [_key(7, 8), _key(8, 9), _key(9, 10), _key(7, 9), _key(8, 10)]
    )
    assert _key(7, 8) == _key(8, 7)
    assert pair_keys([7, 7]).size == 0


@pytest.mark.parametrize("words", [[], [5], [-1, 5], [-1, -1, -1]])
def test_unknown_words_are_in_no_pair(words: list[int]) -> None:
    assert pair_keys(words).size == 0


def test_pairs_are_found_in_the_articles_that_hold_them(tmp_path: Path) -> None:
    writer = PairIndexWriter()
    writer.add([[1, 2]], [[3, 4], [5, 6]])
    writer.add([], [[1, 2, 3]])
    writer.add([], [])
    writer.write(tmp_path)
    index = PairIndex(tmp_path)
    rows, impacts = index.of(_key(1, 2))
    assert rows.tolist() == [0, 1]
    assert impacts[0] > impacts[1]
    assert index.of(_key(4, 5))[0].size == 0, "a pair must not cross passages"
    assert index.of(_key(98, 99))[0].size == 0


def test_an_empty_index_answers(tmp_path: Path) -> None:
    PairIndexWriter().write(tmp_path)
    assert PairIndex(tmp_path).of(_key(1, 2))[0].size == 0


def test_keys_of_large_vocabularies_stay_apart() -> None:
    words = np.arange(2**20, 2**20 + 50).tolist()
    keys = pair_keys(words)
    assert np.unique(keys).size == keys.size
