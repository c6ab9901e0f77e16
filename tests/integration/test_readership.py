"""What public pages ask of the log: the most read articles, and one visitor's present journey."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from kb.clock import FixedClock
from kb.events import EventId, Origin, Searched, VisitorKey
from kb.model import Language
from kb.storage.database import open_database, writing
from kb.storage.event_log import EventLog
from kb.storage.readership import FEWEST_VIEWS, REFRESHED, StoredHistory, StoredReadership
from kb.storage.tables import article_days

TODAY = (datetime(2026, 11, 21, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


def viewed(engine: Engine, article: str, views: int, day: int = TODAY, lang: str = "en") -> None:
    values = {"day": day, "article_id": article, "article_lang": lang, "category": "c", "lang": lang, "channel": "site"}
    with writing(engine) as connection:
        connection.execute(insert(article_days).values(**values, views=views))


def test_the_most_read_come_first_and_old_views_do_not_count(engine: Engine, clock: FixedClock) -> None:
    viewed(engine, "often", FEWEST_VIEWS, TODAY)
    viewed(engine, "often", FEWEST_VIEWS, TODAY - 3)
    viewed(engine, "sometimes", FEWEST_VIEWS + 1)
    viewed(engine, "once-famous", 10_000, TODAY - 60)
    viewed(engine, "arabic", 10_000, lang="ar")

    assert StoredReadership(engine, clock).most_read(Language.EN, 2) == ("often", "sometimes")


def test_too_few_views_say_nothing(engine: Engine, clock: FixedClock) -> None:
    viewed(engine, "often", FEWEST_VIEWS)
    viewed(engine, "hardly", FEWEST_VIEWS - 1)

    assert StoredReadership(engine, clock).most_read(Language.EN, 2) == ()


def test_the_answer_is_kept_for_a_while(engine: Engine, clock: FixedClock) -> None:
    readership = StoredReadership(engine, clock)
    assert readership.most_read(Language.EN, 1) == ()
    viewed(engine, "often", FEWEST_VIEWS)

    assert readership.most_read(Language.EN, 1) == ()
    clock.instant += REFRESHED + timedelta(seconds=1)
    assert readership.most_read(Language.EN, 1) == ("often",)


def test_a_failing_database_reads_as_nothing(engine: Engine, clock: FixedClock) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE article_days")
        connection.exec_driver_sql("DROP TABLE events")

    assert StoredReadership(engine, clock).most_read(Language.EN, 3) == ()
    assert StoredHistory(engine, clock).recent(VisitorKey("v")) == ()


def test_a_visitors_history_is_theirs_and_of_the_last_day(engine: Engine, clock: FixedClock) -> None:
    log = EventLog(engine, linger_s=0)
    for number, (visitor, hours) in enumerate([("v", 30), ("v", 3), ("other", 2), ("v", 1)]):
        origin, at = Origin(VisitorKey(visitor), Language.EN), clock.now() - timedelta(hours=hours)
        log.append(Searched(id=EventId(str(number)), at=at, origin=origin, query=f"q{number}", results=1))

    assert [event.id for event in StoredHistory(engine, clock).recent(VisitorKey("v"))] == ["1", "3"]
