"""Takes votes: a plain form that leads back to the article, or a script that gets the panel alone."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.events import EventId, VisitorKey, Voted
from kb.model import Article, Language
from web.caching import no_store
from web.feedback.forms import Ballot, BallotFault, TokenState, read_ballot, read_receipt, sign_receipt, token_state
from web.feedback.pages import panel_after
from web.i18n import gettext
from web.public.pages import article_page
from web.public.routes import public_article
from web.same_origin import is_same_origin
from web.services import services
from web.tracking.reader import present_reader
from web.tracking.recording import article_ref, followed_search, record

SCRIPT_HEADER = "X-Requested-With"


def add_routes(blueprint: Blueprint) -> None:
    """Add the address that votes go to; who only looks at it is led to the form."""
    blueprint.add_url_rule("/<lang:lang>/articles/<slug>/feedback", "vote", vote, methods=["POST"])
    blueprint.add_url_rule("/<lang:lang>/articles/<slug>/feedback", "ask", ask)


def vote(lang: Language, slug: str) -> AnyResponse:
    """Take a vote, or say clearly why not."""
    article = public_article(lang, slug)
    if article is None:
        abort(404)
    if not is_same_origin():
        return _refuse(article, gettext("This vote did not come from our page. Vote here."), 403)
    if refusal := _refusal(token_state(article, request.form.get("token", ""))):
        return _refuse(article, refusal, 400)
    try:
        ballot = read_ballot(request.form)
    except BallotFault as fault:
        return _refuse(article, str(fault), 400)
    key = _cast(article, ballot)
    if key is None:
        return _refuse(article, gettext("Your answer could not be saved just now. Try again in a minute."), 503)
    return _thank(article, sign_receipt(article, ballot, key if present_reader().unrecorded else None))


def ask(lang: Language, slug: str) -> AnyResponse:
    """Lead to the form at the end of the article."""
    return redirect(url_for("public.article", slug=slug, _anchor="feedback"))


def _refusal(state: TokenState) -> str:
    return {
        TokenState.GOOD: "",
        TokenState.STALE: gettext("This page was open for too long. Here is a fresh one: vote again."),
        TokenState.CHANGED: gettext("The article has been changed since you opened it. Look again, then vote."),
        TokenState.FORGED: gettext("We could not accept this vote. Vote here."),
    }[state]


def _cast(article: Article, ballot: Ballot) -> VisitorKey | None:
    """Record a vote; return the voter's key, None if it could not be stored."""
    reader = present_reader()
    receipt = read_receipt(article, request.form.get("receipt", ""))
    key = VisitorKey(receipt.key) if receipt and receipt.key and reader.unrecorded else reader.key
    event = Voted(
        id=EventId(services().new_id()),
        at=services().clock.now(),
        origin=replace(reader.origin(), visitor=key),
        article=article_ref(article),
        verdict=ballot.verdict,
        reason=ballot.reason,
        comment=ballot.comment,
        search=followed_search(),
    )
    return key if record(event) else None


def _thank(article: Article, receipt: str) -> AnyResponse:
    if SCRIPT_HEADER in request.headers:
        return _panel(article, receipt)
    path = url_for("public.article", lang=article.lang, slug=article.slug, feedback=receipt, _anchor="feedback")
    return redirect(path, 303)


def _refuse(article: Article, fault: str, status: int) -> AnyResponse:
    """Show the form again with what was typed; without a script inside the whole article."""
    receipt, comment = request.form.get("receipt", ""), request.form.get("comment", "")[:10_000]
    if SCRIPT_HEADER in request.headers:
        return _panel(article, receipt, fault, comment, status)
    panel = panel_after(article, receipt, fault, comment)
    page = render_template("public/article.html", page=article_page(article), feedback=panel)
    return no_store(make_response(page, status))


def _panel(article: Article, receipt: str, fault: str = "", comment: str = "", status: int = 200) -> AnyResponse:
    panel = panel_after(article, receipt, fault, comment)
    return no_store(make_response(render_template("feedback/panel.html", feedback=panel), status))
