"""Intervals of proportions."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.statistics.intervals import Proportion, newcombe, wilson


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    # Newcombe 1998, Two-sided confidence intervals for the single proportion, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_the_published_table(numerator: int, denominator: int, low: float, high: float) -> None:
    interval = wilson(numerator, denominator)

    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_newcombe_agrees_with_the_published_example() -> None:
    # Newcombe 1998, Interval estimation for the difference between independent proportions, table II, method 10
    interval = newcombe(Proportion(56, 70), Proportion(48, 80))

    assert (round(interval.low, 4), round(interval.high, 4)) == (0.0524, 0.3339)


@given(st.integers(0, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_proportion_lies_in_its_interval(counts: tuple[int, int]) -> None:
    numerator, denominator = counts
    interval = wilson(numerator, denominator)

    assert 0 <= interval.low <= interval.high <= 1
    if denominator:
        assert numerator / denominator in interval


def test_under_thirty_there_are_counts_only() -> None:
    assert Proportion(29, 29).rate is None
    assert Proportion(29, 29).interval is None
    assert Proportion(15, 30).rate == 0.5


def test_more_than_all_is_refused() -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        Proportion(2, 1)


def test_wilson_holds_the_truth_in_about_95_of_100_samples() -> None:
    chance = random.Random(1)
    held = sum(0.12 in wilson(sum(chance.random() < 0.12 for _ in range(200)), 200) for _ in range(1_000))

    assert 930 <= held <= 975
