"""The agents' page. Every button belongs to one form, so that nothing that was typed is ever lost.

A script sends the same form and gets only the part that changed.
"""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.model import Permission
from kb.agents.replies import ReplyId
from kb.errors import UserError
from kb.model import Article
from web.agent.forms import DeskForm
from web.agent.handouts import fill_reply, hand_out_from
from web.agent.pages import agent_page, chosen_article, preview_of
from web.agent.suggestions import AgentAnswer, suggest
from web.desk.access import guarded, present_user
from web.desk.keeping import SCRIPT_HEADER
from web.i18n import gettext
from web.services import services


def add_routes(blueprint: Blueprint) -> None:
    """Add the agents' page."""
    blueprint.add_url_rule("", "home", guarded(Permission.ANSWER_TICKETS, home), methods=["GET", "POST"])


def home() -> AnyResponse:
    """Show the page, or do what its pressed button says."""
    form = DeskForm()
    if request.method != "POST":
        return _page(form)
    if not form.validate_on_submit():
        return _page(form, fault=gettext("Look at what is marked below. Nothing you typed is lost."), status=400)
    answer = suggest(form.message.data or "", form.ticket.data or "", form.chosen_language)
    for name, act in (
        ("preview", _preview),
        ("favourite", _keep),
        ("unfavourite", _drop),
        ("handout", _hand_out),
    ):
        if choice := request.form.get(name):
            article = chosen_article(choice)
            if article is None:
                return _page(form, answer, fault=gettext("This article no longer exists."), status=404)
            return act(form, answer, article)
    if choice := request.form.get("reply"):
        return _reply(form, answer, choice)
    return _page(form, answer)


def _preview(form: DeskForm, answer: AgentAnswer, article: Article) -> AnyResponse:
    services().agents.shelf.remember(present_user().id, article.key)
    return _opened(form, answer, article)


def _keep(form: DeskForm, answer: AgentAnswer, article: Article) -> AnyResponse:
    services().agents.shelf.keep(present_user().id, article.key)
    return _opened(form, answer, article)


def _drop(form: DeskForm, answer: AgentAnswer, article: Article) -> AnyResponse:
    services().agents.shelf.drop(present_user().id, article.key)
    return _opened(form, answer, article)


def _opened(form: DeskForm, answer: AgentAnswer, article: Article) -> AnyResponse:
    preview = preview_of(present_user(), article)
    if SCRIPT_HEADER in request.headers:
        return make_response(render_template("agent/preview.html", preview=preview))
    return _page(form, answer, preview=preview)


def _hand_out(form: DeskForm, answer: AgentAnswer, article: Article) -> AnyResponse:
    try:
        handout = hand_out_from(present_user(), article, answer)
    except UserError:
        fault = gettext("This article is internal: it cannot be sent to customers.")
        return _page(form, answer, fault=fault, status=403)
    if SCRIPT_HEADER in request.headers:
        return make_response(render_template("agent/handout.html", handout=handout))
    return _page(form, answer, handout=handout)


def _reply(form: DeskForm, answer: AgentAnswer, choice: str) -> AnyResponse:
    reply = services().agents.replies.get(ReplyId(choice))
    if reply is None:
        return _page(form, answer, fault=gettext("This reply no longer exists."), status=404)
    filled = fill_reply(present_user(), reply, answer)
    if SCRIPT_HEADER in request.headers:
        return make_response(render_template("agent/filled.html", filled=filled))
    return _page(form, answer, filled=filled)


def _page(form: DeskForm, answer: AgentAnswer | None = None, status: int = 200, **shown: object) -> AnyResponse:
    asked = answer if answer and (answer.question or answer.customer) else None
    page = agent_page(present_user(), form, asked, **shown)  # type: ignore[arg-type]  # names of its parameters
    return make_response(render_template("agent/home.html", page=page), status)
