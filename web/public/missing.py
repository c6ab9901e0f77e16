"""The page for an article that is not there in this language: it names the version that is, and where else to look."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, make_response, render_template

from kb.model import Language
from web.i18n import gettext
from web.layout import Head
from web.public.pages import ArticleLink, article_links, public_versions
from web.services import content, is_public


@dataclass(frozen=True, slots=True)
class MissingArticlePage:
    """An article that exists, but not at this address.

    Attributes:
        versions: Where it can be read instead.
    """

    head: Head
    versions: tuple[ArticleLink, ...]


def missing_article(lang: Language, slug: str) -> Response:
    """Return the page for an article that is not at this address.

    Raises:
        NotFound: It is nowhere else either.
    """
    found = content().article_by_slug(lang.other, slug)
    if found is None or not is_public(found):
        abort(404)
    titles = {
        Language.AR: gettext("This article is not available in Arabic"),
        Language.EN: gettext("This article is not available in English"),
    }
    head = Head(titles[lang])
    page = MissingArticlePage(head, article_links(public_versions(found)))
    response = make_response(render_template("public/missing_article.html", page=page), 404)
    response.cache_control.no_store = True
    return response
