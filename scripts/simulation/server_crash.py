"""Kills `kb serve` with -9 while people vote and write, again and again, and looks what became of what was confirmed.

A browser whose answer did not come sends the same form again after the restart, as people do.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import requests
from sqlalchemy import Engine, select

from indexer.articles.loading import load_tree
from kb.clock import FixedClock, SystemClock
from kb.contact.dispatch import Dispatcher
from kb.contact.outbox import LEASE, Outbox
from kb.contact.outlets import open_outlet
from kb.contact.settings import OutletKind
from kb.contact.surveys import SurveyLinks
from kb.contact.tables import outbox, tickets
from kb.model import Audience, Language
from kb.settings import Settings
from kb.storage.database import open_database, reading
from kb.storage.tables import events, votes
from scripts.simulation.browsers import Browser, RefusedError
from scripts.simulation.receiver import Delivery, Receiver, receiving
from scripts.simulation.serving import Meaning, Server, build_index

PEOPLE_AT_ONCE = 4
WEBHOOK_SECRET = "whsec_" + "c2ltdWxhdGVkLXdlYmhvb2stc2VjcmV0LTAwMDE="
_LETTERS = str.maketrans("0123456789", "ghijklmnop")  # a word without digits is not masked


class Kind(StrEnum):
    """What is confirmed to people."""

    VOTE = "vote"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Deed:
    """A form that somebody sends.

    Attributes:
        word: Stands in its text and nowhere else.
    """

    kind: Kind
    word: str
    browser: Browser
    path: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class ServerCrashReport:
    """What was found after all kills.

    Attributes:
        rounds: Kills.
        start_s: Median seconds from the command to the first answer.
        votes, tickets: Confirmed to a browser.
        repeated: Forms without an answer that were sent again after a restart.
        lost: Confirmed votes and tickets that were not in the database after some restart.
        doubled: Votes, tickets, their events or their places in the outbox that are there twice.
        deliveries: Requests that the receiver took.
        undelivered: Tickets that never arrived.
        foreign: Deliveries under another key than their ticket's id.
        refused: Pages and forms that the server answered with an error.
    """

    rounds: int
    start_s: float
    votes: int
    tickets: int
    repeated: int
    lost: int
    doubled: int
    deliveries: int
    undelivered: int
    foreign: int
    refused: int

    @property
    def faults(self) -> int:
        """Return how much went wrong."""
        return self.lost + self.doubled + self.undelivered + self.foreign + self.refused


@dataclass(slots=True)
class _Crowd:
    """People who vote and write until the server is gone."""

    address: str
    article: str
    confirmed: list[Deed] = field(default_factory=list)
    unanswered: list[Deed] = field(default_factory=list)
    refused: list[RefusedError] = field(default_factory=list)

    def act(self) -> list[threading.Thread]:
        """Start; everybody ends with the first answer that does not come."""
        threads = [threading.Thread(target=self._live, daemon=True) for _ in range(PEOPLE_AT_ONCE)]
        for thread in threads:
            thread.start()
        return threads

    def send_again(self) -> int:
        """Send what was not answered once more, and return how many forms that were."""
        waiting, self.unanswered = self.unanswered, []
        for deed in waiting:
            self._send(deed)
        return len(waiting)

    def _live(self) -> None:
        try:
            while True:
                browser = Browser(self.address)
                if not all(self._send(deed) for deed in (self._vote(browser), self._ticket(browser))):
                    return
        except requests.RequestException:
            return  # a page did not come: nothing was sent
        except RefusedError as error:
            self.refused.append(error)

    def _send(self, deed: Deed) -> bool:
        try:
            deed.browser.send(deed.path, deed.fields)
        except requests.RequestException:
            self.unanswered.append(deed)
            return False
        self.confirmed.append(deed)
        return True

    def _vote(self, browser: Browser) -> Deed:
        path, fields = browser.open(self.article).form("/feedback") or ("", {})
        word = _word()
        vote = {"verdict": "unhelpful", "reason": "unclear", "comment": word}
        return Deed(Kind.VOTE, word, browser, path, fields | vote)

    def _ticket(self, browser: Browser) -> Deed:
        path, fields = browser.open("/en/contact").form("/contact") or ("", {})
        word = _word()
        message = {"email": "somebody@mail.example", "subject": "Late parcel", "message": word}
        return Deed(Kind.TICKET, word, browser, path, fields | message)


def kill_server_again_and_again(directory: Path, rounds: int, chance: random.Random) -> ServerCrashReport:
    """Start, load and kill the server `rounds` times on one database, then deliver what is left, and count.

    Args:
        directory: An empty directory for index and database.

    Raises:
        RefusedError: The server refused a form that was sent again.
    """
    settings = Settings.model_validate({"var_dir": directory})
    build_index(settings, Meaning.WORDS_ONLY)
    with receiving() as receiver:
        server = Server(directory, _server_settings(directory, receiver))
        crowd = _Crowd(server.address, _an_article(settings))
        starts, lost, repeated = [], set[str](), 0
        for _ in range(rounds):
            starts.append(server.start())
            repeated += crowd.send_again()
            lost |= _missing(settings, crowd.confirmed)
            _kill_under_load(server, crowd, 0.05 + 0.6 * chance.random())
        starts.append(server.start())
        repeated += crowd.send_again()
        lost |= _missing(settings, crowd.confirmed)
        server.stop()
        engine = open_database(settings.effective_database_url)
        _deliver_the_rest(engine, settings, receiver)
        report = _report(engine, crowd, receiver.deliveries)
        engine.dispose()
    kinds = Counter(deed.kind for deed in crowd.confirmed)
    median = sorted(starts)[len(starts) // 2]
    return ServerCrashReport(rounds, median, kinds[Kind.VOTE], kinds[Kind.TICKET], repeated, len(lost), **report)


def _kill_under_load(server: Server, crowd: _Crowd, seconds: float) -> None:
    before = len(crowd.confirmed)
    people = crowd.act()
    while len(crowd.confirmed) == before and any(each.is_alive() for each in people):
        time.sleep(0.005)  # from the first confirmation on it is under load
    time.sleep(seconds)
    server.kill()
    for each in people:
        each.join()


def _missing(settings: Settings, confirmed: list[Deed]) -> set[str]:
    engine = open_database(settings.effective_database_url)
    with reading(engine) as connection:
        kept = set(connection.execute(select(votes.c.comment)).scalars())
        kept |= set(connection.execute(select(tickets.c.message)).scalars())
    engine.dispose()
    return {deed.word for deed in confirmed} - kept


def _deliver_the_rest(engine: Engine, settings: Settings, receiver: Receiver) -> None:
    """Deliver what the killed processes were delivering, once their leases have ended."""
    chosen = settings.model_copy(
        update={
            "contact_outlet": OutletKind.WEBHOOK,
            "webhook_url": receiver.url,
            "webhook_secret": WEBHOOK_SECRET,
        }
    )
    outlet = open_outlet(chosen, settings.site_url, SurveyLinks("a key of this simulation", settings.site_url))
    Dispatcher(Outbox(engine), outlet, FixedClock(SystemClock().now() + LEASE)).run_once()


def _report(engine: Engine, crowd: _Crowd, deliveries: list[Delivery]) -> dict[str, int]:
    with reading(engine) as connection:
        ballots = Counter(connection.execute(select(votes.c.comment)).scalars())
        written = Counter(connection.execute(select(tickets.c.message)).scalars())
        # These people agreed to nothing, so that what the statistics learn does not name their ticket
        sent = len(connection.execute(select(events.c.id).where(events.c.kind == "ticket_sent")).all())
        queued = Counter(connection.execute(select(outbox.c.ticket)).scalars())
        every = set(connection.execute(select(tickets.c.id)).scalars())
    doubled = sum(count > 1 for counts in (ballots, written, queued) for count in counts.values())
    doubled += abs(len(every) - sent) + len(every ^ set(queued))  # together or not at all
    return {
        "doubled": doubled,
        "deliveries": len(deliveries),
        "undelivered": len(every - {each.ticket for each in deliveries}),
        "foreign": sum(each.key != each.ticket or each.ticket not in every for each in deliveries),
        "refused": len(crowd.refused),
    }


def _an_article(settings: Settings) -> str:
    articles = load_tree(settings.articles_dir).articles
    article = next(each for each in articles if each.lang is Language.EN and each.audience is Audience.PUBLIC)
    return f"/en/articles/{article.slug}"


def _server_settings(directory: Path, receiver: Receiver) -> dict[str, str]:
    return {
        "KB_EMBEDDING_MODEL": str(directory / "no-model"),  # it would load for seconds at every start
        "KB_API_REQUESTS_PER_MINUTE": "0",
        "KB_EVENTS_PER_MINUTE": "0",
        "KB_FORMS_PER_MINUTE": "0",  # everybody here shares one address
        "KB_CONTACT_OUTLET": "webhook",
        "KB_WEBHOOK_URL": receiver.url,
        "KB_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }


def _word() -> str:
    return uuid.uuid4().hex.translate(_LETTERS)
