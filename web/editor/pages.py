"""What the home page of the queues and the list of one queue show, and what things are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from kb.editing.model import ChangeKind, Entry, Item, Queue, State
from kb.model import ArticleId, ArticleKey, Language
from web.desk.access import present_user
from web.editor.forms import (
    CHANGE_NAMES,
    QUEUE_NAMES,
    QUEUE_SUMMARIES,
    STATE_NAMES,
)
from web.editor.lines import QueueLine, key_of
from web.editor.sources import EditLink, edit_links
from web.i18n import current_language, gettext
from web.layout import Head
from web.services import content, services


@dataclass(frozen=True, slots=True)
class Tab:
    """A queue in the list of queues."""

    queue: Queue
    title: str
    summary: str
    path: str
    current: bool


@dataclass(frozen=True, slots=True)
class HomePage:
    """All queues, and what this person works on.

    Attributes:
        mine: Items in work that this person owns.
    """

    head: Head
    tabs: tuple[Tab, ...]
    mine: tuple[QueueLink, ...]


@dataclass(frozen=True, slots=True)
class QueueLink:
    """An item in work: where it is, and its note."""

    title: str
    note: str
    path: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The items of one queue, worst first.

    Attributes:
        closed: Shown are the closed ones instead of the open ones.
        hidden: Items of the other kind.
    """

    head: Head
    tabs: tuple[Tab, ...]
    queue: Queue
    summary: str
    lines: tuple[QueueLine, ...]
    closed: bool
    hidden: int


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article that a fix may use.

    Attributes:
        path: Its public page; empty where there is none in the desk's language or the other.
        source: File of the article, relative to the articles; empty where there is none.
        missing: The language in which it is not written; None: it is written in both.
        edits: Where its versions are edited.
    """

    id: ArticleId
    title: str
    path: str
    source: str
    missing: Language | None
    edits: tuple[EditLink, ...] = ()


def tabs(current: Queue | None = None) -> tuple[Tab, ...]:
    """Return all queues."""
    return tuple(
        Tab(
            queue,
            str(QUEUE_NAMES[queue]),
            str(QUEUE_SUMMARIES[queue]),
            url_for("editor.queue", queue=queue.value),
            queue is current,
        )
        for queue in Queue
    )


def home_page() -> HomePage:
    """Return the first page."""
    login = present_user().login
    mine = [
        QueueLink(
            f"{QUEUE_NAMES[queue]}: {_name_of(item)}",
            item.note,
            url_for("editor.item", queue=queue.value, subject=item.subject),
        )
        for queue in Queue
        for item in services().editing.items(queue)
        if item.owner == login and not item.state.is_closed
    ]
    return HomePage(Head(gettext("Improve")), tabs(), tuple(mine))


def queue_page(queue: Queue, lines: Sequence[QueueLine], *, closed: bool) -> QueuePage:
    """Return the open or the closed items of a queue."""
    shown = tuple(line for line in lines if line.state.is_closed is closed)
    name = str(QUEUE_NAMES[queue])
    return QueuePage(
        Head(name), tabs(queue), queue, str(QUEUE_SUMMARIES[queue]), shown, closed, len(lines) - len(shown)
    )


def shown_article(article_id: ArticleId, lang: Language | None = None) -> ShownArticle:
    """Return an article as fixes show it, in a language, that of the desk unless given, where it is written in it."""
    lang = lang or current_language()
    versions = {each: content().article(ArticleKey(article_id, each)) for each in (lang, lang.other)}
    article = versions[lang] or versions[lang.other]
    absent = [each for each, version in versions.items() if version is None]
    return ShownArticle(
        article_id,
        article.title if article else article_id,
        url_for("public.article", lang=article.lang, slug=article.slug) if article else "",
        article.path if article else "",
        absent[0] if article and absent else None,
        edit_links(article_id, lang),
    )


def _name_of(item: Item) -> str:
    key = key_of(item.subject)
    return shown_article(key.id).title if key else gettext("Cluster %(number)s", number=item.subject)


def change_name(entry: Entry) -> str:
    """Return what an entry of the history tells, in the reader's language."""
    return str(CHANGE_NAMES[entry.kind])


def change_text(entry: Entry) -> str:
    """Return the text of an entry; states by their name."""
    return state_name(State(entry.text)) if entry.kind is ChangeKind.STATE else entry.text


def state_name(state: State) -> str:
    """Return the name of a state in the reader's language."""
    return str(STATE_NAMES[state])
