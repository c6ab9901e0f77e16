"""What counts as one search."""

import pytest

from kb.model import Language
from kb.statistics.searches import searches_of
from tests.stories import Story

SECOND = 1 / 60


def test_keystrokes_are_one_search_with_the_last_query() -> None:
    story = Story()
    for second, query in enumerate(("pas", "Passw", "password  re", "password reset")):
        story.search(second * SECOND, query, results=second)

    (search,) = searches_of(story.events)

    assert (search.query, search.found_nothing) == ("password reset", False)


@pytest.mark.parametrize(
    ("seconds", "second_query", "searches"),
    [
        (30, "password reset", 1),
        (31, "password reset", 2),
        (5, "reset password", 2),
        (5, "pass", 2),
        (5, "password", 1),
    ],
)
def test_only_a_longer_query_within_30_seconds_continues_a_search(
    seconds: float, second_query: str, searches: int
) -> None:
    story = Story()
    story.search(0, "password")
    story.search(seconds * SECOND, second_query)

    assert len(searches_of(story.events)) == searches


def test_a_click_ends_the_keystrokes() -> None:
    story = Story()
    search = story.search(0, "pass")
    story.click(5 * SECOND, search)
    story.search(10 * SECOND, "password")

    assert [each.rank for each in searches_of(story.events)] == [1, None]


def test_the_result_opened_first_counts_not_the_best() -> None:
    story = Story()
    search = story.search(0)
    story.click(1, search, rank=4)
    story.click(2, search, rank=1)

    assert [each.rank for each in searches_of(story.events)] == [4]


def test_no_answer_is_found_nothing_even_with_nearest_results() -> None:
    story = Story()
    story.search(0, results=5, no_answer=True)
    story.search(10, "x", results=0)

    assert [each.found_nothing for each in searches_of(story.events)] == [True, True]


@pytest.mark.parametrize(("minutes", "reformulated"), [(5, True), (5.01, False)])
def test_another_query_soon_after_is_a_reformulation(minutes: float, reformulated: bool) -> None:
    story = Story(lang=Language.AR)
    story.search(0, "استرجاع")  # "refund"
    story.search(minutes, "ارجاع المبلغ")  # "returning the amount"

    assert [each.reformulated for each in searches_of(story.events)] == [reformulated, False]


def test_after_a_click_or_with_the_same_words_it_is_no_reformulation() -> None:
    story = Story()
    first = story.search(0, "one")
    story.click(1, first)
    story.search(2, "two")
    story.search(4, "Two")

    assert [each.reformulated for each in searches_of(story.events)] == [False, False, False]


def test_without_searches_there_is_nothing() -> None:
    assert searches_of([Story().view(0)]) == ()
