"""Tickets on their way: stored once, delivered at least once, tried later, given up visibly, forgotten in time."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from kb.cli import kb as command_line
from kb.clock import FixedClock, SystemClock
from kb.contact.delivery import DeliveryError, DeliveryRefusedError
from kb.contact.dispatch import ATTEMPTS, Dispatcher, DispatchReport, OutboxWorker, delay_after
from kb.contact.model import DeliveryState, Part, Ticket, TicketDraft, Trail
from kb.contact.outbox import LEASE, Outbox
from kb.contact.tables import tickets as ticket_table
from kb.contact.tickets import QUARTER, Tickets, find_ticket, forget_tickets
from kb.events import Origin, Traffic, VisitorKey
from kb.model import Language
from kb.storage.database import open_database, reading
from kb.storage.event_log import EventLog
from kb.storage.event_rows import instant_from_microseconds
from kb.storage.tables import events

READER = Origin(VisitorKey("v1"), Language.EN)


def draft(form: str = "form-1") -> TicketDraft:
    return TicketDraft(form, Language.EN, "Reem", "reem@example.com", "Late parcel", "It has not come.")


@dataclass
class Recorder:
    """An outlet that does what it is told."""

    fails: list[DeliveryError] = field(default_factory=list)
    delivered: list[Ticket] = field(default_factory=list)

    def deliver(self, ticket: Ticket) -> str:
        if self.fails:
            raise self.fails.pop(0)
        self.delivered.append(ticket)
        return f"remote-{ticket.reference}"


@pytest.fixture(params=["engine", pytest.param("postgres", marks=pytest.mark.slow)], ids=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Engine:
    """Each of the two databases: what holds here is the contract of tickets and outbox."""
    opened: Engine = request.getfixturevalue(request.param)
    return opened


@pytest.fixture
def tickets(database: Engine, clock: FixedClock) -> Tickets:
    return Tickets(database, clock, EventLog(database, linger_s=0))


@pytest.fixture
def outlet() -> Recorder:
    return Recorder()


@pytest.fixture
def dispatcher(database: Engine, clock: FixedClock, outlet: Recorder) -> Dispatcher:
    return Dispatcher(Outbox(database), outlet, clock)


def test_a_ticket_its_delivery_and_its_event_are_stored_together(database: Engine, tickets: Tickets) -> None:
    first, again = (tickets.submit(draft(), READER) for _ in range(2))

    assert (first.repeated, again.repeated) == (False, True)
    assert first.ticket == again.ticket
    with reading(database) as connection:
        assert connection.execute(select(events.c.kind)).scalars().all() == ["ticket_sent"]
    assert Outbox(database).counts()[DeliveryState.WAITING] == 1


def test_nothing_is_stored_if_the_event_cannot_be(database: Engine, tickets: Tickets) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE events")

    with pytest.raises(Exception, match="events"):
        tickets.submit(draft(), READER)

    with reading(database) as connection:
        assert connection.execute(select(ticket_table)).all() == []


def test_what_is_due_is_delivered_once(
    database: Engine, tickets: Tickets, dispatcher: Dispatcher, outlet: Recorder
) -> None:
    made = [tickets.submit(draft(f"form-{number}"), READER).ticket for number in range(3)]

    assert dispatcher.run_once() == DispatchReport(delivered=3)
    assert dispatcher.run_once() == DispatchReport()
    assert sorted(each.id for each in outlet.delivered) == sorted(each.id for each in made)
    assert {entry.remote for entry in Outbox(database).entries()} == {f"remote-{each.reference}" for each in made}


def test_a_failed_delivery_is_tried_later_and_later(
    tickets: Tickets, dispatcher: Dispatcher, outlet: Recorder, clock: FixedClock
) -> None:
    tickets.submit(draft(), READER)
    outlet.fails = [DeliveryError("down"), DeliveryError("down")]

    for wait in (0, 29, 1, 59, 1):
        clock.instant += timedelta(seconds=wait)
        dispatcher.run_once()

    assert len(outlet.delivered) == 1
    assert outlet.fails == []


def test_a_receiver_that_names_a_time_is_not_asked_before(
    database: Engine, tickets: Tickets, dispatcher: Dispatcher, outlet: Recorder, clock: FixedClock
) -> None:
    tickets.submit(draft(), READER)
    outlet.fails = [DeliveryError("busy", timedelta(hours=2))]

    dispatcher.run_once()

    assert Outbox(database).entries()[0].due == clock.now() + timedelta(hours=2)


def test_a_ticket_that_never_arrives_is_given_up_and_can_be_revived(
    database: Engine, tickets: Tickets, dispatcher: Dispatcher, outlet: Recorder, clock: FixedClock
) -> None:
    tickets.submit(draft(), READER)
    outlet.fails = [DeliveryError("call 0551234567, down")] * ATTEMPTS
    for attempt in range(1, ATTEMPTS + 1):
        dispatcher.run_once()
        clock.instant += delay_after(attempt)

    (entry,) = Outbox(database).entries()
    assert (entry.state, entry.attempts) == (DeliveryState.DEAD, ATTEMPTS)
    assert "0551234567" not in entry.error
    assert Outbox(database).revive(clock.now()) == 1
    assert dispatcher.run_once() == DispatchReport(delivered=1)


def test_a_refused_ticket_is_given_up_at_once(
    database: Engine, tickets: Tickets, dispatcher: Dispatcher, outlet: Recorder
) -> None:
    tickets.submit(draft(), READER)
    outlet.fails = [DeliveryRefusedError("422")]

    assert dispatcher.run_once() == DispatchReport(dead=1)


def test_the_delays_double_up_to_six_hours() -> None:
    assert [delay_after(attempt) for attempt in (1, 2, 3)] == [timedelta(seconds=each) for each in (30, 60, 120)]
    assert delay_after(12) == delay_after(10_000) == timedelta(hours=6)


def test_two_processes_do_not_deliver_the_same_ticket(database: Engine, tickets: Tickets, clock: FixedClock) -> None:
    tickets.submit(draft(), READER)
    one, other = Outbox(database), Outbox(database)

    assert one.lease(clock.now(), clock.now()) is not None
    assert other.lease(clock.now(), clock.now()) is None


def test_a_delivery_that_a_dead_process_left_is_taken_over(
    database: Engine, tickets: Tickets, dispatcher: Dispatcher, outlet: Recorder, clock: FixedClock
) -> None:
    tickets.submit(draft(), READER)
    Outbox(database).lease(clock.now(), clock.now())
    dispatcher.run_once()
    assert outlet.delivered == []

    clock.instant += LEASE
    dispatcher.run_once()

    assert len(outlet.delivered) == 1


def test_delivered_tickets_are_forgotten_after_their_time_and_others_are_not(
    database: Engine, tickets: Tickets, dispatcher: Dispatcher, outlet: Recorder, clock: FixedClock
) -> None:
    delivered = tickets.submit(draft("a"), READER).ticket
    dispatcher.run_once()
    waiting = tickets.submit(draft("b"), READER).ticket

    clock.instant += timedelta(days=31)
    assert forget_tickets(database, clock.now(), timedelta(days=30)) == 1
    assert forget_tickets(database, clock.now(), timedelta(days=30)) == 0

    forgotten, kept = find_ticket(database, delivered.id), find_ticket(database, waiting.id)
    assert forgotten is not None
    assert kept == waiting
    assert (forgotten.draft.email, forgotten.draft.message, forgotten.reference) == ("", "", delivered.reference)
    with reading(database) as connection:
        assert len(connection.execute(select(events).where(events.c.kind == "ticket_sent")).all()) == 2


def test_the_worker_delivers_by_itself_and_ends_when_told(database: Engine, tickets: Tickets, outlet: Recorder) -> None:
    forgotten: list[object] = []
    clock = SystemClock()
    worker = OutboxWorker(Dispatcher(Outbox(database), outlet, clock), clock, forgotten.append, interval_s=0.05)
    tickets.submit(draft(), READER)

    worker.start()
    deadline = time.monotonic() + 10
    while not outlet.delivered and time.monotonic() < deadline:
        time.sleep(0.01)
    worker.close()

    assert len(outlet.delivered) == 1
    assert len(forgotten) == 1


_KILLED_SENDERS = """
import os, signal, sys
from itertools import count
from kb.clock import SystemClock
from kb.contact.model import TicketDraft
from kb.events import Origin, Traffic, VisitorKey
from kb.model import Language
from kb.storage.database import open_database
from kb.storage.event_log import EventLog
from kb.contact.tickets import Tickets

