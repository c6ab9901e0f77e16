"""Asks one question; an answer is a form that is sent, so that mail programs that look at links answer nothing."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.contact.surveys import LinkFault, SurveyLink, SurveyLinks
from kb.events import SurveyAnswered, VisitorKey
from kb.model import Language
from web.caching import no_store
from web.errors import error_response
from web.i18n import gettext
from web.services import services
from web.survey.pages import SurveyPage, answer_id, answered_page, ended_page, given_score, question_page, thanks_page
from web.tracking.reader import present_reader
from web.tracking.recording import record

SCORES = {str(score): score for score in range(1, 6)}


def add_routes(blueprint: Blueprint) -> None:
    """Add the page of all surveys and the one after an answer."""
    blueprint.add_url_rule("/<lang:lang>/survey/<token>", "survey", survey, methods=["GET", "POST"])
    blueprint.add_url_rule("/<lang:lang>/survey/thanks", "thanks", thanks)


def survey(lang: Language, token: str) -> AnyResponse:
    """Ask, or take the answer; the first answer to a link counts."""
    link = SurveyLinks(services().secret_key, services().settings.site_url).read(token)
    if link is LinkFault.EXPIRED:
        return _show(ended_page(), 410)
    if not isinstance(link, SurveyLink):
        abort(404)
    if (given := given_score(link)) is not None:
        again = redirect(url_for("survey.survey", token=token), 303)
        return again if request.method == "POST" else _show(answered_page(link.survey, given))
    if request.method != "POST":
        return _show(question_page(link.survey, token))
    score = SCORES.get(request.form.get("score", ""))
    if score is None:
        return _show(question_page(link.survey, token), 400)
    event = SurveyAnswered(
        id=answer_id(link),
        at=services().clock.now(),
        origin=replace(present_reader().origin(), visitor=VisitorKey(services().new_id())),
        survey=link.survey,
        score=score,
        ticket=link.ticket,
    )
    if not record(event):
        return error_response(503, gettext("Your answer could not be saved just now. Try again in a minute."))
    return redirect(url_for("survey.thanks"), 303)


def thanks(lang: Language) -> AnyResponse:
    """Thank for an answer."""
    return _show(thanks_page())


def _show(page: SurveyPage, status: int = 200) -> AnyResponse:
    return no_store(make_response(render_template("survey/survey.html", page=page), status))
