"""Editors' items and the evidence that opens them, on a real database."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine

from kb.clock import FixedClock
from kb.editing.evidence import (
    comments,
    contacted_articles,
    crossed_articles,
    disliked_articles,
    failed_queries,
    unhelpful_days,
)
from kb.editing.model import Change, ChangeKind, EditConflictError, Item, ItemId, QueryId, Queue, State, Subject
from kb.editing.store import LONGEST_NOTE, EditingStore
from kb.editing.vectors import store_vectors, stored_vectors
from kb.errors import UserError
from kb.events import Reason, Verdict
from kb.model import ArticleId, ArticleKey, Language
from kb.statistics.periods import Period, day_number
from kb.statistics.retention import prune
from kb.statistics.rollups import roll_up
from kb.storage.event_log import append_many
from tests.stories import NOON, Story, seen

DAY = NOON.date()
PERIOD = Period(DAY - timedelta(days=13), DAY + timedelta(days=14))
SUBJECT = Subject("12")


def tell(engine: Engine, clock: FixedClock, *stories: Story) -> None:
    append_many(engine, [event for story in stories for event in story.events])
    assert roll_up(engine, clock) is not None


def change(store: EditingStore, version: int, state: State = State.IN_WORK, **values: str) -> Item:
    wanted = Change(state, values.get("owner", ""), values.get("note", ""))
    return store.change(Queue.UNANSWERED, SUBJECT, wanted, version=version, by="reem", cases=5)


def test_an_item_keeps_state_owner_note_and_history(engine: Engine, clock: FixedClock) -> None:
    store = EditingStore(engine, clock)
    changed = change(store, 0, owner="reem", note="ask logistics")
    change(store, 1, State.DONE, owner="reem", note="ask logistics")

    item = store.item(Queue.UNANSWERED, SUBJECT)
    assert (item.id, item.state, item.owner, item.note, item.version) == (
        changed.id, State.DONE, "reem", "ask logistics", 2
    )  # fmt: skip
    assert [(entry.kind, entry.text) for entry in store.history(item)] == [
        (ChangeKind.STATE, "done"),
        (ChangeKind.NOTE, "ask logistics"),
        (ChangeKind.OWNER, "reem"),
        (ChangeKind.STATE, "in-work"),
    ]


@pytest.mark.parametrize("version", [0, 2])
def test_a_change_made_from_another_version_is_refused_and_changes_nothing(
    engine: Engine, clock: FixedClock, version: int
) -> None:
    store = EditingStore(engine, clock)
    change(store, 0, note="first")

    with pytest.raises(EditConflictError) as caught:
        change(store, version, note="second")

    assert caught.value.item.note == "first"
    assert store.item(Queue.UNANSWERED, SUBJECT).note == "first"


def test_a_note_that_is_too_long_is_refused(engine: Engine, clock: FixedClock) -> None:
    with pytest.raises(UserError):
        change(EditingStore(engine, clock), 0, note="x" * (LONGEST_NOTE + 1))


def test_a_fix_is_written_down_and_puts_the_item_in_work(engine: Engine, clock: FixedClock) -> None:
    store = EditingStore(engine, clock)
    item = store.record_fix(Queue.UNANSWERED, SUBJECT, "synonyms", by="reem", members=[QueryId(12), QueryId(15)])

    assert (item.state, item.owner) == (State.IN_WORK, "reem")
    assert store.items(Queue.UNANSWERED)[0].members == {12, 15}
    assert [entry.text for entry in store.history(item)] == ["synonyms"]


@pytest.mark.parametrize(
    ("state", "known", "after_closing", "reopened"),
    [
        (State.DONE, 40, 2, False),
        (State.DONE, 40, 3, True),
        (State.DECLINED, 40, 39, False),
        (State.DECLINED, 40, 40, True),
        (State.IN_WORK, 40, 99, False),
    ],
)
def test_new_evidence_opens_a_closed_item_again(
    state: State, known: int, after_closing: int, *, reopened: bool
) -> None:
    item = Item(ItemId("x"), Queue.UNANSWERED, SUBJECT, state, closed=DAY, closed_cases=known)
    closing = day_number(DAY)

    assert item.is_reopened_by({closing: 500, closing + 1: after_closing}) is reopened


def test_unanswered_queries_are_counted_by_day_and_those_found_are_not(engine: Engine, clock: FixedClock) -> None:
    lost, found = Story("a"), Story("b")
    lost.search(0, "bitcoin", results=0)
    lost.search(24 * 60, "bitcoin", results=4, no_answer=True)
    found.click(1, found.search(0, "password"))
    tell(engine, clock, lost, found)

    (query,) = failed_queries(engine, PERIOD, Queue.UNANSWERED)

    assert (query.text, query.searches, query.zero, query.visitors) == ("bitcoin", 2, 2, 1)
    assert query.days == {day_number(DAY): 1, day_number(DAY) + 1: 1}


def test_unopened_queries_know_reformulations_and_contacts_after_opening(engine: Engine, clock: FixedClock) -> None:
    tries, writes = Story("a"), Story("b")
    tries.search(0, "wallet")
    tries.search(2, "balance", results=0)
    writes.click(1, writes.search(0, "refund"))
    writes.ticket(5)
    tell(engine, clock, tries, writes)

    found = {query.text: query for query in failed_queries(engine, PERIOD, Queue.UNOPENED)}

    assert sorted(found) == ["refund", "wallet"]
    assert (found["wallet"].no_click, found["wallet"].reformulated) == (1, 1)
    assert (found["refund"].clicked, found["refund"].contacted) == (1, 1)


def test_articles_are_listed_for_votes_contacts_and_readers_of_the_other_language(
    engine: Engine, clock: FixedClock
) -> None:
    arabic = seen("pay-with-fawry", lang=Language.AR)
    reader = Story("a")
    search = reader.search(0, "fawry")
    reader.click(1, search, article=arabic)
    reader.view(1, arabic)
    reader.vote(2, Verdict.UNHELPFUL, arabic, reason=Reason.UNCLEAR, comment="which shop?")
    reader.ticket(3)
    tell(engine, clock, reader)
    key = ArticleKey(ArticleId("pay-with-fawry"), Language.AR)

    assert [(each.article, each.cases) for each in contacted_articles(engine, PERIOD)] == [(key, 1)]
    assert [(each.article, each.cases) for each in crossed_articles(engine, PERIOD)] == [(key, 1)]
    assert [(each.article, each.unhelpful) for each in disliked_articles(engine, PERIOD)] == [(key, 1)]
    assert unhelpful_days(engine, PERIOD) == {(key, "r1"): {day_number(DAY): 1}}
    assert [comment.text for comment in comments(engine, key, "r1")] == ["which shop?"]


def test_what_rare_queries_meant_is_forgotten_with_them(engine: Engine, clock: FixedClock) -> None:
    stories = [Story("a"), Story("b"), Story("c")]
    for story, query in zip(stories, ("my aunt's card", "wallet", "wallet"), strict=True):
        story.search(0, query, results=0)
    tell(engine, clock, *stories)
    found = failed_queries(engine, PERIOD, Queue.UNANSWERED)
    store_vectors(engine, "model", {query.id: np.ones(2, np.float32) for query in found})

    prune(engine, FixedClock(NOON + timedelta(days=60)), retention_days=30, k=2)

    kept = stored_vectors(engine, "model", [query.id for query in found])
    assert list(kept) == [query.id for query in found if query.text == "wallet"]


def test_what_readers_found_in_a_second_try_speaks_for_an_article(engine: Engine, clock: FixedClock) -> None:
    for visitor in ("a", "b"):
        reader = Story(visitor)
        reader.search(0, "hotline", results=0)
        reader.click(3, reader.search(2, "contact"), article=seen("contact-us"))
        append_many(engine, reader.events)
    late = Story("c")
    late.search(0, "hotline", results=0)
    late.click(30, late.search(29, "wallet"), article=seen("wallet"))
    tell(engine, clock, late)

    (query,) = failed_queries(engine, PERIOD, Queue.UNANSWERED)

    assert query.rescued == ((ArticleId("contact-us"), 2),)
