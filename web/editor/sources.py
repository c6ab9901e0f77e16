"""Opens an article for editing: where its file is edited, or the file itself to be downloaded."""

from __future__ import annotations

from dataclasses import dataclass

from kb.model import Article, ArticleId, ArticleKey, Language
from web.i18n import gettext
from web.services import content
from web.writer.pages import edit_address


@dataclass(frozen=True, slots=True)
class EditLink:
    """Where one language version of an article is edited."""

    name: str
    path: str
    is_download: bool


def edit_links(identity: ArticleId, lang: Language) -> tuple[EditLink, ...]:
    """Return where the versions of an article are edited, that of one language first."""
    versions = (content().article(ArticleKey(identity, each)) for each in (lang, lang.other))
    return tuple(_link(version) for version in versions if version is not None)


def _link(article: Article) -> EditLink:
    arabic = article.lang is Language.AR
    path, is_download = edit_address(article)
    names = (
        (gettext("Download the Arabic file to edit it"), gettext("Download the English file to edit it"))
        if is_download
        else (gettext("Edit the Arabic text"), gettext("Edit the English text"))
    )
    return EditLink(names[0] if arabic else names[1], path, is_download)
