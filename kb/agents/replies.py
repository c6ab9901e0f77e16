"""Saved replies: texts with placeholders that are filled in for one customer, articles embedded as tracked links."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import NewType
from uuid import uuid4

from sqlalchemy import Engine, Row, delete, insert, select, update

from kb.agents.snippets import SnippetFormat
from kb.clock import Clock
from kb.errors import UserError
from kb.language.direction import direction_of_language
from kb.language.isolation import isolated_html, plain_lines
from kb.model import ArticleId, Language
from kb.results import TextPart
from kb.storage.agent_tables import saved_replies
from kb.storage.database import reading, writing
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds

ReplyId = NewType("ReplyId", str)

LONGEST_TITLE = 200
LONGEST_BODY = 8_000
NAMES = ("name", "agent", "ticket")
"""Placeholders beside ``{article:id}``: the customer's name, the agent's, the ticket's reference."""

_PLACEHOLDER = re.compile(r"\{([^{}:\s]*)(?::([^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class SavedReply:
    """A text that agents send often.

    Attributes:
        body: Plain text with placeholders.
        version: Grows with every change.
        by: Name of whoever changed it last.
        at: When that was.
    """

    id: ReplyId
    lang: Language
    title: str
    body: str
    version: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EmbeddedArticle:
    """An article as a reply mentions it."""

    title: str
    url: str


class ChangedMeanwhile(UserError):  # noqa: N818 - the project's word for what is wrong with input
    """Somebody else changed what is being saved.

    Args:
        present: What it is now; None: it was deleted.
    """

    def __init__(self, present: SavedReply | None) -> None:
        super().__init__("Somebody changed this meanwhile.")
        self.present = present


class SavedReplies:
    """Keeps the replies of the whole team.

    Args:
        engine: The database.
        clock: Dates changes.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def all(self, lang: Language | None = None) -> tuple[SavedReply, ...]:
        """Return the replies of one language or of both, by title."""
        query = select(saved_replies).order_by(saved_replies.c.title, saved_replies.c.id)
        if lang is not None:
            query = query.where(saved_replies.c.lang == lang)
        with reading(self._engine) as connection:
            return tuple(_reply(row) for row in connection.execute(query))

    def get(self, reply: ReplyId) -> SavedReply | None:
        """Return one reply."""
        with reading(self._engine) as connection:
            row = connection.execute(select(saved_replies).where(saved_replies.c.id == reply)).first()
        return _reply(row) if row else None

    def add(self, lang: Language, title: str, body: str, by: str) -> SavedReply:
        """Keep a new reply.

        Raises:
            UserError: Title or body is empty or too long, or a placeholder is unknown.
        """
        values = _checked(lang, title, body, by, self._clock.now())
        with writing(self._engine) as connection:
            reply = ReplyId(uuid4().hex)
            connection.execute(insert(saved_replies).values(id=reply, version=1, **values))
            return _reply(connection.execute(select(saved_replies).where(saved_replies.c.id == reply)).one())

    def change(self, reply: ReplyId, version: int, lang: Language, title: str, body: str, by: str) -> None:
        """Change a reply that is still as it was when it was opened.

        Raises:
            ChangedMeanwhile: It is not, or it was deleted.
            UserError: As for `add`.
        """
        values = _checked(lang, title, body, by, self._clock.now())
        same = (saved_replies.c.id == reply) & (saved_replies.c.version == version)
        with writing(self._engine) as connection:
            changed = connection.execute(update(saved_replies).where(same).values(version=version + 1, **values))
            if changed.rowcount:
                return
            row = connection.execute(select(saved_replies).where(saved_replies.c.id == reply)).first()
        raise ChangedMeanwhile(_reply(row) if row else None)

    def delete(self, reply: ReplyId) -> None:
        """Delete a reply, if it is there."""
        with writing(self._engine) as connection:
            connection.execute(delete(saved_replies).where(saved_replies.c.id == reply))


def embedded_articles(body: str) -> tuple[ArticleId, ...]:
    """Return the articles that a reply embeds, each once, in their order."""
    found = (ArticleId(match[2]) for match in _PLACEHOLDER.finditer(body) if match[1] == "article" and match[2])
    return tuple(dict.fromkeys(found))


def unknown_placeholders(body: str) -> tuple[str, ...]:
    """Return the placeholders that mean nothing, each once, as they stand."""
    wrong = (match[0] for match in _PLACEHOLDER.finditer(body) if not _is_known(match[1], match[2]))
    return tuple(dict.fromkeys(wrong))


def unfilled(text: str) -> tuple[str, ...]:
    """Return the placeholders that are still in a filled reply, each once: what the agent has to write."""
    return tuple(dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(text)))


def fill(
    reply: SavedReply,
    names: Mapping[str, str],
    embed: Callable[[ArticleId], EmbeddedArticle | None],
    form: SnippetFormat = SnippetFormat.TEXT,
) -> str:
    """Return a reply for one customer.

    Args:
        reply: What to fill in.
        names: Values of `NAMES`; those that are missing or empty stay as they are, for the agent to write.
        embed: Gives an article's title and tracked link, None if it cannot be sent; it then stays as it is.
        form: How the text is written.
    """
    pieces: list[str] = []
    shown = 0
    for match in _PLACEHOLDER.finditer(reply.body):
        pieces += (
            _plain(reply.body[shown : match.start()], form, reply.lang),
            _filled(match, names, embed, form, reply),
        )
        shown = match.end()
    filled = "".join([*pieces, _plain(reply.body[shown:], form, reply.lang)])
    if form is SnippetFormat.MARKDOWN:
        return filled
    if form is SnippetFormat.TEXT:
        return plain_lines(filled, reply.lang)
    paragraphs = "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in re.split(r"\n{2,}", filled))
    return f'<div lang="{reply.lang}" dir="{direction_of_language(reply.lang)}">{paragraphs}</div>'


def _filled(
    match: re.Match[str],
    names: Mapping[str, str],
    embed: Callable[[ArticleId], EmbeddedArticle | None],
    form: SnippetFormat,
    reply: SavedReply,
) -> str:
    if match[1] != "article":
        value = names.get(match[1], "").strip()
        return _plain(value, form, reply.lang) if value else match[0]
    article = embed(ArticleId(match[2] or ""))
    if article is None:
        return match[0]
    title = _plain(article.title, form, reply.lang)
    if form is SnippetFormat.HTML:
        return f'<a href="{escape(article.url)}">{title}</a>'
    return f"[{title}]({article.url})" if form is SnippetFormat.MARKDOWN else f"{title}: {article.url}"


def _plain(text: str, form: SnippetFormat, lang: Language) -> str:
    """Return text so that a format shows it as it is; Markdown replies are written as Markdown."""
    if form is not SnippetFormat.HTML:
        return text
    return isolated_html([TextPart(text, mark=False)], direction_of_language(lang))


def _is_known(name: str, argument: str | None) -> bool:
    return bool(argument) if name == "article" else name in NAMES and argument is None


def _checked(lang: Language, title: str, body: str, by: str, at: datetime) -> dict[str, object]:
    title, body = " ".join(title.split()), body.replace("\r\n", "\n").replace("\0", "").strip()
    if not title or len(title) > LONGEST_TITLE or not body or len(body) > LONGEST_BODY:
        raise UserError("Give the reply a title of at most 200 and a text of at most 8,000 characters.")
    if wrong := unknown_placeholders(body):
        raise UserError(f"Unknown placeholders: {', '.join(wrong)}.")
    return {"lang": lang, "title": title, "body": body, "by": by, "at": instant_to_microseconds(at)}


def _reply(row: Row[tuple[object, ...]]) -> SavedReply:
    return SavedReply(
        ReplyId(row.id), Language(row.lang), row.title, row.body, row.version, row.by, instant_from_microseconds(row.at)
    )