url, kills = sys.argv[1], int(sys.argv[2])

def send_for_ever(turn, acknowledgements):
    engine = open_database(url)
    tickets = Tickets(engine, SystemClock(), EventLog(engine))
    for number in count():
        form = f"{turn}-{number}"
        draft = TicketDraft(form, Language.EN, "", "a@b.example", "s", "m")
        tickets.submit(draft, Origin(VisitorKey("v"), Language.EN))
        os.write(acknowledgements, f"{form}\\n".encode())

open_database(url).dispose()  # loads everything once, before the forks
for turn in range(kills):
    received, given = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(received)
        send_for_ever(turn, given)
    os.close(given)
    with open(received) as pipe:
        for _ in range(1 + turn % 7):
            print(pipe.readline().strip())
        os.kill(child, signal.SIGKILL)
        print(pipe.read().strip())
    os.waitpid(child, 0)
"""


def test_no_acknowledged_ticket_is_lost_or_doubled_by_killing_its_process_fifty_times(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dalil.db'}"

    command = [sys.executable, "-c", _KILLED_SENDERS, url, "50"]
    acknowledged = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    engine = open_database(url)
    with reading(engine) as connection:
        stored = connection.execute(select(ticket_table.c.form)).scalars().all()
        sent = connection.execute(select(events.c.id).where(events.c.kind == "ticket_sent")).scalars().all()
    waiting = Outbox(engine).counts()[DeliveryState.WAITING]
    engine.dispose()

    assert len(acknowledged) >= 50
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored)) == len(set(sent)) == len(sent) == waiting


def test_the_command_line_lists_shows_delivers_and_revives(
    tmp_path: Path, database: Engine, tickets: Tickets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("KB_DATABASE_URL", database.url.render_as_string(hide_password=False))
    ticket = tickets.submit(draft(), READER).ticket

    def run(*words: str) -> str:
        result = CliRunner().invoke(command_line, ["outbox", *words], catch_exceptions=False)
        return result.output

    assert ticket.reference in run("list")
    assert "reem@example.com" not in run("list")
    assert "It has not come." in run("show", ticket.reference.lower())
    assert run("run") == "1 delivered, 0 postponed, 0 given up.\n"
    assert "delivered" in run("list")
    assert run("retry") == "To be tried again: 0.\n"


def test_a_ticket_sent_counts_for_the_statistics(database: Engine, tickets: Tickets) -> None:
    made = tickets.submit(draft(), READER).ticket

    with reading(database) as connection:
        (row,) = connection.execute(select(events)).all()
    assert (row.visitor, row.traffic) == ("v1", "reader")
    assert timedelta(0) <= instant_from_microseconds(row.at) - made.at < QUARTER


def test_only_who_agreed_can_be_found_by_their_ticket(database: Engine, tickets: Tickets) -> None:
    silent = tickets.submit(draft("f1"), READER).ticket
    agreed = tickets.submit(replace(draft("f2"), trail=Trail(("lost parcel",), ())), READER).ticket

    with reading(database) as connection:
        rows = connection.execute(select(events).order_by(events.c.seq)).all()
    assert [row.ticket for row in rows] == [None, agreed.id]
    assert not [row for row in rows if silent.id[:8] in str(tuple(row))]


def test_a_receipt_is_delivered_beside_the_ticket_and_neither_waits_for_the_other(
    database: Engine, clock: FixedClock, outlet: Recorder
) -> None:
    receipts = Recorder(fails=[DeliveryRefusedError("550")])
    tickets = Tickets(database, clock, EventLog(database, linger_s=0), parts=tuple(Part))
    dispatcher = Dispatcher(Outbox(database), outlet, clock, receipts)
    made = tickets.submit(draft(), READER).ticket

    assert dispatcher.run_once() == DispatchReport(delivered=1, dead=1)
    assert outlet.delivered == [made]
    assert Outbox(database).counts() == {DeliveryState.WAITING: 0, DeliveryState.DELIVERED: 1, DeliveryState.DEAD: 0}
    assert Outbox(database).revive(clock.now()) == 1
    assert dispatcher.run_once() == DispatchReport(delivered=1)
    assert (outlet.delivered, receipts.delivered) == ([made], [made])


def test_a_program_that_sends_a_ticket_gets_no_receipt(database: Engine, clock: FixedClock) -> None:
    tickets = Tickets(database, clock, EventLog(database, linger_s=0), parts=tuple(Part))
    tickets.submit(draft(), Origin(VisitorKey("v1"), Language.EN, Traffic.BOT))

    assert [entry.part for entry in Outbox(database).entries()] == [Part.TICKET]
