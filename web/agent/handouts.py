"""What an agent gives a customer: a tracked link and snippets around it. Internal articles are never handed out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from kb.accounts.model import User
from kb.agents.replies import EmbeddedArticle, SavedReply, fill, unfilled
from kb.agents.snippets import Snippet, SnippetFormat, passage_of, render
from kb.errors import UserError
from kb.events import Channel, EventId, LinkSent, Origin, Traffic, VisitorKey
from kb.model import Article, ArticleId, ArticleKey, Language
from web.agent.suggestions import AgentAnswer
from web.layout import absolute
from web.services import content, is_public, services
from web.tracking.recording import article_ref, record


@dataclass(frozen=True, slots=True)
class Handout:
    """Texts to be pasted into an answer.

    Attributes:
        article: What they are about.
        url: The tracked link.
    """

    article: Article
    url: str
    markdown: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class FilledReply:
    """A saved reply for one customer.

    Attributes:
        unfilled: Placeholders that the agent has to write.
    """

    reply: SavedReply
    text: str
    html: str
    unfilled: tuple[str, ...]


def hand_out(
    user: User, article: Article, ticket: str, anchor: str = "", passage: str = "", channel: Channel = Channel.DESK
) -> Handout:
    """Return the texts for one article, and record that its link is sent.

    Args:
        user: The agent.
        ticket: The ticket's name; empty if there is none.
        anchor: Section that answers.
        passage: What answers; empty: the article's summary.

    Raises:
        UserError: Customers may not read the article, or the ticket's name is malformed.
    """
    if not is_public(article):
        raise UserError("This article is internal: it cannot be sent to customers.")
    url = _tracked(user, article, ticket, anchor, channel)
    snippet = Snippet(article.title, passage or passage_of(article, anchor), url, article.lang)
    return Handout(
        article,
        url,
        markdown=render(snippet, SnippetFormat.MARKDOWN),
        html=render(snippet, SnippetFormat.HTML),
        text=render(snippet, SnippetFormat.TEXT),
    )


def hand_out_from(user: User, article: Article, answer: AgentAnswer) -> Handout:
    """Return the texts for an article of an answer, or for any other; see `hand_out`."""
    hit = answer.hit_of(article)
    if hit is None:
        return hand_out(user, article, answer.reference)
    return hand_out(user, article, answer.reference, hit.anchor, hit.passage)


def fill_reply(user: User, reply: SavedReply, answer: AgentAnswer) -> FilledReply:
    """Return a saved reply for the customer of an answer; the links of its articles are recorded as sent.

    Raises:
        UserError: The ticket's name is malformed.
    """
    names = {
        "name": answer.customer.name if answer.customer else "",
        "agent": user.name,
        "ticket": answer.reference,
    }
    links: dict[ArticleId, EmbeddedArticle | None] = {}

    def embed(article_id: ArticleId) -> EmbeddedArticle | None:
        if article_id not in links:
            article = public_version(article_id, reply.lang)
            url = _tracked(user, article, answer.reference, "", Channel.DESK) if article else ""
            links[article_id] = EmbeddedArticle(article.title, url) if article else None
        return links[article_id]

    text = fill(reply, names, embed)
    return FilledReply(reply, text, fill(reply, names, embed, SnippetFormat.HTML), unfilled(text))


def public_version(article_id: ArticleId, lang: Language) -> Article | None:
    """Return an article in a language, else in the other, if customers may read it."""
    versions = (content().article(ArticleKey(article_id, each)) for each in (lang, lang.other))
    return next((version for version in versions if version and is_public(version)), None)


def _tracked(user: User, article: Article, ticket: str, anchor: str, channel: Channel) -> str:
    tools = services().agents
    link = tools.links.make(user.id, ticket, article.key, anchor)
    tools.shelf.remember(user.id, article.key)
    # Agents are no visitors: a key of its own joins this event to nothing.
    origin = Origin(VisitorKey(services().new_id()), article.lang, Traffic.STAFF, channel)
    sent = EventId(f"link-{link.token}")  # a link that is handed out twice is one link
    record(LinkSent(id=sent, at=services().clock.now(), origin=origin, link=link.token, article=article_ref(article)))
    return absolute(url_for("agent_links.follow", token=link.token))
