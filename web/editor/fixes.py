"""One-click fixes; after each the queries of the cluster are asked again, and the page shows what it achieved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.curation.model import Match, ResultAction
from kb.curation.store import LONGEST_TERM, MOST_TERMS
from kb.editing.model import FailedQuery, Queue, Subject
from kb.errors import UserError
from kb.model import ArticleId, ArticleKey, Language
from search.improving.clusters import Cluster
from search.improving.diagnosis import ask, succeeds
from web.desk.access import guarded, present_user
from web.editor.forms import PinFixForm, SynonymFixForm, TranslationForm
from web.editor.item_pages import FixResult, ItemPage, item_page
from web.editor.routes import DEMAND, find_target, item_response, line_for, queue_of
from web.i18n import gettext, ngettext
from web.services import content, is_public, pinned_search, services


def add_routes(blueprint: Blueprint) -> None:
    """Add the fixes to a blueprint."""
    item = "/queues/<queue>/<subject>"
    for name, view in (("synonyms", add_synonyms), ("pin", pin), ("translation", ask_for_translation)):
        blueprint.add_url_rule(f"{item}/{name}", name, guarded(DEMAND, view), methods=["POST"])


def add_synonyms(queue: str, subject: str) -> AnyResponse:
    """Add what readers say as synonyms of what the article says."""
    target, form = _cluster(queue, subject), SynonymFixForm()
    if not form.validate() or not _is_readable(article := ArticleId(form.article.data or "")):
        return _refused(
            replace(item_page(target), refused=form), gettext("Write what readers say and what the article says.")
        )
    terms, replacements = _lines(form.terms.data), _lines(form.replacements.data)
    before = _outcomes(target.queries, article)
    try:
        services().curation.add_synonyms(
            terms, replacements, lang=_language(target.queries), by=present_user().login, why=_why(target)
        )
    except UserError:
        return _refused(
            replace(item_page(target), refused=form), gettext("Write at most 20 terms, each of at most 100 characters.")
        )
    what = gettext("Synonyms: %(terms)s → %(article)s", terms=" | ".join(terms), article=" | ".join(replacements))
    return _fixed(target, article, what, before)


def pin(queue: str, subject: str) -> AnyResponse:
    """Put an article first for the wordings of the cluster."""
    target, form = _cluster(queue, subject), PinFixForm()
    article = ArticleId((form.article.data or "").strip())
    if not form.validate() or not _is_readable(article):
        return _refused(
            replace(item_page(target), pin_form=form),
            gettext("Write the words of a query and the id of a published article."),
        )
    patterns = _lines(form.patterns.data)
    if len(patterns) > MOST_TERMS or any(len(pattern) > LONGEST_TERM for pattern in patterns):
        return _refused(
            replace(item_page(target), pin_form=form),
            gettext("Write at most 20 terms, each of at most 100 characters."),
        )
    before = _outcomes(target.queries, article)
    for pattern in patterns:
        services().curation.add_result(
            ResultAction.PIN,
            pattern,
            article,
            match=Match.WORDS,
            lang=_language(target.queries),
            by=present_user().login,
            why=_why(target),
        )
    return _fixed(
        target,
        article,
        gettext("Pinned: %(article)s for %(terms)s", article=article, terms=" | ".join(patterns)),
        before,
    )


def ask_for_translation(queue: str, subject: str) -> AnyResponse:
    """Put an article into the queue of wanted translations."""
    target, form = find_target(queue_of(queue), Subject(subject)), TranslationForm()
    if not form.validate() or form.lang.data not in set(Language):
        abort(400)
    key = ArticleKey(ArticleId(form.article.data or ""), Language(form.lang.data))
    if content().article(ArticleKey(key.id, key.lang.other)) is None:
        abort(400)
    wanted, login = Subject(str(key)), present_user().login
    line = line_for(target)
    members = target.members if isinstance(target, Cluster) else ()
    services().editing.record_fix(Queue.UNTRANSLATED, wanted, gettext("Asked for by %(who)s", who=login), by="")
    services().editing.record_fix(
        line.item.queue, line.item.subject, gettext("Asked for a translation: %(article)s", article=wanted),
        by=login, members=members,
    )  # fmt: skip
    return redirect(url_for("editor.item", queue=Queue.UNTRANSLATED.value, subject=wanted), 303)


def _fixed(target: Cluster, article: ArticleId, what: str, before: Sequence[bool]) -> AnyResponse:
    """Ask the queries again, write down what the fix achieved, and show it."""
    after = _outcomes(target.queries, article)
    k = services().settings.k_anonymity
    rows = tuple(
        (query.text, old, new)
        for query, old, new in zip(target.queries, before, after, strict=True)
        if query.visitors >= k
    )
    result = FixResult(sum(before), sum(after), len(after), rows)
    achieved = ngettext(
        "%(what)s. Found by %(before)s of %(of)s wording before, by %(after)s now.",
        "%(what)s. Found by %(before)s of %(of)s wordings before, by %(after)s now.",
        result.of,
        what=what,
        before=result.before,
        after=result.after,
        of=result.of,
    )
    line = line_for(target)
    services().editing.record_fix(
        line.item.queue, line.item.subject, achieved, by=present_user().login, members=target.members
    )
    return item_response(replace(item_page(_cluster(line.item.queue.value, line.item.subject)), result=result))


def _outcomes(queries: Sequence[FailedQuery], article: ArticleId) -> list[bool]:
    search = pinned_search()
    return [succeeds(ask(search, each.text, each.lang), article) for each in queries]


def _cluster(queue: str, subject: str) -> Cluster:
    target = find_target(queue_of(queue), Subject(subject))
    if not isinstance(target, Cluster):
        abort(404)
    return target


def _refused(page: ItemPage, fault: str) -> AnyResponse:
    """Return the page of the cluster with what was typed, to be corrected."""
    return item_response(replace(page, fault=fault), 400)


def _is_readable(article: ArticleId) -> bool:
    versions = (content().article(ArticleKey(article, lang)) for lang in Language)
    return any(version is not None and is_public(version) for version in versions)


def _language(queries: Sequence[FailedQuery]) -> Language | None:
    """Return the language of all queries, None where they have both."""
    languages = {query.lang for query in queries}
    return languages.pop() if len(languages) == 1 else None


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _why(target: Cluster) -> str:
    return gettext("Queue “Improve”, cluster %(number)s", number=target.item.subject)
