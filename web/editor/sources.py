"""Opens an article for editing: where its file is edited, or the file itself to be downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, abort, url_for

from kb.accounts.model import Permission
from kb.model import Article, ArticleId, ArticleKey, Language
from web.desk.access import guarded
from web.i18n import gettext
from web.services import content, services


@dataclass(frozen=True, slots=True)
class EditLink:
    """Where one language version of an article is edited."""

    name: str
    path: str
    is_download: bool


def add_routes(blueprint: Blueprint) -> None:
    """Add the files of articles to a blueprint."""
    blueprint.add_url_rule("/articles/<language>/<identity>.md", "source", guarded(Permission.WORK_QUEUES, source))


def edit_links(identity: ArticleId, lang: Language) -> tuple[EditLink, ...]:
    """Return where the versions of an article are edited, that of one language first."""
    versions = (content().article(ArticleKey(identity, each)) for each in (lang, lang.other))
    return tuple(_link(version) for version in versions if version is not None)


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


def _link(article: Article) -> EditLink:
    arabic = article.lang is Language.AR
    if edit_url := services().settings.edit_url:
        name = gettext("Edit the Arabic text") if arabic else gettext("Edit the English text")
        return EditLink(name, edit_url.replace("{path}", quote(article.path)), is_download=False)
    name = gettext("Download the Arabic file to edit it") if arabic else gettext("Download the English file to edit it")
    path = url_for("editor.source", language=article.lang.value, identity=article.id)
    return EditLink(name, path, is_download=True)
