"""What the agents' pages show: one dataclass for each template, and how it is made."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from kb.accounts.model import User
from kb.agents.replies import SavedReply
from kb.agents.shelf import ShelfKind
from kb.model import Article, ArticleId, ArticleKey, Language
from web.agent.forms import DeskForm, ReplyForm
from web.agent.handouts import FilledReply, Handout
from web.agent.suggestions import AgentAnswer
from web.i18n import gettext
from web.layout import Head
from web.public.pages import article_path, sanitised
from web.services import content, is_public, services

RECENT = 6


@dataclass(frozen=True, slots=True)
class Preview:
    """An article, read inside the desk.

    Attributes:
        path: Its public page; empty for internal articles.
        favourite: The agent keeps it as a favourite.
    """

    article: Article
    body: Markup
    path: str
    favourite: bool


@dataclass(frozen=True, slots=True)
class AgentPage:
    """The agents' page.

    Attributes:
        answer: What was found; None before anything was asked.
        preview: The article that is open.
        handout: Link and snippets of the article that was chosen.
        filled: The saved reply that was chosen.
        fault: Why something was not done, or empty.
    """

    head: Head
    form: DeskForm
    answer: AgentAnswer | None
    preview: Preview | None
    handout: Handout | None
    filled: FilledReply | None
    recent: tuple[Article, ...]
    favourites: tuple[Article, ...]
    replies: tuple[SavedReply, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class RepliesPage:
    """All saved replies."""

    head: Head
    replies: tuple[SavedReply, ...]


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """One saved reply, to be written.

    Attributes:
        reply: What is stored; None for a new one.
        theirs: What somebody else made of it meanwhile; None if nobody did.
    """

    head: Head
    form: ReplyForm
    reply: SavedReply | None
    theirs: SavedReply | None = None


def agent_page(
    user: User,
    form: DeskForm,
    answer: AgentAnswer | None = None,
    *,
    preview: Preview | None = None,
    handout: Handout | None = None,
    filled: FilledReply | None = None,
    fault: str = "",
) -> AgentPage:
    """Return the agents' page for one of them."""
    shelf = services().agents.shelf
    lang = answer.lang if answer else user.lang
    return AgentPage(
        head=Head(gettext("Answer a customer")),
        form=form,
        answer=answer,
        preview=preview,
        handout=handout,
        filled=filled,
        recent=_present(shelf.articles(user.id, ShelfKind.RECENT))[:RECENT],
        favourites=_present(shelf.articles(user.id, ShelfKind.FAVOURITE)),
        replies=sorted_replies(lang),
        fault=fault,
    )


def preview_of(user: User, article: Article) -> Preview:
    """Return an article as agents read it."""
    favourites = services().agents.shelf.articles(user.id, ShelfKind.FAVOURITE)
    path = article_path(article) if is_public(article) else ""
    return Preview(article, sanitised(article), path, article.key in favourites)


def chosen_article(choice: str) -> Article | None:
    """Return the article that a button names, as ``ar.reset-password``; None if there is none."""
    lang, _, article_id = choice.partition(".")
    if lang not in set(Language):
        return None
    return content().article(ArticleKey(ArticleId(article_id), Language(lang)))


def sorted_replies(lang: Language) -> tuple[SavedReply, ...]:
    """Return the saved replies, those in one language first."""
    return tuple(
        sorted(services().agents.replies.all(), key=lambda reply: (reply.lang is not lang, reply.title, reply.id))
    )


def _present(keys: tuple[ArticleKey, ...]) -> tuple[Article, ...]:
    articles = (content().article(key) for key in keys)
    return tuple(article for article in articles if article is not None)
