"""Kills a process that records votes and tickets, again and again, and looks whether anything confirmed is gone."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from kb.clock import SystemClock
from kb.events import (
    EventId,
    Origin,
    Searched,
    TicketId,
    TicketSent,
    Verdict,
    VisitorKey,
    Voted,
    random_event_id,
)
from kb.model import Language
from kb.storage.database import open_database, reading
from kb.storage.event_log import EventLog
from kb.storage.tables import events, votes
from scripts.simulation.visits import ARTICLES


@dataclass(frozen=True, slots=True)
class CrashReport:
    """What was found after all kills.

    Attributes:
        acknowledged: Votes and tickets whose storing was confirmed before a kill.
        lost: Of them, those that are not in the log.
        doubled: Votes of one visitor on one revision, or events of one id, that are there twice.
    """

    rounds: int
    acknowledged: int
    lost: int
    doubled: int


def kill_again_and_again(url: str, rounds: int, chance: random.Random) -> CrashReport:
    """Run and kill (-9) `rounds` recording processes on one database, then count.

    Args:
        url: SQLAlchemy URL; the database is made if it does not exist.
    """
    open_database(url).dispose()
    acknowledged: list[str] = []
    for _ in range(rounds):
        acknowledged += _one_round(url, 0.05 + 0.4 * chance.random())
    engine = open_database(url)
    with reading(engine) as connection:
        stored = Counter(connection.execute(select(events.c.id)).scalars())
        ballots = Counter(tuple(row) for row in connection.execute(select(votes.c.visitor, votes.c.article_id)))
    engine.dispose()
    doubled = sum(count > 1 for counts in (stored, ballots) for count in counts.values())
    return CrashReport(rounds, len(acknowledged), sum(event_id not in stored for event_id in acknowledged), doubled)


def _one_round(url: str, seconds: float) -> list[str]:
    receiving, sending = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=_record_forever, args=(url, sending), daemon=True)
    process.start()
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        lines = [pipe.readline()]  # the first confirmation: from here on it is under load
        time.sleep(seconds)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        lines += pipe.read().splitlines(keepends=True)
    return [line.decode("ascii").strip() for line in lines if line.endswith(b"\n")]


def _record_forever(url: str, pipe: int) -> None:
    log, clock = EventLog(open_database(url)), SystemClock()
    number = 0
    while True:
        number += 1
        at = clock.now() + timedelta(microseconds=number)
        # Every visitor votes twice on the same revision, so that a doubled vote would show.
        origin = Origin(VisitorKey(f"{os.getpid()}-{number // 2}"), Language.AR)
        log.append(Searched(id=random_event_id(), at=at, origin=origin, query="under load", results=3))
        for event_id in (_vote(log, at, origin), _ticket(log, at, origin)):
            if event_id is not None:
                os.write(pipe, f"{event_id}\n".encode("ascii"))


def _vote(log: EventLog, at: datetime, origin: Origin) -> EventId | None:
    vote = Voted(id=random_event_id(), at=at, origin=origin, article=ARTICLES[0], verdict=Verdict.HELPFUL)
    return vote.id if log.append(vote) else None


def _ticket(log: EventLog, at: datetime, origin: Origin) -> EventId | None:
    ticket = TicketSent(id=random_event_id(), at=at, origin=origin, ticket=TicketId(random_event_id()[:12]))
    return ticket.id if log.append(ticket) else None
