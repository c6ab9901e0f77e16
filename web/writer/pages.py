"""What the writers' page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from flask import url_for

from kb.model import Article, Audience, Language, Status
from web.i18n import gettext
from web.layout import Head
from web.public.pages import article_path
from web.services import content, is_public, services, today

MOST_LINES = 500
EVERYBODY = frozenset(Audience)


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One language version of an article.

    Attributes:
        path: Its public page; empty: readers do not see it.
        edit_path: Where it is edited, or its file.
        is_download: The latter.
        is_due: The day of its review has come.
        missing: The other language is wanted: nobody translated it yet.
    """

    title: str
    lang: Language
    category: str
    owner: str
    updated: date
    review_by: date | None
    path: str
    edit_path: str
    is_download: bool
    is_due: bool
    is_internal: bool
    missing: bool


@dataclass(frozen=True, slots=True)
class ArticlesPage:
    """All articles, or those that a writer looks for.

    Attributes:
        owner: Whose articles are shown; empty: everybody's.
        lang: Of which language; empty: both.
        total: How many there are that fit, shown or not.
    """

    head: Head
    lines: tuple[ArticleLine, ...]
    owners: tuple[str, ...]
    owner: str
    lang: str
    total: int


def articles_page(arguments: Mapping[str, str]) -> ArticlesPage:
    """Return the page for a query string: `owner` and `lang`; what is not understood is left out."""
    lang = arguments.get("lang", "")
    lang = lang if lang in set(Language) else ""
    kept = content().articles(lang=Language(lang) if lang else None, audiences=EVERYBODY)
    articles = [article for article in kept if article.status is Status.PUBLISHED]
    owners = tuple(sorted({article.owner for article in articles if article.owner}))
    owner = arguments.get("owner", "")
    owner = owner if owner in owners else ""
    lines = [_line(article) for article in articles if not owner or article.owner == owner]
    lines.sort(key=lambda line: (not line.is_due, line.review_by or date.max, line.title, line.lang))
    return ArticlesPage(Head(gettext("Articles")), tuple(lines[:MOST_LINES]), owners, owner, lang, len(lines))


def edit_address(article: Article) -> tuple[str, bool]:
    """Return where an article is edited, and whether that is only its file to download."""
    if edit_url := services().settings.edit_url:
        return edit_url.replace("{path}", quote(article.path)), False
    return url_for("writer.source", language=article.lang.value, identity=article.id), True


def _line(article: Article) -> ArticleLine:
    edit_path, is_download = edit_address(article)
    return ArticleLine(
        title=article.title,
        lang=article.lang,
        category=article.category,
        owner=article.owner,
        updated=article.updated,
        review_by=article.review_by,
        path=article_path(article) if is_public(article) else "",
        edit_path=edit_path,
        is_download=is_download,
        is_due=article.review_by is not None and article.review_by <= today(),
        is_internal=article.audience is Audience.INTERNAL,
        missing=len(content().translations(article.id)) < len(Language),
    )
