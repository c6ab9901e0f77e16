"""Saved replies: listed, written, changed, deleted by agents."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.model import Permission
from kb.agents.replies import (
    ChangedMeanwhile,
    ReplyId,
    SavedReply,
    embedded_articles,
    unknown_placeholders,
)
from kb.model import Language
from web.agent.forms import ReplyForm
from web.agent.handouts import public_version
from web.agent.pages import RepliesPage, ReplyPage, sorted_replies
from web.desk.access import guarded, present_user
from web.i18n import gettext
from web.layout import Head
from web.services import services


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages of saved replies."""
    demand = Permission.ANSWER_TICKETS
    blueprint.add_url_rule("/replies", "replies", guarded(demand, replies))
    blueprint.add_url_rule("/replies/new", "new_reply", guarded(demand, new_reply), methods=["GET", "POST"])
    blueprint.add_url_rule("/replies/<reply>", "reply", guarded(demand, reply_page), methods=["GET", "POST"])
    blueprint.add_url_rule("/replies/<reply>/delete", "delete_reply", guarded(demand, delete_reply), methods=["POST"])


def replies() -> AnyResponse:
    """List the replies."""
    page = RepliesPage(Head(gettext("Saved replies")), sorted_replies(present_user().lang))
    return make_response(render_template("agent/replies.html", page=page))


def new_reply() -> AnyResponse:
    """Write a new reply."""
    form = ReplyForm(lang=present_user().lang.value)
    if not form.validate_on_submit() or not _is_sound(form):
        return _show(form, None, status=400 if form.is_submitted() else 200)
    lang, title, body = _values(form)
    services().agents.replies.add(lang, title, body, present_user().name)
    return redirect(url_for("agent.replies"), 303)


def reply_page(reply: str) -> AnyResponse:
    """Change a reply; what somebody else changed meanwhile is shown, never overwritten."""
    stored = _stored(reply)
    form = ReplyForm(lang=stored.lang.value, title=stored.title, body=stored.body, version=str(stored.version))
    if not form.validate_on_submit() or not _is_sound(form):
        return _show(form, stored, status=400 if form.is_submitted() else 200)
    version = int(form.version.data) if form.version.data.isdecimal() else 0
    try:
        services().agents.replies.change(stored.id, version, *_values(form), present_user().name)
    except ChangedMeanwhile as fault:
        if fault.present is None:
            abort(404)
        form.version.data = str(fault.present.version)
        return _show(form, stored, fault.present, status=409)
    return redirect(url_for("agent.replies"), 303)


def delete_reply(reply: str) -> AnyResponse:
    """Delete a reply."""
    services().agents.replies.delete(ReplyId(reply))
    return redirect(url_for("agent.replies"), 303)


def _stored(reply: str) -> SavedReply:
    return services().agents.replies.get(ReplyId(reply)) or abort(404)


def _values(form: ReplyForm) -> tuple[Language, str, str]:
    return Language(form.lang.data), form.title.data or "", form.body.data or ""


def _is_sound(form: ReplyForm) -> bool:
    """Tell whether every placeholder means something and every article may be sent; else mark the text as faulty."""
    lang, _, body = _values(form)
    wrong = [*unknown_placeholders(body)]
    wrong += [f"{{article:{each}}}" for each in embedded_articles(body) if public_version(each, lang) is None]
    if wrong:
        placeholders = gettext(", ").join(wrong)
        form.body.errors = [gettext("These placeholders mean nothing: %(placeholders)s", placeholders=placeholders)]
    return not wrong


def _show(
    form: ReplyForm, stored: SavedReply | None, theirs: SavedReply | None = None, status: int = 200
) -> AnyResponse:
    head = Head(stored.title if stored else gettext("New saved reply"))
    return make_response(render_template("agent/reply.html", page=ReplyPage(head, form, stored, theirs)), status)
