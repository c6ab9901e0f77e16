"""The lines of each queue: what the figures say needs attention, joined with what editors did about it, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kb.editing.evidence import (
    contacted_articles,
    crossed_articles,
    disliked_articles,
    unhelpful_days,
)
from kb.editing.model import Item, ItemId, Queue, State, Subject
from kb.model import Article, ArticleKey, Audience, Language
from kb.statistics.periods import Period, day_number
from search.improving.clusters import Cluster, QueryClusters
from web.i18n import gettext, ngettext, number
from web.services import content, is_public, pinned_search, services, today

PERIOD_DAYS: Final = 28
MOST_LINES: Final = 100


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One thing that needs attention.

    Attributes:
        title: What it is about, in words.
        detail: The figures, in words.
        cases: How often it went wrong in the period.
        last_week: Of these, within the last seven days.
        week_before: Of these, within the seven days before.
        days: Cases by day, as the database numbers days.
        reopened: New cases opened it again after it was closed.
    """

    item: Item
    title: str
    detail: str
    cases: int
    last_week: int
    week_before: int
    days: Mapping[int, int]
    reopened: bool

    @property
    def state(self) -> State:
        """Return the state that counts: what was opened again is new."""
        return State.NEW if self.reopened else self.item.state


def period() -> Period:
    """Return the days that queues look at: four weeks until today."""
    last = services().clock.now().date()  # figures are kept by days of UTC
    return Period(last - timedelta(days=PERIOD_DAYS - 1), last)


def query_clusters() -> QueryClusters:
    """Return what groups failed queries."""
    given = services()
    return QueryClusters(given.engine, given.editing, pinned_search())


def lines(queue: Queue) -> tuple[QueueLine, ...]:
    """Return the lines of a queue, worst first."""
    if queue.is_of_queries:
        return tuple(cluster_line(cluster) for cluster in query_clusters().clusters(queue, period()))[:MOST_LINES]
    makers = {
        Queue.DISLIKED: _disliked,
        Queue.CONTACTED: _contacted,
        Queue.OVERDUE: _overdue,
        Queue.UNTRANSLATED: _untranslated,
    }
    items = {item.subject: item for item in services().editing.items(queue)}
    return tuple(makers[queue](items))[:MOST_LINES]


def line_of(queue: Queue, subject: Subject) -> QueueLine | None:
    """Return one line of a queue of articles, None if nothing speaks for it and nobody touched it."""
    found = next((line for line in lines(queue) if line.item.subject == subject), None)
    if found is not None:
        return found
    item = services().editing.item(queue, subject)
    key = key_of(subject)
    return _line(item, _title(key), gettext("No cases in the last four weeks."), {}) if item.version and key else None


def cluster_line(cluster: Cluster) -> QueueLine:
    """Return the line of a cluster; its title is a query that enough visitors typed."""
    shown = cluster.disclosed(services().settings.k_anonymity)
    title = shown[0].text if shown else gettext("Queries that too few people typed to be shown")
    wordings = len(cluster.queries)
    detail = ngettext("%(count)s wording", "%(count)s wordings", wordings, count=number(wordings))
    return _line(cluster.item, title, detail, cluster.days)


def key_of(subject: Subject) -> ArticleKey | None:
    """Return the article that a subject names, None if it names none."""
    with suppress(ValueError):
        return ArticleKey.parse(subject)
    return None


def _line(item: Item, title: str, detail: str, days: Mapping[int, int], cases: int | None = None) -> QueueLine:
    last = day_number(services().clock.now().date())
    return QueueLine(
        item,
        title,
        detail,
        sum(days.values()) if cases is None else cases,
        sum(count for day, count in days.items() if last - 7 < day <= last),
        sum(count for day, count in days.items() if last - 14 < day <= last - 7),
        days,
        item.is_reopened_by(days),
    )


def _item(items: Mapping[Subject, Item], queue: Queue, key: ArticleKey) -> Item:
    subject = Subject(str(key))
    return items.get(subject) or Item(ItemId(""), queue, subject)


