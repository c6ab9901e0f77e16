"""The list of all articles, and the file of each for sites that edit their articles as files."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.model import Permission
from kb.model import ArticleId, ArticleKey, Language
from web.desk.access import guarded
from web.services import content, services
from web.writer.pages import articles_page


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages to a blueprint."""
    demand = Permission.WRITE_ARTICLES
    blueprint.add_url_rule("/", "home", guarded(demand, home))
    blueprint.add_url_rule("/<language>/<identity>.md", "source", guarded(demand, source))


def home() -> AnyResponse:
    """Show the articles, what is due first."""
    return make_response(render_template("writer/home.html", page=articles_page(request.args)))


def source(language: str, identity: str) -> Response:
    """Give the file of an article, as it is now."""
    if language not in set(Language):
        abort(404)
    article = content().article(ArticleKey(ArticleId(identity), Language(language)))
    if article is None:
        abort(404)
    try:
        text = (services().settings.articles_dir / article.path).read_bytes()
    except OSError:
        abort(404)
    response = Response(text, content_type="text/markdown; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename={identity}.{language}.md"
    return response
