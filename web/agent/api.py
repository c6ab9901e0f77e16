"""The agents' part of the JSON API. Who calls is told by the Authorization header alone, never by a cookie."""

from __future__ import annotations

from flask import Response

from kb.errors import UserError
from kb.events import Channel
from kb.model import ArticleId
from web.agent.api_models import AgentSuggestions, LinkCall, SentLink, SuggestCall, SuggestedArticle
from web.agent.bearer import calling_agent
from web.agent.handouts import hand_out, public_version
from web.agent.suggestions import AgentHit, suggest
from web.feature import Operation
from web.json_calls import answer_json, read_body
from web.layout import absolute
from web.problems import problem
from web.public.pages import article_path
from web.services import content


def agent_suggest() -> Response:
    """Give the articles for a customer's message."""
    calling_agent()
    given = read_body(SuggestCall)
    answer = suggest(given.text, given.ticket, given.lang, given.limit)
    return answer_json(
        AgentSuggestions(
            lang=answer.lang,
            question=answer.question,
            no_answer=answer.no_answer,
            searched=list(answer.customer.searches) if answer.customer else [],
            articles=[_suggested(hit) for hit in answer.hits],
            took_ms=round(answer.took_ms, 1),
        )
    )


def agent_links() -> Response:
    """Make a tracked link."""
    agent = calling_agent()
    given = read_body(LinkCall)
    article = public_version(ArticleId(given.article), given.lang)
    if article is None:
        known = content().translations(ArticleId(given.article))
        reason = "This article is internal: it cannot be sent to customers." if known else "There is no such article."
        return problem(422, reason)
    try:
        sent = hand_out(agent, article, given.ticket, given.anchor, given.passage, Channel.API)
    except UserError as fault:
        return problem(422, str(fault))
    link = SentLink(
        url=sent.url, article=article.id, lang=article.lang, markdown=sent.markdown, html=sent.html, text=sent.text
    )
    return answer_json(link, 201)


def _suggested(hit: AgentHit) -> SuggestedArticle:
    article = hit.article
    return SuggestedArticle(
        id=article.id,
        lang=article.lang,
        title=article.title,
        audience=article.audience,
        url=absolute(article_path(article)) if hit.linkable else None,
        anchor=hit.anchor,
        passage=hit.passage,
        score=round(hit.score, 4),
        known=hit.known,
    )


OPERATIONS = (
    Operation(
        "/api/v1/agent/suggest",
        agent_suggest,
        "Articles for a customer's message, internal ones too",
        None,
        AgentSuggestions,
        (401, 403, 422, 429, 503),
        method="post",
        body=SuggestCall,
        bearer=True,
    ),
    Operation(
        "/api/v1/agent/links",
        agent_links,
        "A tracked link for a customer, with snippets around it",
        None,
        SentLink,
        (401, 403, 422, 429, 503),
        method="post",
        body=LinkCall,
        bearer=True,
        success=201,
    ),
)
