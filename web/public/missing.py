"""What is said where an article or a category is not there in this language, and what there is instead."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from flask import Response, abort, make_response, render_template, url_for

from kb.model import Article, Category, Language
from web.caching import no_store
from web.i18n import gettext
from web.layout import Head
from web.public.pages import (
    ArticleLink,
    CategoryCard,
    article_links,
    category_cards,
    find_category,
    public_versions,
)
from web.services import content, is_public

OFFERED = 4


@dataclass(frozen=True, slots=True)
class MissingArticlePage:
    """An article that exists, but not in this language.

    Attributes:
        versions: Where it can be read instead.
        category: Its category, if that has articles in this language.
        offered: Some of them.
    """

    head: Head
    versions: tuple[ArticleLink, ...]
    category: CategoryCard | None
    offered: tuple[ArticleLink, ...]


@dataclass(frozen=True, slots=True)
class MissingCategoryPage:
    """A category that has articles, but none in this language.

    Attributes:
        category: As it is called in the other language.
        path: Its page there.
        others: The categories of this language.
    """

    head: Head
    category: Category
    path: str
    others: tuple[CategoryCard, ...]


def foreign_article(lang: Language, slug: str) -> Article | None:
    """Return the article that the other language has at this address, also at an old one, if anybody may read it."""
    other, wanted = lang.other, unicodedata.normalize("NFC", slug)
    present = content().redirect(other, wanted)
    found = content().article_by_slug(other, wanted) or (content().article_by_slug(other, present) if present else None)
    return found if found and is_public(found) else None


def missing_article(lang: Language, slug: str) -> Response:
    """Return the page for an article that is not there in this language.

    Raises:
        NotFound: It is not there in the other language either.
    """
    found = foreign_article(lang, slug)
    if found is None:
        abort(404)
    titles = {
        Language.AR: gettext("This article is not available in Arabic"),
        Language.EN: gettext("This article is not available in English"),
    }
    versions = article_links(public_versions(found))
    page = MissingArticlePage(
        Head(titles[lang], alternates={link.article.lang: link.path for link in versions}),
        versions,
        next((card for card in category_cards(lang) if card.category.slug == found.category), None),
        article_links(content().articles(lang, found.category, limit=OFFERED)),
    )
    return _not_found("public/missing_article.html", page)


def missing_category(lang: Language, slug: str) -> Response:
    """Return the page for a category that has no articles in this language.

    Raises:
        NotFound: It has none in the other language either.
    """
    found = find_category(lang.other, slug)
    if found is None:
        abort(404)
    titles = {
        Language.AR: gettext("This topic has no articles in Arabic yet"),
        Language.EN: gettext("This topic has no articles in English yet"),
    }
    path = url_for("public.category", lang=lang.other, slug=slug)
    head = Head(titles[lang], alternates={lang.other: path})
    return _not_found("public/missing_category.html", MissingCategoryPage(head, found, path, category_cards(lang)))


def _not_found(template: str, page: MissingArticlePage | MissingCategoryPage) -> Response:
    return no_store(make_response(render_template(template, page=page), 404))
