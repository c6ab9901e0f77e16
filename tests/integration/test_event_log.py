"""The event log on real databases."""

import threading
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from kb.events import (
    Arm,
    Channel,
    ChannelChosen,
    ContactOpened,
    Event,
    LinkId,
    LinkOpened,
    LinkSent,
    PersonWanted,
    ProblemSolved,
    Reason,
    SuggestionsShown,
    Survey,
    SurveyAnswered,
    TicketId,
    Traffic,
    Verdict,
)
from kb.storage.database import reading, writing
from kb.storage.event_log import EventLog, append_many, read_events
from kb.storage.event_rows import KINDS
from kb.storage.tables import events, votes
from tests.personal_data import personal_items, squeezed
from tests.stories import NOON, Story, seen


@pytest.fixture
def log(engine: Engine) -> Iterator[EventLog]:
    log = EventLog(engine)
    yield log
    log.close()


def one_of_each() -> list[Event]:
    story = Story()
    search = story.search(0, "reset", results=4, no_answer=True, rewritten=True)
    story.add(PersonWanted, 1, query="speak to a human")
    story.click(1, search, rank=2)
    view = story.view(2, search=search.id)
    story.vote(3, Verdict.UNHELPFUL, reason=Reason.UNCLEAR, comment="no", search=search.id)
    story.contact(4, Arm.HOLDOUT)
    story.typed(5)
    story.add(SuggestionsShown, 6, articles=(seen().key, seen("كتاب").key))
    story.suggestion(7, dwell_s=12)
    story.solved(8)
    story.add(ProblemSolved, 9, article=view.article)
    story.still_stuck(10)
    story.add(ChannelChosen, 11, chosen=Channel.WHATSAPP)
    story.ticket(12)
    story.add(LinkSent, 13, link=LinkId("l1"), article=seen())
    story.add(LinkOpened, 14, link=LinkId("l1"), article=seen())
    story.add(SurveyAnswered, 16, survey=Survey.SATISFACTION, score=4, ticket=TicketId("T1"))
    return list(story.events)


def count_rows(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(events)).scalar_one()


def test_every_kind_of_event_comes_back_as_it_was_appended(engine: Engine, log: EventLog) -> None:
    told = one_of_each()
    assert {type(event) for event in told} == set(KINDS.values())

    assert all(log.append(event) for event in told)
    log.flush()

    assert list(read_events(engine, NOON, NOON + timedelta(hours=1))) == told


def test_every_field_of_every_event_has_a_column() -> None:
    columns = set(events.columns.keys()) | {"origin", "article"}

    assert {each.name for kind in KINDS.values() for each in fields(kind)} <= columns


def test_the_same_event_twice_is_stored_once(engine: Engine, log: EventLog) -> None:
    story = Story()
    story.ticket(1)

    assert log.append(story.events[0])
    assert log.append(story.events[0])

    assert count_rows(engine) == 1


def test_a_vote_is_stored_when_append_returns(engine: Engine, log: EventLog) -> None:
    story = Story()

    assert log.append(story.vote(1, Verdict.HELPFUL))

    with reading(engine) as connection:
        assert connection.execute(select(votes.c.verdict)).scalars().all() == ["helpful"]


def test_a_changed_vote_replaces_the_old_one_and_a_late_copy_does_not(engine: Engine, log: EventLog) -> None:
    story = Story()
    first = story.vote(1, Verdict.HELPFUL)
    second = story.vote(2, Verdict.UNHELPFUL, reason=Reason.WRONG)

    for vote in (first, second, first):
        assert log.append(vote)

    with reading(engine) as connection:
        assert connection.execute(select(votes.c.verdict, votes.c.reason)).all() == [("unhelpful", "wrong")]


def test_votes_of_other_revisions_and_visitors_stand_beside_each_other(engine: Engine, log: EventLog) -> None:
    amal, omar = Story(), Story("omar")
    log.append(amal.vote(1, Verdict.HELPFUL))
    log.append(amal.vote(2, Verdict.HELPFUL, seen(revision="r2")))
    log.append(omar.vote(3, Verdict.HELPFUL))

    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(votes)).scalar_one() == 3


