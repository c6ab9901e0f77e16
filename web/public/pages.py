"""What the home, category and article pages show: one dataclass for each template, and how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from kb.model import Article, Category, Language
from web.i18n import current_language, gettext, in_a_row
from web.layout import Crumb, Head, absolute, breadcrumb_document, site_name
from web.prefix import complete_addresses
from web.services import content, is_public, pinned_search, services

LISTED = 6
EXAMPLES = 4
POOL = 200
RELATED = 4


@dataclass(frozen=True, slots=True)
class CategoryCard:
    """A category and the number of articles that anybody may read in it."""

    category: Category
    path: str
    count: int


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """An article in a list."""

    article: Article
    path: str
    category: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """The home page.

    Attributes:
        first: What is read most; while too little was read to say, of the articles updated last the one of each
            category that answers most questions.
        first_is_most_read: Which of the two it is.
        newest: Those updated last, without the ones above.
        examples: Questions that articles answer, in their authors' words: what one may ask, not what others asked.
    """

    head: Head
    categories: tuple[CategoryCard, ...]
    first: tuple[ArticleLink, ...]
    first_is_most_read: bool
    newest: tuple[ArticleLink, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """A category and its articles."""

    head: Head
    crumbs: tuple[Crumb, ...]
    category: Category
    articles: tuple[ArticleLink, ...]
    others: tuple[CategoryCard, ...]


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A heading in the table of contents; `level` is 2 or 3."""

    anchor: str
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article.

    Attributes:
        body: Its HTML, sanitised when it was indexed.
        translation: Path of the article in the other language; empty if there is none.
        markdown: Path of its source.
    """

    head: Head
    crumbs: tuple[Crumb, ...]
    article: Article
    body: Markup
    toc: tuple[TocEntry, ...]
    related: tuple[ArticleLink, ...]
    translation: str
    markdown: str


def home_page() -> HomePage:
    """Return what the home page shows in the reader's language."""
    lang = current_language()
    recent = content().articles(lang, limit=POOL)
    start = _one_of_each_category(recent)
    most_read = _most_read(lang)
    first = most_read or start[:LISTED]
    categories = category_cards(lang)
    return HomePage(
        head=Head(
            title=gettext("Help centre"),
            description=_description(categories),
            canonical=url_for("public.home"),
            alternates={language: url_for("public.home", lang=language) for language in Language},
            structured=(_website(lang),),
        ),
        categories=categories,
        first=article_links(first),
        first_is_most_read=bool(most_read),
        newest=article_links(tuple(article for article in recent if article not in first)[:LISTED]),
        examples=_examples(start),
    )


def example_questions(lang: Language) -> tuple[str, ...]:
    """Return questions that the articles answer, one of each category, as examples of what may be asked."""
    return _examples(_one_of_each_category(content().articles(lang, limit=POOL)))


def _examples(start: tuple[Article, ...]) -> tuple[str, ...]:
    return tuple(article.questions[0] for article in start if article.questions)[:EXAMPLES]


def category_page(category: Category) -> CategoryPage:
    """Return what the page of a category shows."""
    lang = category.lang
    path = url_for("public.category", slug=category.slug)
    crumbs = (home_crumb(), Crumb(category.title))
    return CategoryPage(
        head=Head(
            title=category.title,
            description=category.summary,
            canonical=path,
            alternates={
                language: url_for("public.category", lang=language, slug=category.slug)
                for language in Language
                if content().category_counts(language).get(category.slug)
            },
            structured=(breadcrumb_document(crumbs, path),),
        ),
        crumbs=crumbs,
        category=category,
        articles=article_links(content().articles(lang, category.slug)),
        others=tuple(card for card in category_cards(lang) if card.category.slug != category.slug),
    )


def article_page(article: Article) -> ArticlePage:
    """Return what the page of an article shows."""
    path = article_path(article)
    category = find_category(article.lang, article.category)
    versions = {version.lang: article_path(version) for version in public_versions(article)}
    crumbs = (
        home_crumb(),
        *([Crumb(category.title, url_for("public.category", slug=category.slug))] if category else []),
        Crumb(article.title),
    )
    return ArticlePage(
        head=Head(
            title=article.title,
            description=article.summary,
            canonical=path,
            alternates=versions,
            kind="article",
            structured=(breadcrumb_document(crumbs, path), _article_document(article, path)),
        ),
        crumbs=crumbs,
        article=article,
        body=sanitised(article),
        toc=_table_of_contents(article),
        related=article_links(pinned_search().related(article.key, RELATED)),
        translation=versions.get(article.lang.other, ""),
        markdown=url_for("public.article_markdown", slug=article.slug),
    )


