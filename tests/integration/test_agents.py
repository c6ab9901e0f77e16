"""Links, saved replies, shelves and customers in the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from kb.accounts.model import UserId
from kb.agents.links import TrackedLinks
from kb.agents.replies import (
    ChangedMeanwhile,
    EmbeddedArticle,
    SavedReplies,
    embedded_articles,
    fill,
    unfilled,
    unknown_placeholders,
)
from kb.agents.shelf import KEPT, Shelf, ShelfKind
from kb.agents.snippets import SnippetFormat
from kb.clock import FixedClock
from kb.errors import UserError
from kb.model import ArticleId, ArticleKey, Language
from kb.storage.database import open_database

REEM, OMAR = UserId("reem"), UserId("omar")
RESET = ArticleKey(ArticleId("reset-password"), Language.EN)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'dalil.db'}")
    yield engine
    engine.dispose()


def test_an_agent_and_a_ticket_have_one_link_to_an_article(engine: Engine, clock: FixedClock) -> None:
    links = TrackedLinks(engine, clock)
    first = links.make(REEM, " 4711 ", RESET)

    assert links.make(REEM, "4711", RESET) == first == links.find(first.token)
    assert links.make(OMAR, "4711", RESET).token != first.token
    assert links.make(REEM, "4712", RESET).token != first.token
    assert links.make(REEM, "", RESET).token != links.make(REEM, "", RESET).token
    assert links.make(REEM, "", RESET).ticket == ""


def test_the_address_of_a_link_tells_nothing(engine: Engine, clock: FixedClock) -> None:
    link = TrackedLinks(engine, clock).make(REEM, "4711", RESET)

    assert re.fullmatch(r"[A-Za-z0-9_-]{16}", link.token)


@pytest.mark.parametrize("token", ["", "x" * 16, "../../etc/passwd", "https://evil.example", "ش" * 16, "a" * 9999])
def test_an_unknown_token_is_no_link(engine: Engine, clock: FixedClock, token: str) -> None:
    assert TrackedLinks(engine, clock).find(token) is None


@pytest.mark.parametrize("ticket", ["a b", "x" * 41, "<script>", "reem@example.com"])
def test_a_ticket_has_a_number_or_a_reference(engine: Engine, clock: FixedClock, ticket: str) -> None:
    with pytest.raises(UserError):
        TrackedLinks(engine, clock).make(REEM, ticket, RESET)


def test_recent_articles_come_latest_first_and_the_oldest_fall_off(engine: Engine, clock: FixedClock) -> None:
    shelf = Shelf(engine, clock)
    for number in range(KEPT + 5):
        clock.instant = clock.instant.replace(second=number)
        shelf.remember(REEM, ArticleKey(ArticleId(f"a{number}"), Language.EN))
    clock.instant = clock.instant.replace(second=59)
    shelf.remember(REEM, ArticleKey(ArticleId("a10"), Language.EN))

    recent = [key.id for key in shelf.articles(REEM, ShelfKind.RECENT)]
    assert recent[:2] == ["a10", "a24"]
    assert len(recent) == KEPT
    assert shelf.articles(OMAR, ShelfKind.RECENT) == ()


def test_a_favourite_stays_until_it_is_dropped(engine: Engine, clock: FixedClock) -> None:
    shelf = Shelf(engine, clock)
    shelf.keep(REEM, RESET)
    shelf.keep(REEM, RESET)
    assert shelf.articles(REEM, ShelfKind.FAVOURITE) == (RESET,)

    shelf.drop(REEM, RESET)
    assert shelf.articles(REEM, ShelfKind.FAVOURITE) == ()


def test_replies_are_kept_by_language_and_title(engine: Engine, clock: FixedClock) -> None:
    replies = SavedReplies(engine, clock)
    thanks = replies.add(Language.EN, " Thanks ", "Thank you, {name}.\r\n", "Reem")
    replies.add(Language.AR, "شكر", "شكرًا {name}", "ريم")  # thanks

    assert [reply.title for reply in replies.all(Language.EN)] == ["Thanks"]
    assert len(replies.all()) == 2
    assert thanks.body == "Thank you, {name}."
    replies.delete(thanks.id)
    assert replies.get(thanks.id) is None


def test_a_reply_that_changed_meanwhile_is_not_overwritten(engine: Engine, clock: FixedClock) -> None:
    replies = SavedReplies(engine, clock)
    reply = replies.add(Language.EN, "Thanks", "one", "Reem")
    replies.change(reply.id, 1, Language.EN, "Thanks", "two", "Omar")

    with pytest.raises(ChangedMeanwhile) as caught:
        replies.change(reply.id, 1, Language.EN, "Thanks", "three", "Reem")

    assert caught.value.present is not None
    assert (caught.value.present.body, caught.value.present.by) == ("two", "Omar")
    replies.delete(reply.id)
    with pytest.raises(ChangedMeanwhile) as gone:
        replies.change(reply.id, 2, Language.EN, "Thanks", "four", "Reem")
    assert gone.value.present is None


@pytest.mark.parametrize(
    ("title", "body"), [("", "x"), ("x", " "), ("x" * 201, "x"), ("x", "{nome}"), ("x", "{article}")]
)
def test_a_reply_without_sense_is_refused(engine: Engine, clock: FixedClock, title: str, body: str) -> None:
    with pytest.raises(UserError):
        SavedReplies(engine, clock).add(Language.EN, title, body, "Reem")


def test_a_reply_is_filled_in_for_one_customer(engine: Engine, clock: FixedClock) -> None:
    body = "Dear {name}, read {article:fees} or {article:hidden}. <Bye>\n\n{agent}, {ticket}"
    reply = SavedReplies(engine, clock).add(Language.EN, "x", body, "Reem")
    fees = {"fees": EmbeddedArticle("Fees & more", "https://h.example/r/1")}

    text = fill(reply, {"name": "Ali {agent}", "agent": "Reem"}, fees.get)

    assert text == (
        "Dear Ali {agent}, read Fees & more: https://h.example/r/1 or {article:hidden}. <Bye>\n\nReem, {ticket}"
    )
    assert unfilled(text) == ("{agent}", "{article:hidden}", "{ticket}")
    assert fill(reply, {"name": "A & B"}, fees.get, SnippetFormat.HTML) == (
        '<div lang="en" dir="ltr"><p>Dear A &amp; B, read <a href="https://h.example/r/1">Fees &amp; more</a>'
        " or {article:hidden}. &lt;Bye&gt;</p><p>{agent}, {ticket}</p></div>"
    )


def test_placeholders_are_told_apart() -> None:
    body = "{article:b} {article:a} {article:b} {name} {nam} {name:x} {}"

    assert embedded_articles(body) == ("b", "a")
    assert unknown_placeholders(body) == ("{nam}", "{name:x}", "{}")
