"""What the page of one item shows: evidence, fixes that were tried, state and history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import url_for

from kb.accounts.model import Permission
from kb.editing.evidence import Comment, comments, disliked_articles
from kb.editing.model import Change, Entry, FailedQuery, Item, Queue, State
from kb.events import Reason
from kb.model import Article, Language
from search.improving.clusters import Cluster
from search.improving.diagnosis import ClusterFinding, Diagnosis, diagnose
from search.improving.proposals import Proposal, proposals
from web.editor.forms import (
    DIAGNOSIS_NAMES,
    REASON_NAMES,
    ItemForm,
    PinFixForm,
    SynonymFixForm,
    TranslationForm,
)
from web.editor.lines import QueueLine, cluster_line, key_of, period
from web.editor.pages import ShownArticle, Tab, shown_article, tabs
from web.i18n import current_language, gettext
from web.layout import Head
from web.services import content, pinned_search, services


@dataclass(frozen=True, slots=True)
class ShownQuery:
    """A query that staff may see, with the evidence."""

    query: FailedQuery
    diagnosis: str
    rank: int | None
    answered: bool


@dataclass(frozen=True, slots=True)
class ShownFix:
    """A proposed rule and its article."""

    proposal: Proposal
    article: ShownArticle


@dataclass(frozen=True, slots=True)
class FixResult:
    """What a fix achieved.

    Attributes:
        before: Queries that found the article before.
        after: Queries that find it now.
        of: Queries that were asked again.
        rows: Each query that staff may see, and whether it found the article before and after.
    """

    before: int
    after: int
    of: int
    rows: tuple[tuple[str, bool, bool], ...]


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item: evidence, fixes, state, history.

    Attributes:
        diagnosis: Why the queries fail, in words; empty for articles.
        evidence: What the diagnosis rests on, in words.
        undisclosed: Searches whose wording too few people typed to be shown.
        articles: Articles that may be what was looked for.
        conflict: As somebody else left the item meanwhile; None: nobody did.
        result: What the fix just made achieved; None: none was made.
        fault: Why the last form was refused; empty otherwise.
        refused: Synonyms that were refused, as they were typed; None: none were.
    """

    head: Head
    tabs: tuple[Tab, ...]
    line: QueueLine
    form: ItemForm
    history: tuple[Entry, ...]
    people: tuple[str, ...]
    diagnosis: str = ""
    evidence: str = ""
    queries: tuple[ShownQuery, ...] = ()
    undisclosed: int = 0
    articles: tuple[ShownArticle, ...] = ()
    fixes: tuple[ShownFix, ...] = ()
    pin_form: PinFixForm | None = None
    translation: TranslationForm | None = None
    drafts: tuple[tuple[str, str], ...] = ()
    reasons: tuple[tuple[str, int], ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    conflict: Item | None = None
    result: FixResult | None = None
    fault: str = ""
    refused: SynonymFixForm | None = None


def _item_form(line: QueueLine) -> ItemForm:
    """Return the form with the item's values."""
    item = line.item
    return ItemForm(formdata=None, version=str(item.version), state=line.state.value, owner=item.owner, note=item.note)


def item_page(target: Cluster | QueueLine) -> ItemPage:
    """Return the page of an item."""
    return _cluster_page(target) if isinstance(target, Cluster) else _article_page(target)


def _article_page(line: QueueLine) -> ItemPage:
    """Return the page of an item about an article."""
    key = key_of(line.item.subject)
    assert key is not None
    article = content().article(key)
    reasons: tuple[tuple[str, int], ...] = ()
    said: tuple[Comment, ...] = ()
    if line.item.queue is Queue.DISLIKED and article is not None:
        said = comments(services().engine, key, article.digest)
        reasons = _reason_counts(article)
    drafts: tuple[tuple[str, str], ...] = ()
    if line.item.queue is Queue.UNTRANSLATED and article is None:
        drafts = ((gettext("Download a draft"), _draft_path(line.item, key.lang)),)
    return replace(
        _bare_page(line),
        articles=(shown_article(key.id, key.lang),),
        reasons=reasons,
        comments=tuple((_reason(each.reason), each.text) for each in said),
        drafts=drafts,
    )


def _cluster_page(cluster: Cluster) -> ItemPage:
    """Return the page of an item about queries, each asked again."""
    k = services().settings.k_anonymity
    finding = diagnose(pinned_search(), cluster.queries)
    shown = cluster.disclosed(k)
    ids = {query.id for query in shown}
    queries = tuple(
        ShownQuery(query, str(DIAGNOSIS_NAMES[found.diagnosis]), found.rank, found.answered)
        for query, found in zip(cluster.queries, finding.queries, strict=True)
        if query.id in ids
    )
    languages = sorted({query.lang for query in shown} or {current_language()})
    return replace(
        _bare_page(cluster_line(cluster)),
        diagnosis=str(DIAGNOSIS_NAMES[finding.diagnosis]),
        evidence=_evidence(cluster, finding),
        queries=queries,
        undisclosed=sum(query.searches for query in cluster.queries if query.id not in ids),
        articles=tuple(shown_article(each.article) for each in finding.candidates[:3]),
        fixes=_fixes(shown, finding),
        pin_form=PinFixForm(formdata=None, patterns="\n".join(query.text for query in shown)),
        translation=_translation(cluster, finding),
        drafts=tuple((_language_name(lang), _draft_path(cluster.item, lang)) for lang in languages),
    )


def _bare_page(line: QueueLine) -> ItemPage:
    """Return the page of an item without its evidence."""
    store = services().editing
    return ItemPage(
        Head(line.title),
        tabs(line.item.queue),
        line,
        _item_form(line),
        store.history(line.item),
        tuple(
            user.login for user in services().accounts.people.all() if user.active and user.may(Permission.WORK_QUEUES)
        ),
    )


def _fixes(shown: Sequence[FailedQuery], finding: ClusterFinding) -> tuple[ShownFix, ...]:
    if not shown or finding.diagnosis in {Diagnosis.NO_CONTENT, Diagnosis.CONTACTED}:
        return ()
    if all(query.answered and query.rank == 1 for query in finding.queries):
        return ()  # it comes first already: no rule can do more
    found = proposals(pinned_search(), services().curation.rules(), shown, finding.candidates)
    return tuple(ShownFix(proposal, shown_article(proposal.article)) for proposal in found if proposal.gained)


def _translation(cluster: Cluster, finding: ClusterFinding) -> TranslationForm | None:
    best = finding.candidates[0] if finding.candidates else None
    wanted = {query.lang for query in cluster.queries} - (best.languages if best else frozenset())
    if best is None or not wanted or finding.diagnosis is not Diagnosis.OTHER_LANGUAGE:
        return None
    return TranslationForm(formdata=None, article=best.article, lang=min(wanted).value)


def _evidence(cluster: Cluster, finding: ClusterFinding) -> str:
    searches = sum(query.searches for query in cluster.queries)
    return gettext(
        "Searches: %(searches)s. Without an answer: %(zero)s, with results that nobody opened: %(unopened)s, tried "
        "again in other words: %(retried)s, a result opened and then a message to us: %(contacted)s. How sure the "
        "search is now that it has an answer: %(sure)s %%.",
        searches=searches,
        zero=sum(query.zero for query in cluster.queries),
        unopened=sum(query.no_click for query in cluster.queries),
        retried=sum(query.reformulated for query in cluster.queries),
        contacted=sum(query.contacted for query in cluster.queries),
        sure=round(100 * finding.probability),
    )


def _reason_counts(article: Article) -> tuple[tuple[str, int], ...]:
    votes = disliked_articles(services().engine, period())
    found = next((each for each in votes if (each.article, each.revision) == (article.key, article.digest)), None)
    return tuple((_reason(reason), count) for reason, count in found.reasons) if found else ()


def _reason(reason: Reason | None) -> str:
    return str(REASON_NAMES[reason]) if reason else ""


def _draft_path(item: Item, lang: Language) -> str:
    return url_for("editor.draft", queue=item.queue.value, subject=item.subject, language=lang.value)


def _language_name(lang: Language) -> str:
    return gettext("Arabic draft") if lang is Language.AR else gettext("English draft")


def change_of(form: ItemForm) -> Change:
    """Return what a form sets."""
    return Change(State(form.state.data), (form.owner.data or "").strip().lower(), (form.note.data or "").strip())
