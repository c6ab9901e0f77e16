"""Follows tracked links: counts the customer's visit and leads to the article, and never anywhere else."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from kb.agents.links import TrackedLink
from kb.events import EventId, LinkOpened, Traffic
from kb.model import Article
from web.agent.handouts import public_version
from web.caching import no_store
from web.public.pages import article_path
from web.services import services
from web.tracking.reader import present_reader
from web.tracking.recording import article_ref, half_hour, record_paced, stable_id


def add_routes(blueprint: Blueprint) -> None:
    """Add the address of tracked links."""
    blueprint.add_url_rule("/r/<token>", "follow", follow)


def follow(token: str) -> AnyResponse:
    """Lead to the article of a link; 404 for links that were never made, and for articles that are gone."""
    link = services().agents.links.find(token)
    article = public_version(link.article.id, link.article.lang) if link else None
    if link is None or article is None:
        abort(404)
    _record_opened(link, article)
    response = no_store(redirect(article_path(article, link.anchor), 302))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _record_opened(link: TrackedLink, article: Article) -> None:
    """Record the visit of a customer; bots are marked as such by their traffic, colleagues are left out."""
    reader = present_reader()
    if reader.unrecorded or reader.traffic is Traffic.STAFF or request.method != "GET":
        return
    now = services().clock.now()
    opened = EventId(stable_id("link-opened", link.token, reader.key, half_hour(now)))
    record_paced(LinkOpened(id=opened, at=now, origin=reader.origin(), link=link.token, article=article_ref(article)))
