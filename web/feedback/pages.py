"""What the panel at the end of an article shows: the question, or thanks and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import after_this_request, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.events import Reason
from kb.model import Article
from kb.storage.event_log import MAXIMUM_COMMENT_LENGTH
from web.caching import no_store
from web.feedback.forms import Receipt, form_token, read_receipt
from web.i18n import gettext
from web.public.pages import ArticleLink, article_links
from web.services import pinned_search
from web.tracking.recording import followed_search

OFFERED = 2


@dataclass(frozen=True, slots=True)
class FeedbackPanel:
    """The panel at the end of an article.

    Attributes:
        action: Where votes are sent.
        token: Proves that the form was shown.
        search: The search that led here, or empty.
        receipt_text: The receipt as signed text, or empty.
        receipt: The vote that was cast, or None before it.
        next_articles: Offered after the vote.
        reasons: What to choose from, by value.
        fault: Why the vote was not taken, or empty.
        comment: What was typed, kept when the vote was not taken.
    """

    article: Article
    action: str
    token: str
    search: str
    receipt_text: str
    receipt: Receipt | None
    next_articles: tuple[ArticleLink, ...]
    reasons: Mapping[Reason, str]
    longest_comment: int = MAXIMUM_COMMENT_LENGTH
    fault: str = ""
    comment: str = ""


def feedback_panel(article: Article) -> FeedbackPanel:
    """Return the panel of an article's page; with a receipt in the address the page is this reader's alone."""
    receipt_text = request.args.get("feedback", "")
    if receipt_text:
        after_this_request(_keep_from_caches)
    return panel_after(article, receipt_text)


def panel_after(article: Article, receipt_text: str, fault: str = "", comment: str = "") -> FeedbackPanel:
    """Return the panel that follows from a receipt, or from none."""
    receipt = read_receipt(article, receipt_text) if receipt_text else None
    return FeedbackPanel(
        article=article,
        action=url_for("feedback.vote", lang=article.lang, slug=article.slug),
        token=form_token(article),
        search=followed_search() or "",
        receipt_text=receipt_text if receipt else "",
        receipt=receipt,
        next_articles=article_links(pinned_search().related(article.key, OFFERED)) if receipt else (),
        reasons=reason_labels(),
        fault=fault,
        comment=comment,
    )


def reason_labels() -> Mapping[Reason, str]:
    """Return why an article may not have helped, in the reader's words."""
    return {
        Reason.OUT_OF_DATE: gettext("It is out of date"),
        Reason.UNCLEAR: gettext("It is hard to understand"),
        Reason.WRONG: gettext("Something in it is wrong"),
        Reason.MISSING: gettext("What I was looking for is missing"),
        Reason.OTHER: gettext("Something else"),
    }


def _keep_from_caches(response: AnyResponse) -> AnyResponse:
    response.cache_control.private = True
    return no_store(response)
