"""Kills whatever can be killed with -9, at random points under load: server, builder, dispatcher, PostgreSQL."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select

from indexer.articles.loading import load_tree
from indexer.build.pipeline import build_generation
from kb.clock import SystemClock
from kb.contact.dispatch import Dispatcher
from kb.contact.model import Ticket, TicketDraft
from kb.contact.outbox import LEASE, Outbox
from kb.contact.tables import outbox, tickets
from kb.contact.tickets import Tickets
from kb.events import EventId, Origin, Verdict, VisitorKey, Voted
from kb.language.analysis import NoLemmatizer, WordAnalyzer
from kb.model import Language
from kb.storage.database import open_database, reading
from kb.storage.engines import SERVING
from kb.storage.event_log import EventLog
from kb.storage.generations import GenerationStore
from kb.storage.tables import votes
from scripts.faults.report import Report, Task
from scripts.simulation.server_crash import kill_server_again_and_again
from scripts.simulation.visits import ARTICLES
from search.serving.snapshot import SnapshotHolder

SERVERS, BUILDERS, DISPATCHERS, DATABASES = 200, 350, 300, 150
"""Kills of each in a whole run: 1,000."""


def kill_servers(task: Task) -> Report:
    """Kill `kb serve` while people vote and write."""
    found = kill_server_again_and_again(task.directory, task.times(SERVERS), task.chance)
    wrong = {name: getattr(found, name) for name in ("lost", "doubled", "undelivered", "foreign", "refused")}
    counts = {"kills": found.rounds, "votes": found.votes, "tickets": found.tickets, "sent again": found.repeated}
    return Report(counts, tuple(f"{name}: {count}" for name, count in wrong.items() if count))


def kill_builders(task: Task) -> Report:
    """Kill whoever builds an index; after each kill the last published one must serve, whole."""
    store = GenerationStore(task.directory / "index", SystemClock())
    tree = load_tree(Path("articles"))
    small = type(tree)(tree.articles[:12], tree.categories, {}, ())
    analyzer = WordAnalyzer(NoLemmatizer())

    def build() -> None:
        build_generation(store, small, analyzer, None)

    build()  # reads what later ones have in memory
    started = time.monotonic()
    build()
    whole_s = time.monotonic() - started
    faults: list[str] = []
    kills = attempts = 0
    while kills < task.times(BUILDERS) and attempts < 3 * task.times(BUILDERS):
        before = store.current()
        attempts += 1
        kills += _killed(build, whole_s * task.chance.random())
        serving = store.current()
        if serving is None or (serving != before and not store.is_published(serving)):
            faults.append(f"kill {kills}: {serving} serves instead of {before}")
        elif store.damage(serving):
            faults.append(f"kill {kills}: {serving.name} is damaged")
        elif not SnapshotHolder(store, analyzer).current().catalogue.cards:
            faults.append(f"kill {kills}: {serving.name} is empty")
    build()
    names = sorted(path.name for path in (task.directory / "index").iterdir())
    faults += [f"left behind: {name}" for name in names if name.startswith(("building-", "pruned-"))]
    return Report({"kills": kills, "ended before the kill": attempts - kills}, tuple(faults))


class _Remembering:
    """An outlet that writes down what it takes, as a receiver that survives all kills."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def deliver(self, ticket: Ticket) -> str:
        """Take one ticket."""
        with self._path.open("a", encoding="ascii") as taken:
            taken.write(f"{ticket.id}\n")
        time.sleep(0.002)
        return ""


def kill_dispatchers(task: Task) -> Report:
    """Kill whoever delivers tickets; each must arrive, and at most once more for each kill that met it."""
    url = f"sqlite:///{task.directory / 'dalil.db'}"
    engine, taken = open_database(url), task.directory / "taken"
    kills = task.times(DISPATCHERS)
    _send_tickets(engine, kills * 4)
    engine.dispose()
    ahead = _Moved()

    def dispatch() -> None:
        own = open_database(url)
        Dispatcher(Outbox(own), _Remembering(taken), ahead).run_once()

    for _ in range(kills):
        _killed(dispatch, 0.01 + 0.12 * task.chance.random())
        ahead.by += LEASE  # what the killed one had leased is due again
    dispatch()
    ahead.by += LEASE
    dispatch()
    engine = open_database(url)
    with reading(engine) as connection:
        every = set(connection.execute(select(tickets.c.id)).scalars())
        states = Counter(connection.execute(select(outbox.c.state)).scalars())
    engine.dispose()
    arrived = Counter(taken.read_text("ascii").split())
    twice = sum(count - 1 for count in arrived.values())
    faults = [f"never arrived: {each}" for each in sorted(every - set(arrived))]
    if set(states) != {"delivered"}:
        faults.append(f"states at the end: {dict(states)}")
    if twice > kills:
        faults.append(f"{twice} deliveries too many with {kills} kills")
    return Report({"kills": kills, "tickets": len(every), "delivered again after a kill": twice}, tuple(faults))


