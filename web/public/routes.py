"""The addresses of the public pages; what they show is made in `pages` and `search_page`."""

from __future__ import annotations

import mimetypes
import unicodedata

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.model import Article, ArticleKey, Language
from web.assets import ONE_YEAR
from web.i18n import current_language, preferred_language
from web.public.forms import read_search_form
from web.public.missing import foreign_article, missing_article, missing_category
from web.public.pages import article_page, category_page, find_category, home_page, public_versions
from web.public.search_page import search_page
from web.public.source_text import served_markdown
from web.services import content, is_public, services
from web.tracking.reader import present_reader
from web.tracking.recording import record_article

MARKDOWN = "text/markdown"
MARKDOWN_ENDING = ".md"


def add_routes(blueprint: Blueprint) -> None:
    """Add the public pages to a blueprint."""
    blueprint.add_url_rule("/", "root", root)
    blueprint.add_url_rule("/<lang:lang>/", "home", home)
    blueprint.add_url_rule("/<lang:lang>/search", "search", search)
    blueprint.add_url_rule("/<lang:lang>/categories/<slug>", "category", category)
    blueprint.add_url_rule("/<lang:lang>/articles/<slug>", "article", article)
    blueprint.add_url_rule("/<lang:lang>/articles/<slug>.md", "article_markdown", article_markdown)
    blueprint.add_url_rule("/assets/<name>", "content_asset", content_asset)


def root() -> AnyResponse:
    """Lead to the home page in the language that the browser prefers."""
    response = redirect(url_for("public.home", lang=preferred_language()))
    response.vary.add("Accept-Language")
    return response


def home(lang: Language) -> str:
    """Show the home page."""
    present_reader()  # most begin here: the search that follows is then told from others' (docs/PRIVACY.md)
    return render_template("public/home.html", page=home_page())


def search(lang: Language) -> tuple[str, int]:
    """Show results, or a page to search from."""
    page = search_page(read_search_form(request.args))
    return render_template("public/search.html", page=page), page.status


def category(lang: Language, slug: str) -> AnyResponse:
    """Show a category."""
    found = find_category(lang, slug)
    if found is None:
        return missing_category(lang, slug)
    return make_response(render_template("public/category.html", page=category_page(found)))


def article(lang: Language, slug: str) -> AnyResponse:
    """Show an article, or its source to who prefers Markdown; an old or foreign address leads to the present one."""
    found = public_article(lang, slug)
    if found is None:
        return _moved(lang, slug) or missing_article(lang, slug)
    if request.accept_mimetypes.best_match(["text/html", MARKDOWN]) == MARKDOWN:
        response = _markdown(found)
    else:
        response = make_response(render_template("public/article.html", page=article_page(found)))
        if request.method == "GET":
            record_article(found)
    response.vary.add("Accept")
    return response


def article_markdown(lang: Language, slug: str) -> AnyResponse:
    """Show the source of an article; an old or foreign address leads to the present one."""
    found = public_article(lang, slug)
    if found is None:
        return _moved(lang, slug, "public.article_markdown") or abort(404)
    return _markdown(found)


def content_asset(name: str) -> Response:
    """Send an image of an article; its name is made from its content, so it never changes."""
    data = content().asset(name)
    if data is None:
        abort(404)
    response = Response(data, mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream")
    response.cache_control.public = True
    response.cache_control.max_age = ONE_YEAR
    response.cache_control.immutable = True
    return response


def public_article(lang: Language, slug: str) -> Article | None:
    """Return the article of an address if anybody may read it."""
    found = content().article_by_slug(lang, unicodedata.normalize("NFC", slug))
    return found if found and is_public(found) else None


def leads_somewhere(lang: Language, slug: str) -> bool:
    """Tell whether the address of an article shows one, or leads to one."""
    return public_article(lang, slug) is not None or _moved(lang, slug) is not None


def _moved(lang: Language, slug: str, endpoint: str = "public.article") -> AnyResponse | None:
    if (present := content().redirect(lang, slug)) is not None and public_article(lang, present) is not None:
        return redirect(url_for(endpoint, lang=lang, slug=present), 301)
    # What editors redirect, and what is translated, may change tomorrow: browsers must not remember it for ever.
    target = _redirected_by_editors(lang, slug) or _translated(lang, slug)
    return redirect(url_for(endpoint, lang=target.lang, slug=target.slug), 302) if target else None


def _translated(lang: Language, slug: str) -> Article | None:
    """Return the version in this language of the article that the other language has at this address."""
    foreign = foreign_article(lang, slug)
    versions = public_versions(foreign) if foreign else ()
    return next((version for version in versions if version.lang is lang), None)


def _redirected_by_editors(lang: Language, slug: str) -> Article | None:
    wanted = unicodedata.normalize("NFC", slug)
    rules = services().curation.rules().redirects
    rule = next((rule for rule in rules if (rule.lang, rule.slug) == (lang, wanted)), None)
    versions = (content().article(ArticleKey(rule.article, each)) for each in (lang, lang.other)) if rule else ()
    return next((found for found in versions if found and is_public(found)), None)


def _markdown(found: Article) -> Response:
    response = Response(served_markdown(found), content_type=f"{MARKDOWN}; charset=utf-8")
    response.content_language.add(str(current_language()))
    return response
