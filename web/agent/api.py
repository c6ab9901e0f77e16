"""The agents' part of the JSON API. Who calls is told by the Authorization header alone, never by a cookie."""

from __future__ import annotations

from typing import TypeVar

from flask import Flask, Response, abort, jsonify, make_response, request
from pydantic import BaseModel, ValidationError

from kb.errors import UserError
from kb.events import Channel
from kb.model import ArticleId
from web.agent.api_models import AgentSuggestions, Call, LinkCall, SentLink, SuggestCall, SuggestedArticle
from web.agent.bearer import calling_agent
from web.agent.handouts import hand_out, public_version
from web.agent.suggestions import AgentHit, suggest
from web.api.openapi import Operation
from web.api.registration import add_operations
from web.layout import absolute
from web.problems import parameter_faults, problem
from web.public.pages import article_path
from web.services import content

Given = TypeVar("Given", bound=Call)


def register(app: Flask) -> None:
    """Add the calls and describe them."""
    add_operations(app, "agent_api", OPERATIONS)
    for operation in OPERATIONS:  # no cookie gives these calls any right, so no other site can forge them
        app.extensions["csrf"].exempt(operation.view)


def agent_suggest() -> Response:
    """Give the articles for a customer's message."""
    calling_agent()
    given = _body(SuggestCall)
    answer = suggest(given.text, given.ticket, given.lang, given.limit)
    return _answer(
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
    given = _body(LinkCall)
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
    return _answer(link, 201)


def _body(model: type[Given]) -> Given:
    try:
        return model.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        abort(problem(422, "Correct the fields that `errors` names.", parameter_faults(error)))


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


def _answer(model: BaseModel, status: int = 200) -> Response:
    response = make_response(jsonify(model.model_dump(mode="json")), status)
    response.cache_control.no_store = True
    return response


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