def _title(key: ArticleKey | None) -> str:
    if key is None:
        return ""
    versions = (content().article(ArticleKey(key.id, lang)) for lang in (key.lang, key.lang.other))
    return next((version.title for version in versions if version), key.id)


def _disliked(items: Mapping[Subject, Item]) -> Iterable[QueueLine]:
    """Yield articles whose present revision somebody voted unhelpful; votes on earlier revisions say nothing of it."""
    days = unhelpful_days(services().engine, period())
    for votes in disliked_articles(services().engine, period()):
        article = content().article(votes.article)
        if article is not None and article.digest == votes.revision:
            cast = votes.helpful + votes.unhelpful
            detail = ngettext(
                "%(unhelpful)s of %(all)s vote unhelpful; surely helpful to %(low)s to %(high)s %%",
                "%(unhelpful)s of %(all)s votes unhelpful; surely helpful to %(low)s to %(high)s %%",
                cast,
                unhelpful=number(votes.unhelpful),
                all=number(cast),
                low=number(round(100 * votes.lower_bound)),
                high=number(round(100 * votes.upper_bound)),
            )
            of_days = days.get((votes.article, votes.revision), {})
            yield _line(_item(items, Queue.DISLIKED, votes.article), article.title, detail, of_days, votes.unhelpful)


def _contacted(items: Mapping[Subject, Item]) -> Iterable[QueueLine]:
    for found in contacted_articles(services().engine, period()):
        article = content().article(found.article)
        if article is not None and is_public(article):
            detail = ngettext(
                "%(cases)s of %(all)s visit that opened it turned to support",
                "%(cases)s of %(all)s visits that opened it turned to support",
                found.of,
                cases=number(found.cases),
                all=number(found.of),
            )
            yield _line(_item(items, Queue.CONTACTED, found.article), article.title, detail, found.days)


def _overdue(items: Mapping[Subject, Item]) -> Iterable[QueueLine]:
    """Yield articles past their review date, longest first; a new date that passes counts as new evidence."""
    day = today()
    both = frozenset(Audience)
    articles = [article for lang in Language for article in content().articles(lang, audiences=both)]
    overdue = [(article, article.review_by) for article in articles if article.review_by and article.review_by < day]
    for article, due in sorted(overdue, key=lambda each: (each[1], str(each[0].key))):
        waited = (day - due).days
        detail = ngettext("Due %(count)s day ago", "Due %(count)s days ago", waited, count=number(waited))
        yield _overdue_line(_item(items, Queue.OVERDUE, article.key), article, detail, due, waited)


def _overdue_line(item: Item, article: Article, detail: str, due: date, waited: int) -> QueueLine:
    line = _line(item, article.title, detail, {}, waited)
    passed_again = item.state.is_closed and item.closed is not None and due > item.closed
    return QueueLine(line.item, line.title, line.detail, line.cases, 0, 0, {}, passed_again)


def _untranslated(items: Mapping[Subject, Item]) -> Iterable[QueueLine]:
    """Yield missing translations: those that readers would have opened, then those that colleagues asked for."""
    found = []
    for crossing in crossed_articles(services().engine, period()):
        missing = ArticleKey(crossing.article.id, crossing.article.lang.other)
        article = content().article(crossing.article)
        if article is not None and is_public(article) and content().article(missing) is None:
            detail = ngettext(
                "Opened %(count)s time by readers of the other language",
                "Opened %(count)s times by readers of the other language",
                crossing.cases,
                count=number(crossing.cases),
            )
            found.append(_line(_item(items, Queue.UNTRANSLATED, missing), article.title, detail, crossing.days))
    yield from found
    listed = {line.item.subject for line in found}
    for subject, item in items.items():
        key = key_of(subject)
        if subject not in listed and key is not None and content().article(key) is None:
            yield _line(item, _title(key), gettext("Asked for by a colleague"), {})
