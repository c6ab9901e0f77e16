"""What machines read about the help centre: sitemap, feed, search description, robots, a guide for language models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template, url_for

from kb.model import Article, Language
from web.layout import site_name
from web.public.pages import CategoryCard, article_path, category_cards, public_versions
from web.public.source_text import link_text
from web.services import content, today

FEED_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """One address of the sitemap, with the same page in every language that has it."""

    path: str
    alternates: tuple[tuple[Language, str], ...]
    updated: date | None = None


@dataclass(frozen=True, slots=True)
class GuideSection:
    """A category of ``llms.txt`` with its articles as Markdown."""

    card: CategoryCard
    articles: tuple[tuple[Article, str], ...]


def add_routes(blueprint: Blueprint) -> None:
    """Add the documents for machines to a blueprint."""
    blueprint.add_url_rule("/sitemap.xml", "sitemap", sitemap)
    blueprint.add_url_rule("/robots.txt", "robots", robots)
    blueprint.add_url_rule("/llms.txt", "llms", llms)
    blueprint.add_url_rule("/<lang:lang>/feed.xml", "feed", feed)
    blueprint.add_url_rule("/<lang:lang>/opensearch.xml", "opensearch", opensearch)


def sitemap() -> Response:
    """List every public page."""
    entries = [*_home_entries(), *_category_entries(), *_article_entries()]
    return _xml(render_template("public/sitemap.xml", entries=entries), "application/xml")


def robots() -> Response:
    """Tell crawlers what to leave alone: result pages are endless, the rest is welcome."""
    return _text(render_template("public/robots.txt", languages=tuple(Language)))


def llms() -> Response:
    """List the articles as Markdown, for language models."""
    sections = [(language, _guide(language)) for language in Language]
    return _text(render_template("public/llms.txt", sections=sections, site_names=_site_names(), link_text=link_text))


def feed(lang: Language) -> Response:
    """Give the articles updated last as an Atom feed."""
    articles = content().articles(lang, limit=FEED_ENTRIES)
    newest = max((article.updated for article in articles), default=today())
    entries = [(article, article_path(article)) for article in articles]
    return _xml(render_template("public/feed.xml", entries=entries, newest=newest), "application/atom+xml")


def opensearch(lang: Language) -> Response:
    """Describe the search, so that browsers offer it."""
    return _xml(render_template("public/opensearch.xml"), "application/opensearchdescription+xml")


def _home_entries() -> list[SitemapEntry]:
    paths = tuple((language, url_for("public.home", lang=language)) for language in Language)
    return [SitemapEntry(path, paths) for _language, path in paths]


def _category_entries() -> list[SitemapEntry]:
    cards = [card for language in Language for card in category_cards(language)]
    entries = []
    for card in cards:
        paths = tuple((c.category.lang, c.path) for c in cards if c.category.slug == card.category.slug)
        entries.append(SitemapEntry(card.path, paths))
    return entries


def _article_entries() -> list[SitemapEntry]:
    return [
        SitemapEntry(
            article_path(article),
            tuple((version.lang, article_path(version)) for version in public_versions(article)),
            article.updated,
        )
        for article in content().articles()
    ]


def _guide(language: Language) -> list[GuideSection]:
    return [
        GuideSection(
            card,
            tuple(
                (article, url_for("public.article_markdown", lang=language, slug=article.slug))
                for article in content().articles(language, card.category.slug)
            ),
        )
        for card in category_cards(language)
    ]


def _site_names() -> dict[Language, str]:
    return {language: site_name(language) for language in Language}


def _xml(text: str, media_type: str) -> Response:
    return Response(text, content_type=f"{media_type}; charset=utf-8")


def _text(text: str) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8")
