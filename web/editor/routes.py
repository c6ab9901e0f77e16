"""Queues and their items: listed, opened, changed; a change made from an old version is shown, never overwritten."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.model import Permission
from kb.editing.draft import article_draft
from kb.editing.model import EditConflictError, Queue, Subject
from kb.model import ArticleKey, Language
from search.improving.clusters import Cluster
from web.desk.access import guarded, present_user
from web.editor.forms import ItemForm
from web.editor.item_pages import ItemPage, change_of, item_page
from web.editor.lines import QueueLine, cluster_line, key_of, line_of, lines, period, query_clusters
from web.editor.pages import change_name, change_text, home_page, queue_page, state_name
from web.i18n import gettext
from web.services import content, services, today

DEMAND = Permission.WORK_QUEUES
_NAMES = {"state_name": state_name, "change_name": change_name, "change_text": change_text}  # for templates


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages to a blueprint."""
    blueprint.add_url_rule("/", "home", guarded(DEMAND, home))
    blueprint.add_url_rule("/queues/<queue>", "queue", guarded(DEMAND, queue))
    blueprint.add_url_rule("/queues/<queue>/<subject>", "item", guarded(DEMAND, item))
    blueprint.add_url_rule("/queues/<queue>/<subject>", "change", guarded(DEMAND, change), methods=["POST"])
    blueprint.add_url_rule("/queues/<queue>/<subject>/draft-<language>.md", "draft", guarded(DEMAND, draft))


def home() -> AnyResponse:
    """Show all queues."""
    return make_response(render_template("editor/home.html", page=home_page()))


def queue(queue: str) -> AnyResponse:
    """Show one queue, worst first."""
    wanted = queue_of(queue)
    page = queue_page(wanted, lines(wanted), closed=request.args.get("state") == "closed")
    return make_response(render_template("editor/queue.html", page=page, **_NAMES))


def item(queue: str, subject: str) -> AnyResponse:
    """Show one item with its evidence."""
    return item_response(item_page(find_target(queue_of(queue), Subject(subject))))


def change(queue: str, subject: str) -> AnyResponse:
    """Set state, owner and note."""
    target = find_target(queue_of(queue), Subject(subject))
    line = line_for(target)
    form = ItemForm()
    if not form.validate() or not (form.version.data or "").isdecimal() or not _names_an_editor(form, line):
        return item_response(replace(item_page(target), form=form), 400)
    try:
        services().editing.change(
            line.item.queue,
            line.item.subject,
            change_of(form),
            version=int(form.version.data or ""),
            by=present_user().login,
            cases=line.cases,
            members=target.members if isinstance(target, Cluster) else (),
            reopened=line.reopened,
        )
    except EditConflictError as conflict:
        form.version.data = str(conflict.item.version)
        return item_response(replace(item_page(target), form=form, conflict=conflict.item), 409)
    return redirect(url_for("editor.item", queue=queue, subject=line.item.subject), 303)


def _names_an_editor(form: ItemForm, line: QueueLine) -> bool:
    """Tell whether the owner is somebody who may do it, or stays who they were, who may have left since."""
    login = (form.owner.data or "").strip().lower()
    person = services().accounts.people.by_login(login) if login else None
    if login in {"", line.item.owner} or (person is not None and person.may(DEMAND)):
        return True
    form.owner.errors = [gettext("Nobody with this login may work on the queues.")]
    return False


def draft(queue: str, subject: str, language: str) -> AnyResponse:
    """Give the beginning of an article as a file."""
    if language not in set(Language):
        abort(404)
    target, lang = find_target(queue_of(queue), Subject(subject)), Language(language)
    questions: tuple[str, ...] = ()
    article_id = ""
    if isinstance(target, Cluster):
        shown = target.disclosed(services().settings.k_anonymity)
        questions = tuple(query.text for query in sorted(shown, key=lambda query: query.lang is not lang))
    elif key := key_of(target.item.subject):
        other = content().article(ArticleKey(key.id, key.lang.other))
        article_id, questions = key.id, other.questions if other else ()
    written = article_draft(
        lang,
        questions,
        number=line_for(target).item.subject,
        owner=present_user().login,
        today=today(),
        article_id=article_id,
    )
    response = Response(written.text, content_type="text/markdown; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename={written.name}"
    return response


def queue_of(name: str) -> Queue:
    """Return a queue by its name in the address; 404 for others."""
    if name not in set(Queue):
        abort(404)
    return Queue(name)


def find_target(queue: Queue, subject: Subject) -> Cluster | QueueLine:
    """Return the cluster or the line that an address names; 404 where there is none."""
    target = query_clusters().cluster(queue, subject, period()) if queue.is_of_queries else line_of(queue, subject)
    if target is None:
        abort(404)
    return target


def line_for(target: Cluster | QueueLine) -> QueueLine:
    """Return the line of what was found."""
    return cluster_line(target) if isinstance(target, Cluster) else target


def item_response(page: ItemPage, status: int = 200) -> AnyResponse:
    """Return the page of an item."""
    return make_response(render_template("editor/item.html", page=page, **_NAMES), status)
