"""Which articles pass filters."""

from __future__ import annotations

from datetime import date

import pytest

from kb.model import ArticleId, ArticleKey, Audience, Language
from kb.results import Filters
from search.serving.catalogue import Catalogue
from tests.factories import make_article

CATALOGUE = Catalogue(
    [
        make_article("a", tags=("x", "y"), updated=date(2026, 1, 1)).card,
        make_article("b", Language.AR, category="orders", owner="team").card,
        make_article("c", audience=Audience.INTERNAL).card,
    ]
)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), [True, True, False]),
        (Filters(audiences=frozenset(Audience)), [True, True, True]),
        (Filters(audiences=frozenset()), [False, False, False]),
        (Filters(tag="y"), [True, False, False]),
        (Filters(category="orders", owner="team", lang=Language.AR), [False, True, False]),
        (Filters(updated_from=date(2026, 1, 1), updated_to=date(2026, 1, 1)), [True, False, False]),
        (Filters(tag="y", category="orders"), [False, False, False]),
    ],
)
def test_every_condition_must_hold(filters: Filters, expected: list[bool]) -> None:
    assert CATALOGUE.passing(filters).tolist() == expected


def test_the_answer_for_the_same_filters_is_kept_and_cannot_be_changed() -> None:
    mask = CATALOGUE.passing(Filters())
    assert CATALOGUE.passing(Filters()) is mask
    with pytest.raises(ValueError, match="read-only"):
        mask[0] = False


def test_an_article_that_does_not_exist_passes_nothing() -> None:
    gone = ArticleKey(ArticleId("gone"), Language.EN)
    assert CATALOGUE.card(gone) is None
    assert not CATALOGUE.passes(gone, Filters())