class _Moved:
    """A clock that is moved forward."""

    def __init__(self) -> None:
        self.by = LEASE * 0

    def now(self) -> datetime:
        """Return the moved time."""
        return SystemClock().now() + self.by


def kill_databases(task: Task) -> Report:
    """Kill PostgreSQL, all of its processes, while votes are written; what was confirmed must be there afterwards."""
    place = Path("/tmp") / f"dalil-pg-{uuid.uuid4().hex[:8]}"  # noqa: S108 - the server runs as another user
    os.environ["XDG_RUNTIME_DIR"] = str(place / "run")
    try:
        from pgserver.postgres_server import get_server
    except ModuleNotFoundError:
        return Report({"not tried": "pgserver is not installed"}, ())
    place.mkdir(mode=0o755)
    (place / "run").mkdir()
    confirmed: list[str] = []
    kills = task.times(DATABASES)
    try:
        for _ in range(kills):
            server = get_server(place / "data", cleanup_mode=None)
            _vote_until_killed(server.get_uri(), confirmed, 0.1 + 0.5 * task.chance.random(), _postmaster(place))
            type(server)._instances.clear()  # it would hand out the dead one
        server = get_server(place / "data", cleanup_mode="stop")
        engine = open_database(server.get_uri())
        with reading(engine) as connection:
            kept = Counter(connection.execute(select(votes.c.comment)).scalars())
        engine.dispose()
        server.cleanup()
    finally:
        shutil.rmtree(place, ignore_errors=True)
    faults = [f"a confirmed vote is gone: {each}" for each in confirmed if each not in kept]
    faults += [f"a vote is there {count} times" for count in kept.values() if count > 1]
    return Report({"kills": kills, "votes": len(confirmed)}, tuple(faults))


def _postmaster(place: Path) -> Callable[[], None]:
    def kill() -> None:
        pid = int((place / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGSTOP)  # it starts nobody new meanwhile
        children = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        every = (pid, *children)
        for each in every:
            with suppress(ProcessLookupError):  # it ended by itself
                os.kill(each, signal.SIGKILL)
        while any(map(_lives, every)):
            time.sleep(0.01)
        for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):  # nobody may be left to take note of the dead process
            (place / "data" / lock).unlink(missing_ok=True)

    return kill


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _vote_until_killed(url: str, confirmed: list[str], seconds: float, kill: Callable[[], None]) -> None:
    engine = open_database(url, SERVING)
    log, over = EventLog(engine, linger_s=0), threading.Event()

    def vote() -> None:
        while not over.is_set():
            word = uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
            if log.append(_vote(word)):
                confirmed.append(word)

    people = [threading.Thread(target=vote, daemon=True) for _ in range(4)]
    for person in people:
        person.start()
    time.sleep(seconds)
    kill()
    over.set()
    for person in people:
        person.join()
    engine.dispose()


def _vote(word: str) -> Voted:
    origin = Origin(VisitorKey(word), Language.EN)
    return Voted(
        id=EventId(word),
        at=SystemClock().now(),
        origin=origin,
        article=ARTICLES[0],
        verdict=Verdict.UNHELPFUL,
        comment=word,
    )


def _send_tickets(engine: Engine, count: int) -> None:
    sending = Tickets(engine, SystemClock(), EventLog(engine, linger_s=0))
    for number in range(count):
        draft = TicketDraft(f"form-{number}", Language.EN, "", "somebody@mail.example", "Late", "Where is it?", None)
        sending.submit(draft, Origin(VisitorKey(str(number)), Language.EN))


def _killed(work: Callable[[], None], after_s: float) -> bool:
    """Run `work` in a process of its own, and kill it after a while; return whether it was still at it."""
    process = multiprocessing.get_context("fork").Process(target=work, daemon=True)
    process.start()
    process.join(after_s)
    alive = process.is_alive()
    if alive and process.pid is not None:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return alive