def test_personal_data_reaches_neither_rows_nor_files(tmp_path: Path, engine: Engine, log: EventLog) -> None:
    story = Story()
    items = personal_items(7, 1_000)
    for minute, item in enumerate(items):
        log.append(story.search(minute, item.text))
        if minute % 10 == 0:
            log.append(story.vote(minute, Verdict.UNHELPFUL, seen(f"a{minute}"), comment=item.text))
    log.close()

    with reading(engine) as connection:
        stored = connection.execute(select(func.coalesce(events.c.query, events.c.comment))).scalars().all()
    everything = "\n".join(squeezed(row) for row in stored)
    assert [item for item in items if item.core in everything] == []
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("log.db*"))
    assert [item for item in items if item.secret.encode() in raw] == []


@pytest.mark.parametrize("query", ["\ud800 broken", "nul\0", "x" * 100_000, ""])
def test_any_text_can_be_stored(engine: Engine, log: EventLog, query: str) -> None:
    log.append(Story().search(1, query))
    log.flush()

    assert count_rows(engine) == 1
    assert log.health.failed == 0


def test_a_failing_log_answers_no_and_raises_nothing(engine: Engine, log: EventLog) -> None:
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE votes"))

    assert log.append(Story().vote(1, Verdict.HELPFUL)) is False

    assert log.health.failed == 1
    assert count_rows(engine) == 0  # the event and the vote stand or fall together


def test_a_broken_row_does_not_take_its_batch_along(engine: Engine, log: EventLog) -> None:
    story = Story()
    for minute in range(5):
        log.append(story.search(minute))
    log.append(story.search(6, results=10**30))  # larger than any column
    log.flush()

    assert log.health.stored == 5
    assert log.health.failed == 1


def test_a_full_queue_drops_and_counts(engine: Engine) -> None:
    log = EventLog(engine, linger_s=0.2, queue_limit=10)
    story = Story()

    accepted = [log.append(story.search(minute)) for minute in range(100)]
    log.close()

    assert log.health.dropped == accepted.count(False) > 0
    assert log.health.stored == accepted.count(True) == count_rows(engine)


def test_threads_lose_nothing(engine: Engine, log: EventLog) -> None:
    def visit(visitor: str) -> None:
        story = Story(visitor)
        for minute in range(50):
            log.append(story.search(minute))
            log.append(story.vote(minute, Verdict.HELPFUL))

    threads = [threading.Thread(target=visit, args=(f"v{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.flush()

    assert count_rows(engine) == 800
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(votes)).scalar_one() == 8


def test_the_caller_may_record_in_its_own_transaction(engine: Engine, log: EventLog) -> None:
    with pytest.raises(RuntimeError), writing(engine) as connection:
        log.record_in(connection, Story().ticket(1))
        raise RuntimeError("the outbox failed")

    assert count_rows(engine) == 0


def test_many_events_are_imported_with_their_votes(engine: Engine) -> None:
    append_many(engine, one_of_each())
    append_many(engine, [])

    assert count_rows(engine) == len(one_of_each())
    with reading(engine) as connection:
        assert connection.execute(select(votes.c.reason)).scalar_one() == "unclear"


def test_a_bot_votes_in_vain(engine: Engine, log: EventLog) -> None:
    story = Story(traffic=Traffic.BOT)
    log.append(story.vote(1, Verdict.HELPFUL))

    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(votes)).scalar_one() == 0
    assert count_rows(engine) == 1


def test_contact_keeps_its_arm(engine: Engine, log: EventLog) -> None:
    log.append(Story().contact(1, Arm.HOLDOUT))
    log.flush()

    (event,) = read_events(engine, NOON, NOON + timedelta(hours=1))
    assert isinstance(event, ContactOpened)
    assert event.arm is Arm.HOLDOUT
