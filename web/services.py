"""What the site is made of: built once at start, handed to `create_app`, read by views through `services()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast
from uuid import uuid4

from flask import Flask, current_app, g

from kb.clock import Clock, SystemClock
from kb.model import Article, ArticleId, Audience, Language, Status
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.storage.content import ContentStore
    from search.service import SearchService
    from search.snapshot import Snapshot, SnapshotHolder

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


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that views use.

    Attributes:
        snapshots: Hands out the index generation that is current.
        search: Answers questions from that generation.
        secret_key: Signs sessions and tokens.
        readership: Tells what is read most.
        new_id: Gives an id that was never given before, for a search.
    """

    settings: Settings
    snapshots: SnapshotHolder
    search: SearchService
    secret_key: str
    clock: Clock = field(default_factory=SystemClock)
    readership: Readership = field(default_factory=NoReadership)
    new_id: Callable[[], str] = field(default=lambda: uuid4().hex)


def configure_services(app: Flask, given: Services) -> None:
    """Make the services reachable from requests of this application."""
    app.extensions[EXTENSION] = given


def services() -> Services:
    """Return the services of the application that handles this request."""
    return cast("Services", current_app.extensions[EXTENSION])


def snapshot() -> Snapshot:
    """Return the index generation that this request reads; the same one throughout the request."""
    if "snapshot" not in g:
        g.snapshot = services().snapshots.current()
    return cast("Snapshot", g.snapshot)


def content() -> ContentStore:
    """Return the articles of the generation that this request reads."""
    return snapshot().content


def is_public(article: Article) -> bool:
    """Tell whether anybody may read this article."""
    return article.audience is Audience.PUBLIC and article.status is Status.PUBLISHED
