"""Queries that mean the same come together; the result depends on nothing but the queries."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.model import ArticleId, Language
from search.improving.anchors import Anchors
from search.improving.clustering import group_queries, shared_words

EN, AR = Language.EN, Language.AR
WORDS = st.lists(st.frozensets(st.sampled_from("abcdefg"), max_size=3), max_size=12)


def test_no_queries_make_no_groups() -> None:
    assert group_queries([], [], None) == ()


def test_queries_with_the_same_words_come_together_without_vectors() -> None:
    words = [frozenset({"bitcoin"}), frozenset({"job"}), frozenset({"bitcoin"})]
    assert group_queries(words, [EN, EN, EN], None) == ((0, 2), (1,))


def test_queries_of_both_languages_come_together_by_meaning() -> None:
    words = [frozenset({word}) for word in ("bitcoin", "job", "بيتكوين", "وظيفة")]  # bitcoin, job
    vectors = np.array([[1, 0, 0], [0, 1, 0], [0.9, 0.1, 0.4], [0.1, 0.9, 0.4]], np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert group_queries(words, [EN, EN, AR, AR], vectors) == ((0, 2), (1, 3))


def test_queries_whose_vectors_are_not_known_yet_are_grouped_by_words() -> None:
    words = [frozenset({"bitcoin", "pay"}), frozenset({"bitcoin", "pay"}), frozenset({"job"})]
    assert group_queries(words, [EN] * 3, np.zeros((3, 4), np.float32)) == ((0, 1), (2,))


def test_second_tries_bring_together_and_keep_apart() -> None:
    words = [frozenset({"stars"}), frozenset({"rewards"}), frozenset({"نجوم"})]  # stars
    vectors = np.array([[1, 0, 0], [0.4, 0.9165, 0], [0.4, 0, 0.9165]], np.float32)
    points, wallet = ((ArticleId("points"), 3),), ((ArticleId("wallet"), 3),)
    langs = [EN, EN, AR]
    assert group_queries(words, langs, vectors, None, [points, points, points]) == ((0, 1, 2),)
    assert group_queries(words, langs, vectors, None, [points, points, wallet]) == ((0, 1), (2,))


def test_queries_near_the_same_article_come_together_and_what_is_near_none_does_not() -> None:
    vectors = np.eye(4, dtype=np.float32)
    vectors[1] = [0.3, 0.9, 0.3, 0.1]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    nearness = np.array([[5.0, -9.0], [5.0, -9.0], [-9.0, -9.0], [-9.0, -9.0]])
    anchors = Anchors((ArticleId("points"), ArticleId("wallet")), nearness)
    words = [frozenset({word}) for word in ("stars", "rewards", "job", "bitcoin")]
    near_none = Anchors(anchors.articles, np.full((4, 2), -9.0))
    assert group_queries(words, [EN] * 4, vectors, anchors) == ((0, 1), (2,), (3,))
    assert group_queries(words, [EN] * 4, vectors, near_none) == ((0,), (1,), (2,), (3,))


def test_rare_words_weigh_more_than_common_ones() -> None:
    shared = shared_words([frozenset("ax"), frozenset("ay"), frozenset("az"), frozenset("ax")])
    assert shared[0, 3] > shared[0, 1] > 0


@given(WORDS)
def test_every_query_is_in_exactly_one_group(words: list[frozenset[str]]) -> None:
    langs = [AR if place % 2 else EN for place in range(len(words))]
    groups = group_queries(words, langs, None)
    assert sorted(place for group in groups for place in group) == list(range(len(words)))
    assert groups == group_queries(words, langs, None)
