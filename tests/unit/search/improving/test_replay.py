"""A replay tells what readers opened and would lose or win."""

from __future__ import annotations

import pytest

from kb.curation.model import Decision, Match, ResultAction, ResultRule, RuleId, Rules
from kb.editing.past_queries import PastQuery
from kb.language.analysis import open_analyzer
from kb.model import ArticleId, Language
from search.improving.replay import Fate, replay
from search.serving.curation import EditorsCuration
from search.serving.ranking import Ranker
from search.serving.service import SearchService
from search.serving.snapshot import SnapshotHolder
from tests.factories import make_article
from tests.generations import NOON, publish

CARDS = ArticleId("gift-cards")
PAST = (
    PastQuery("gift cards", Language.EN, True, 5, ((CARDS, 3),)),
    PastQuery("parcel", Language.EN, True, 2, ((ArticleId("parcel"), 1),)),
    PastQuery("***", Language.EN, True, 1),
)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    analyzer = open_analyzer(None)
    articles = [make_article("gift-cards", text="They never expire."), make_article("parcel", text="Where it is.")]
    store = publish(tmp_path_factory.mktemp("index"), articles, analyzer=analyzer)
    return SearchService(SnapshotHolder(store, analyzer), Ranker(None))


def hiding(search: SearchService, article: ArticleId, pattern: str) -> SearchService:
    made = Decision("reem", NOON)
    rule = ResultRule(RuleId("x"), ResultAction.HIDE, pattern, Match.WORDS, None, article, 0, made)
    return search.directed_by(EditorsCuration(lambda: Rules(1, results=(rule,)), search.snapshot.analyzer))


def test_what_the_candidate_hides_is_lost_and_won_the_other_way_round(search: SearchService) -> None:
    without = hiding(search, CARDS, "gift")

    lost, won = replay(PAST, search, without), replay(PAST, without, search)

    assert [(each.fate, each.article, each.times) for each in lost.differences] == [(Fate.LOST, CARDS, 3)]
    assert (lost.lost, lost.won, won.lost, won.won) == (3, 0, 0, 3)
    assert (lost.differences[0].before, lost.differences[0].after) == (1, None)


def test_the_same_state_differs_in_nothing_and_unusable_queries_count_as_unanswered(search: SearchService) -> None:
    done: list[int] = []

    report = replay(PAST, search, search, done.append)

    assert (report.searches, report.openings, report.differences) == (8, 4, ())
    assert report.current == report.candidate
    assert report.current.on_first_page == 4
    assert report.current.unanswered >= 1
    assert done == [1, 2, 3]