def sanitised(article: Article) -> Markup:
    """Return the HTML of an article as safe: the indexer sanitised it. The only place where text becomes markup."""
    return Markup(complete_addresses(article.html))  # noqa: S704 - sanitised by an allow-list at index time, never typed by readers


def category_cards(lang: Language) -> tuple[CategoryCard, ...]:
    """Return the categories that have articles which anybody may read, in their order."""
    counts = content().category_counts(lang)
    return tuple(
        CategoryCard(category, url_for("public.category", lang=lang, slug=category.slug), counts[category.slug])
        for category in content().categories(lang)
        if category.slug in counts
    )


def find_category(lang: Language, slug: str) -> Category | None:
    """Return a category that has articles which anybody may read, or None."""
    if not content().category_counts(lang).get(slug):
        return None
    return next((category for category in content().categories(lang) if category.slug == slug), None)


def public_versions(article: Article) -> tuple[Article, ...]:
    """Return the language versions of an article that anybody may read."""
    return tuple(version for version in content().translations(article.id) if is_public(version))


def article_path(article: Article, anchor: str = "") -> str:
    """Return the path of an article, of one of its sections if `anchor` is given."""
    return url_for("public.article", lang=article.lang, slug=article.slug, _anchor=anchor or None)


def article_links(articles: tuple[Article, ...]) -> tuple[ArticleLink, ...]:
    """Return articles as a list shows them; those not open to everybody are left out."""
    titles = {(c.lang, c.slug): c.title for language in Language for c in content().categories(language)}
    return tuple(
        ArticleLink(article, article_path(article), titles.get((article.lang, article.category), ""))
        for article in articles
        if is_public(article)
    )


def home_crumb() -> Crumb:
    """Return the first step of every way."""
    return Crumb(gettext("Help centre"), url_for("public.home"))


def _description(categories: tuple[CategoryCard, ...]) -> str:
    """Return what the site is about, in its own words."""
    titles = [card.category.title for card in categories]
    if not titles:
        return gettext("Answers to your questions.")
    return gettext("Answers to your questions. Topics: %(topics)s.", topics=in_a_row(titles))


def _most_read(lang: Language) -> tuple[Article, ...]:
    ids = services().readership.most_read(lang, LISTED)
    versions = [version for article_id in ids for version in content().translations(article_id)]
    return tuple(version for version in versions if version.lang is lang)


def _one_of_each_category(articles: tuple[Article, ...]) -> tuple[Article, ...]:
    best: dict[str, Article] = {}
    for article in sorted(articles, key=lambda article: (-len(article.questions), article.id)):
        best.setdefault(article.category, article)
    positions = {category.slug: category.position for category in content().categories(current_language())}
    return tuple(sorted(best.values(), key=lambda article: (positions.get(article.category, 0), article.category)))


def _table_of_contents(article: Article) -> tuple[TocEntry, ...]:
    entries = tuple(
        TocEntry(section.anchor, section.heading_path[-1], section.level)
        for section in article.sections
        if section.anchor and section.heading_path and section.level in (2, 3)
    )
    return entries if len(entries) > 1 else ()


def _article_document(article: Article, path: str) -> Mapping[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title,
        "description": article.summary,
        "dateModified": article.updated.isoformat(),
        "inLanguage": str(article.lang),
        "keywords": list(article.tags),
        "mainEntityOfPage": absolute(path),
        "publisher": {"@type": "Organization", "name": site_name(article.lang)},
    }


def _website(lang: Language) -> Mapping[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": site_name(lang),
        "inLanguage": str(lang),
        "url": absolute(url_for("public.home")),
        "potentialAction": {
            "@type": "SearchAction",
            "target": absolute(url_for("public.search")) + "?q={search_term_string}",
            "query-input": "required name=search_term_string",
        },
    }
