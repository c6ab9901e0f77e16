"""What the site is made of: built once at start, handed to `create_app`, read by views through `services()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from flask import Flask, current_app, g

from kb.clock import Clock, day_in
from kb.model import Article, Audience, Status
from kb.pacing.pacer import Pacer
from kb.settings import Settings

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
    from kb.storage.event_log import EventLog
    from kb.storage.probe import StorageProbe
    from kb.storage.readership import StoredHistory, StoredReadership
    from kb.visitors import VisitorKeys
    from search.serving.service import SearchService
    from search.serving.snapshot import ContentStore, Snapshot, SnapshotHolder

EXTENSION = "dalil"


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
class Services:
    """Everything that views use.

    Attributes:
        secret_key: Signs sessions and tokens.
        engine: The database, for figures.
        snapshots: Hands out the index generation that is current.
        search: Answers questions; a request asks `pinned_search`.
        readership: Tells what is read most.
        event_log: Takes what readers do.
        visitor_keys: Tells visitors apart.
        history: Tells what a visitor did of late.
        tickets: Keeps tickets.
        outbox: Delivers tickets in the background.
        accounts: The people of the desk.
        agents: What agents work with.
        curation: What editors decided about queries and addresses.
        editing: What editors did about what needs attention.
        housekeeping: Keeps the figures fresh in the background.
        probe: Finds out whether things can be stored.
        pacer: Says who goes too fast.
        new_id: Gives an id that was never given before, for a search.
    """

    settings: Settings
    secret_key: str
    clock: Clock
    engine: Engine
    snapshots: SnapshotHolder
    search: SearchService
    readership: StoredReadership
    event_log: EventLog
    visitor_keys: VisitorKeys
    history: StoredHistory
    tickets: Tickets
    outbox: OutboxWorker
    accounts: Accounts
    agents: AgentTools
    curation: CurationStore
    editing: EditingStore
    housekeeping: Housekeeping
    probe: StorageProbe
    pacer: Pacer
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


def pinned_search() -> SearchService:
    """Return the search over the generation that this request reads."""
    return services().search.at(snapshot())


def content() -> ContentStore:
    """Return the articles of the generation that this request reads."""
    return snapshot().content


def today() -> date:
    """Return the day that it is where the site is."""
    return day_in(services().settings.time_zone, services().clock.now())


def is_public(article: Article) -> bool:
    """Tell whether anybody may read this article."""
    return article.audience is Audience.PUBLIC and article.status is Status.PUBLISHED
