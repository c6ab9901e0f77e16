"""What goes wrong with a ticket goes wrong with it alone: its try counts, others arrive, old ones are forgotten."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, delete, select, update

from kb.cli import kb as command_line
from kb.clock import FixedClock, SystemClock
from kb.contact.delivery import DeliveryError, DeliverySkippedError
from kb.contact.dispatch import ATTEMPTS, Dispatcher, DispatchReport, OutboxWorker, delay_after
from kb.contact.http import DEADLINE_S as HTTP_DEADLINE_S
from kb.contact.model import DeliveryState, Part, Ticket, TicketDraft
from kb.contact.outbox import LEASE, SKEW, Outbox
from kb.contact.receipts import StoredReceiptPace
from kb.contact.smtp import DEADLINE_S as SMTP_DEADLINE_S
from kb.contact.tables import outbox as deliveries
from kb.contact.tables import receipt_claims
from kb.contact.tables import tickets as ticket_table
from kb.contact.tickets import Tickets, forget_tickets
from kb.errors import UserError
from kb.events import Origin, TicketId, VisitorKey
from kb.model import Language
from kb.storage.database import reading, writing
from kb.storage.event_log import EventLog

READER = Origin(VisitorKey("v1"), Language.EN)
SECRET = "salma@shop.example"


@dataclass
class Outlet:
    """An outlet that fails for the tickets of some forms, in a way of choice."""

    fails: dict[str, Exception] = field(default_factory=dict)
    while_busy: Callable[[], object] = lambda: None
    delivered: list[Ticket] = field(default_factory=list)

    def deliver(self, ticket: Ticket) -> str:
        self.while_busy()
        if error := self.fails.get(ticket.draft.form):
            raise error
        self.delivered.append(ticket)
        return ""

    @property
    def forms(self) -> list[str]:
        return [ticket.draft.form for ticket in self.delivered]


@pytest.fixture(params=["engine", pytest.param("postgres", marks=pytest.mark.slow)], ids=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Engine:
    """Each of the two databases."""
    opened: Engine = request.getfixturevalue(request.param)
    return opened


def send(
    database: Engine, clock: FixedClock | SystemClock, *forms: str, parts: tuple[Part, ...] = (Part.TICKET,)
) -> None:
    tickets = Tickets(database, clock, EventLog(database, linger_s=0), parts=parts)
    for form in forms:
        tickets.submit(TicketDraft(form, Language.EN, "Salma", SECRET, "Late parcel", "It has not come."), READER)


FAULTS = (
    ValueError(f"bad address {SECRET}"),
    IndexError("list index out of range"),
    UnicodeEncodeError("ascii", SECRET, 0, 1, "ordinal not in range"),
    RecursionError("too deep"),
    MemoryError(),
    AssertionError(f"{SECRET}\x00"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_any_fault_is_a_failed_try_of_its_ticket_and_others_arrive(
    database: Engine, clock: FixedClock, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    send(database, clock, *(f"bad-{number}" for number in range(4)), "good")
    outlet = Outlet({f"bad-{number}": fault for number in range(4)})

    with caplog.at_level(logging.INFO):
        report = Dispatcher(Outbox(database), outlet, clock).run_once()

    assert report == DispatchReport(delivered=1, postponed=4)
    assert outlet.forms == ["good"]
    failed = [entry for entry in Outbox(database).entries() if entry.state is DeliveryState.WAITING]
    assert {entry.attempts for entry in failed} == {1}
    assert all(type(fault).__name__ in entry.error and "dispatch.py:" in entry.error for entry in failed)
    assert SECRET not in caplog.text
    assert not any(SECRET in entry.error for entry in failed)


def test_a_fault_that_stays_is_given_up_with_its_reason(database: Engine, clock: FixedClock) -> None:
    send(database, clock, "bad")
    dispatcher = Dispatcher(Outbox(database), Outlet({"bad": KeyError("id")}), clock)
    for attempt in range(1, ATTEMPTS + 1):
        dispatcher.run_once()
        clock.instant += delay_after(attempt)

    (entry,) = Outbox(database).entries()
    assert (entry.state, entry.attempts) == (DeliveryState.DEAD, ATTEMPTS)
    assert "KeyError" in entry.error


@pytest.mark.parametrize("damage", ["language", "trail", "row"])
def test_a_ticket_that_cannot_be_read_does_not_hold_up_others(database: Engine, clock: FixedClock, damage: str) -> None:
    send(database, clock, "bad", "good")
    is_bad = ticket_table.c.form == "bad"
    with writing(database) as connection:
        if damage == "row":
            connection.execute(delete(ticket_table).where(is_bad))
        else:
            values = {"lang": "xx"} if damage == "language" else {"trail": "{not json"}
            connection.execute(update(ticket_table).where(is_bad).values(**values))
    outlet = Outlet()

    assert Dispatcher(Outbox(database), outlet, clock).run_once() == DispatchReport(delivered=1, postponed=1)
    assert outlet.forms == ["good"]
    assert len(Outbox(database).entries()) == 2


def test_a_ticket_whose_deliveries_end_their_process_is_given_up(database: Engine, clock: FixedClock) -> None:
    send(database, clock, "bad", "good")
    queue, outlet = Outbox(database), Outlet()
    for _ in range(ATTEMPTS):
        assert queue.lease(clock.now(), clock.now()) is not None  # and the process is killed
        with writing(database) as connection:  # the other one waits
            connection.execute(update(deliveries).where(deliveries.c.attempts == 0).values(due=2**60))
        clock.instant += LEASE
    with writing(database) as connection:
        connection.execute(update(deliveries).where(deliveries.c.attempts == 0).values(due=0))

    report = Dispatcher(queue, outlet, clock).run_once()

    assert report == DispatchReport(delivered=1, dead=1)
    assert "cut short" in next(entry for entry in queue.entries() if entry.state is DeliveryState.DEAD).error


def test_sixty_poisoned_tickets_do_not_delay_an_innocent_one(database: Engine, clock: FixedClock) -> None:
    send(database, clock, *(f"bad-{number}" for number in range(60)), "good")
    outlet = Outlet({f"bad-{number}": IndexError() for number in range(60)})

    assert Dispatcher(Outbox(database), outlet, clock).run_once() == DispatchReport(delivered=1, postponed=60)


def test_a_lease_runs_from_its_delivery_so_that_slow_rounds_deliver_nothing_twice(
    database: Engine, clock: FixedClock
) -> None:
    send(database, clock, *(f"form-{number:02}" for number in range(12)))
    other = Outlet()

    def pass_time() -> None:
        """While one delivery takes a minute, another process looks for something to do."""
        clock.instant += timedelta(minutes=1)
        leased = Outbox(database).lease(clock.now(), clock.now())
        if leased is not None:
            other.deliver(Outbox(database).ticket(leased))
            Outbox(database).delivered(leased, clock.now(), "")

    slow = Outlet(while_busy=pass_time)
    Dispatcher(Outbox(database), slow, clock).run_once()

    assert sorted(slow.forms + other.forms) == [f"form-{number:02}" for number in range(12)]


def test_two_workers_deliver_each_ticket_once(engine: Engine) -> None:
    send(engine, SystemClock(), *(f"form-{number}" for number in range(12)))
    outlet = Outlet()
    workers = [threading.Thread(target=Dispatcher(Outbox(engine), outlet, SystemClock()).run_once) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(outlet.forms) == sorted(f"form-{number}" for number in range(12))


def test_a_lease_outlasts_every_delivery() -> None:
    assert timedelta(seconds=2 * max(HTTP_DEADLINE_S, SMTP_DEADLINE_S)) < LEASE


@pytest.mark.parametrize(
    "ahead", [timedelta(minutes=20), timedelta(hours=7), timedelta(days=30), timedelta(days=4_000)]
)
def test_what_waits_while_the_clock_is_ahead_is_tried_when_it_has_been_set_back(
    database: Engine, clock: FixedClock, ahead: timedelta
) -> None:
    now = clock.instant
    clock.instant = now + ahead
    send(database, clock, "failed", "new")
    outlet = Outlet({"failed": DeliveryError("down", timedelta(hours=20)), "new": DeliveryError("down")})
    dispatcher = Dispatcher(Outbox(database), outlet, clock)
    dispatcher.run_once()
    send(database, clock, "never tried", "killed")
    assert Outbox(database).lease(clock.now(), clock.now()) is not None  # its process is killed

    clock.instant = now
    outlet.fails.clear()
    dispatcher.run_once()

    assert sorted(outlet.forms) == ["failed", "killed", "never tried", "new"]


def test_clocks_that_differ_a_little_neither_hurry_nor_steal(database: Engine, clock: FixedClock) -> None:
    now = clock.instant
    clock.instant = now + SKEW / 2
    send(database, clock, "failed", "held")
    outlet = Outlet({"failed": DeliveryError("down")})
    dispatcher = Dispatcher(Outbox(database), outlet, clock)
    while "held" not in outlet.forms:
        dispatcher.run_once()
    send(database, clock, "leased")
    Outbox(database).lease(clock.now(), clock.now())

    clock.instant = now
    outlet.fails.clear()
    dispatcher.run_once()

    assert outlet.forms == ["held"]


def test_waiting_and_given_up_tickets_can_be_pushed_all_or_by_name(database: Engine, clock: FixedClock) -> None:
    send(database, clock, "one", "two")
    outlet = Outlet({"one": DeliveryError("down"), "two": DeliveryError("down")})
    queue = Outbox(database)
    dispatcher = Dispatcher(queue, outlet, clock)
    dispatcher.run_once()
    outlet.fails.clear()
    assert dispatcher.run_once() == DispatchReport()

    first = next(entry for entry in queue.entries())
    assert queue.revive(clock.now(), first.ticket) == 1
    assert dispatcher.run_once() == DispatchReport(delivered=1)
    assert queue.revive(clock.now()) == 1
    assert dispatcher.run_once() == DispatchReport(delivered=1)
    assert queue.revive(clock.now()) == 0


def test_what_is_being_delivered_is_not_pushed(database: Engine, clock: FixedClock) -> None:
    send(database, clock, "one")
    queue = Outbox(database)
    queue.lease(clock.now(), clock.now())

    assert queue.revive(clock.now()) == 0
    assert queue.revive(clock.now() - timedelta(days=30)) == 1  # unless the lease is of a clock that was ahead


def test_a_worker_forgets_though_deliveries_fail_and_delivers_though_forgetting_fails(engine: Engine) -> None:
    clock, outlet, asked = SystemClock(), Outlet(), threading.Event()

    def forget(now: object) -> None:
        asked.set()
        raise OSError("disk")

    send(engine, clock, "good")
    worker = OutboxWorker(Dispatcher(Outbox(engine), outlet, clock), clock, forget, interval_s=0.01)
    worker.start()
    assert asked.wait(10)
    worker.close()
    assert outlet.forms == ["good"]

    with writing(engine) as connection:
        connection.exec_driver_sql("ALTER TABLE deliveries RENAME TO gone")
    forgotten = threading.Event()
    worker = OutboxWorker(Dispatcher(Outbox(engine), outlet, clock), clock, lambda now: forgotten.set(), 0.01)
    worker.start()
    assert forgotten.wait(10)
    worker.close()


def test_a_worker_that_is_ended_leaves_the_rest_of_its_round(engine: Engine) -> None:
    clock, worker = SystemClock(), None
    send(engine, clock, *(f"form-{number}" for number in range(5)))
    begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        go_on.wait(10)

    outlet = Outlet(while_busy=hold)
    worker = OutboxWorker(Dispatcher(Outbox(engine), outlet, clock), clock, lambda now: None)
    worker.start()
    assert begun.wait(10)
    closing = threading.Thread(target=worker.close)
    closing.start()
    while not worker._ended.is_set():
        pass
    go_on.set()
    closing.join(10)

    assert len(outlet.delivered) == 1


def test_tickets_are_forgotten_in_time_though_the_clock_was_ahead(database: Engine, clock: FixedClock) -> None:
    now = clock.instant
    clock.instant = now + timedelta(days=300)
    send(database, clock, "one")
    Dispatcher(Outbox(database), Outlet(), clock).run_once()
    clock.instant = now

    assert forget_tickets(database, clock.now(), timedelta(days=30)) == 0
    assert forget_tickets(database, clock.now() + timedelta(days=31), timedelta(days=30)) == 1


def test_forgetting_comes_daily_though_the_clock_is_set_back(engine: Engine, clock: FixedClock) -> None:
    asked: list[object] = []
    worker = OutboxWorker(Dispatcher(Outbox(engine), Outlet(), clock), clock, asked.append)
    for step in (timedelta(0), timedelta(hours=1), timedelta(days=-30), timedelta(days=1)):
        clock.instant += step
        worker._forget_daily()

    assert len(asked) == 3


def test_a_mailbox_may_have_one_receipt_an_hour(database: Engine, clock: FixedClock) -> None:
    pace = StoredReceiptPace(database, clock, "a key")
    first, second = TicketId("a" * 32), TicketId("b" * 32)

    assert pace.claim(first, SECRET)
    assert pace.claim(first, SECRET)  # a second try of the same receipt
    assert not pace.claim(second, SECRET)
    assert pace.claim(second, "huda@shop.example")
    clock.instant += timedelta(minutes=59)
    assert not pace.claim(second, SECRET)
    clock.instant += timedelta(minutes=1)
    assert pace.claim(second, SECRET)
    clock.instant -= timedelta(days=3)
    assert pace.claim(first, SECRET)  # the clock was ahead

    with reading(database) as connection:
        rows = connection.execute(select(receipt_claims)).all()
    assert not any("salma" in str(row) for row in rows)
    pace.forget(clock.now() + timedelta(hours=2))
    with reading(database) as connection:
        assert connection.execute(select(receipt_claims)).all() == []


def test_two_processes_send_one_receipt_to_a_mailbox(database: Engine) -> None:
    pace, granted = StoredReceiptPace(database, SystemClock(), "a key"), []
    threads = [
        threading.Thread(target=lambda each=number: granted.append(pace.claim(TicketId(f"{each}"), SECRET)))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(granted) == [False] * 7 + [True]


def test_a_receipt_that_is_not_to_be_sent_is_neither_tried_again_nor_given_up(
    database: Engine, clock: FixedClock
) -> None:
    send(database, clock, "one", parts=tuple(Part))
    receipts = Outlet({"one": DeliverySkippedError("this address got a receipt within the hour")})
    dispatcher = Dispatcher(Outbox(database), Outlet(), clock, receipts)

    assert dispatcher.run_once() == DispatchReport(delivered=1, skipped=1)
    assert Outbox(database).revive(clock.now()) == 0
    entry = next(each for each in Outbox(database).entries() if each.part is Part.RECEIPT)
    assert (entry.state, entry.error) == (DeliveryState.SKIPPED, "this address got a receipt within the hour")


def test_the_command_line_pushes_by_reference_and_prints_no_control_characters(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("KB_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    clock = SystemClock()
    draft = TicketDraft("f", Language.EN, "S\x1b[2J", SECRET, "Late", "line\x1b]0;gone\x07\nnext\r\nlast", None)
    tickets = Tickets(engine, clock, EventLog(engine, linger_s=0))
    ticket = tickets.submit(draft, READER).ticket
    queue = Outbox(engine)
    leased = queue.lease(clock.now(), clock.now())
    assert leased is not None
    queue.postpone(leased, clock.now(), timedelta(days=30), "down\x1b[31m")

    def run(*words: str) -> str:
        return CliRunner().invoke(command_line, ["outbox", *words], catch_exceptions=False).output

    assert run("run") == "0 delivered, 0 postponed, 0 given up.\n"
    assert "\x1b" not in run("list") + run("show", ticket.reference)
    assert "line]0;gone\nnext\nlast" in run("show", f" {ticket.reference.lower()} ")
    assert run("retry", ticket.reference) == "To be tried again: 1.\n"
    assert run("run") == "1 delivered, 0 postponed, 0 given up.\n"
    for command in ("show", "retry"):
        with pytest.raises(UserError, match="no ticket NONE-SUCH"):
            run(command, "NONE-SUCH")
