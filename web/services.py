"""What the site is made of: built once at start, handed to `create_app`, read by views through `services()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol, cast
from uuid import uuid4

from flask import Flask, current_app, g

from kb.clock import Clock, SystemClock, day_in
from kb.events import Event, EventId, VisitorKey
from kb.model import Article, ArticleId, Audience, Language, Status
from kb.pacing.pacer import Pacer
from kb.settings import Settings
from kb.visitors import Visitor

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from kb.accounts.people import People
    from kb.accounts.sign_in import SignIn
    from kb.accounts.tokens import ApiTokens
    from kb.agents.customers import Customers
    from kb.agents.links import TrackedLinks
    from kb.agents.replies import SavedReplies
    from kb.agents.shelf import Shelf
    from kb.contact.dispatch import OutboxWorker
    from kb.contact.tickets import Tickets
    from kb.curation.store import CurationStore
    from kb.editing.store import EditingStore
    from kb.statistics.housekeeping import Housekeeping
    from kb.storage.probe import StorageProbe
    from search.serving.service import SearchService
    from search.serving.snapshot import ContentStore, Snapshot, SnapshotHolder

EXTENSION = "dalil"


class Readership(Protocol):
    """Knows what readers open most."""

    def most_read(self, lang: Language, limit: int) -> tuple[ArticleId, ...]:
        """Return at most `limit` articles, most read first; empty while there is too little to say so."""
        ...


class NoReadership:
    """Counts nothing; the home page then offers articles to start with instead."""

    def most_read(self, lang: Language, limit: int) -> tuple[ArticleId, ...]:
        """Return nothing."""
        return ()


class EventSink(Protocol):
    """Takes events; the database's is `kb.storage.event_log.EventLog`."""

    def append(self, event: Event) -> bool:
        """Record an event and return whether it was accepted, for votes and the like stored; never raises."""
        ...

    def close(self) -> None:
        """Write what still waits; nothing is appended afterwards."""
        ...


class NoEvents:
    """Records nothing."""

    def append(self, event: Event) -> bool:
        """Forget the event."""
        return True

    def close(self) -> None:
        """Do nothing."""


class VisitorBook(Protocol):
    """Turns cookies into visitor keys; the database's is `kb.visitors.VisitorKeys`."""

    def identify(self, cookie: str | None) -> Visitor:
        """Return the visitor of a cookie, a new one if there is none; never raises."""
        ...


class NoVisitors:
    """Knows nobody again."""

    def identify(self, cookie: str | None) -> Visitor:
        """Return a visitor without a cookie."""
        return Visitor(VisitorKey(uuid4().hex), "")


class ReadingHistory(Protocol):
    """Knows what a visitor did of late; the database's is `kb.storage.readership.StoredHistory`."""

    def recent(self, visitor: VisitorKey) -> tuple[Event, ...]:
        """Return the visitor's events of the present journey, oldest first."""
        ...

    def survey_score(self, answer: EventId) -> int | None:
        """Return the score of an answer to a survey, None if there is no such answer."""
        ...


class NoHistory:
    """Remembers nothing."""

    def recent(self, visitor: VisitorKey) -> tuple[Event, ...]:
        """Return nothing."""
        return ()

    def survey_score(self, answer: EventId) -> int | None:
        """Return None."""
        return None


@dataclass(frozen=True, slots=True)
class Accounts:
    """The people of the desk: who they are, how they sign in, what acts for them."""

    people: People
    sign_in: SignIn
    tokens: ApiTokens


@dataclass(frozen=True, slots=True)
class AgentTools:
    """What agents work with."""

    links: TrackedLinks
    replies: SavedReplies
    shelf: Shelf
    customers: Customers


@dataclass(frozen=True, slots=True)
class EditingTools:
    """What editors work with.

    Attributes:
        engine: The database, whose figures say what needs attention.
        store: What editors did about it.
    """

    engine: Engine
    store: EditingStore


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of the support team.

    Attributes:
        engine: The database with the daily figures.
        housekeeping: Keeps them fresh while the site is up, or None.
    """

    engine: Engine
    housekeeping: Housekeeping | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that views use.

    Attributes:
        snapshots: Hands out the index generation that is current.
        search: Answers questions from that generation.
        secret_key: Signs sessions and tokens.
        readership: Tells what is read most.
        event_log: Takes what readers do.
        visitor_keys: Tells visitors apart.
        history: Tells what a visitor did of late.
        tickets: Keeps tickets; None: the site has no contact page.
        outbox: Delivers tickets in the background, or None.
        accounts: The people of the desk; None: the site has no desk.
        agents: What agents work with; None: the desk has no part for them.
        curation: What editors decided about queries and addresses; None: nobody decides anything.
        editing: What editors work with; None: the desk has no queues.
        statistics: The figures of the support team; None: nobody counts.
        probe: Finds out whether things can be stored; None: the site stores nothing.
        pacer: Says who goes too fast.
        new_id: Gives an id that was never given before, for a search.
    """

    settings: Settings
    snapshots: SnapshotHolder
    search: SearchService
    secret_key: str
    clock: Clock = field(default_factory=SystemClock)
    readership: Readership = field(default_factory=NoReadership)
    event_log: EventSink = field(default_factory=NoEvents)
    visitor_keys: VisitorBook = field(default_factory=NoVisitors)
    history: ReadingHistory = field(default_factory=NoHistory)
    tickets: Tickets | None = None
    outbox: OutboxWorker | None = None
    accounts: Accounts | None = None
    agents: AgentTools | None = None
    curation: CurationStore | None = None
    editing: EditingTools | None = None
    statistics: Statistics | None = None
    probe: StorageProbe | None = None
    pacer: Pacer = field(default_factory=lambda: Pacer(SystemClock()))
    new_id: Callable[[], str] = field(default=lambda: uuid4().hex)


def configure_services(app: Flask, given: Services) -> None:
    """Make the services reachable from requests of this application."""
    app.extensions[EXTENSION] = given


def services() -> Services:
    """Return the services of the application that handles this request."""
    return services_of(current_app)


def services_of(app: Flask) -> Services:
    """Return the services of an application, also outside a request."""
    return cast("Services", app.extensions[EXTENSION])


def snapshot() -> Snapshot:
    """Return the index generation that this request reads; the same one throughout the request."""
    if "snapshot" not in g:
        g.snapshot = services().snapshots.current()
    return cast("Snapshot", g.snapshot)


def content() -> ContentStore:
    """Return the articles of the generation that this request reads."""
    return snapshot().content


def today() -> date:
    """Return the day that it is where the site is."""
    return day_in(services().settings.time_zone, services().clock.now())


def is_public(article: Article) -> bool:
    """Tell whether anybody may read this article."""
    return article.audience is Audience.PUBLIC and article.status is Status.PUBLISHED
