"""The widget's calls: its start, votes, messages, and what readers did in it."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import TypeVar

from flask import Response, abort, g, request, url_for
from pydantic import BaseModel

from kb.events import EventId, Verdict, Voted
from kb.model import Article, ArticleId, ArticleKey, Language
from web.api.models import Part
from web.caching import no_store
from web.contact.channels import form_promise
from web.contact.forms import ContactForm, FormPass, new_pass, read_pass
from web.contact.message import NotStoredError, SentBeforeError, record_opened, record_typed, send
from web.contact.offers import Offer, offers_for, open_answer, record_reading
from web.feedback.pages import reason_labels
from web.i18n import current_language, preferred_language
from web.json_calls import answer_json, read_body, read_parameters
from web.layout import absolute, site_name
from web.problems import ParameterFault, problem
from web.services import content, is_public, services
from web.tracking.reader import present_reader
from web.tracking.recording import (
    article_ref,
    followed_search,
    record,
    record_article,
    record_dwell,
    stable_id,
    view_id,
)
from web.widget.models import (
    EventCall,
    MessageCall,
    OfferItem,
    Offers,
    OpenCall,
    Receipt,
    Start,
    StartParameters,
    VoteCall,
    WidgetCall,
)
from web.widget.origins import IDEMPOTENCY_HEADER, widget_visitor
from web.widget.texts import widget_texts

_KEY = re.compile(r"[\w-]{8,64}", re.ASCII)

Given = TypeVar("Given", bound=WidgetCall)

_log = logging.getLogger(__name__)


def widget_start() -> Response:
    """Give texts, tokens and the reader's mark."""
    lang = read_parameters(StartParameters).lang or preferred_language()
    g.language = lang
    return _answer(
        Start(
            lang=lang,
            site_name=site_name(lang),
            home_url=absolute(url_for("public.home", lang=lang)),
            texts=dict(widget_texts()),
            reasons=dict(reason_labels()),
            contact=True,
            form_token=new_pass().signed(),
            visitor=widget_visitor(),
        )
    )


def widget_event() -> Response:
    """Take note of what the reader did."""
    given = _body(EventCall)
    if given.kind == "contact":
        record_opened(_believed(given.form_token))
        return _done()
    article = _article(given.article, given.lang)
    if given.kind == "viewed":
        record_article(article)
    elif given.form_token:
        record_reading(article, _believed(given.form_token), given.dwell_s)
    else:
        opened = services().clock.now() - timedelta(seconds=given.dwell_s)
        record_dwell(view_id(present_reader().key, article, opened), article, given.dwell_s)
    return _done()


def widget_vote() -> Response:
    """Take a vote; sent twice under one key it counts once."""
    given = _body(VoteCall)
    article = _article(given.article, given.lang)
    key = request.headers.get(IDEMPOTENCY_HEADER) or stable_id(given.verdict, given.reason or "", given.comment)
    if not _KEY.fullmatch(key):
        return problem(422, f"{IDEMPOTENCY_HEADER} has 8 to 64 letters, digits, - or _.")
    reader = present_reader()
    vote = Voted(
        id=EventId(stable_id("widget-vote", reader.key, str(article.key), article.digest, key)),
        at=services().clock.now(),
        origin=reader.origin(),
        article=article_ref(article),
        verdict=given.verdict,
        reason=given.reason if given.verdict is Verdict.UNHELPFUL else None,
        comment=given.comment.strip(),
        search=followed_search(),
    )
    return _done() if record(vote) else problem(503, "The vote could not be stored. Try again in a minute.")


def widget_offers() -> Response:
    """Give articles that may answer the message that is being written; none to readers of the holdout."""
    given = _body(MessageCall)
    form, form_pass = _form(given), _believed(given.form_token)
    record_typed(form, form_pass)
    return _answer(Offers(articles=[_offer(offer) for offer in offers_for(form, form_pass)]))


def widget_open() -> Response:
    """Take note that a suggested article is opened."""
    given = _body(OpenCall)
    if open_answer(given.choice, _believed(given.form_token)) is None:
        return problem(404, "There is no article of this choice.")
    return _done()


def widget_ticket() -> Response:
    """Take a message; sent twice under one token it makes one ticket."""
    given = _body(MessageCall)
    form, form_pass = _form(given), _believed(given.form_token)
    record_typed(form, form_pass)
    if not form.validate():
        faults = [
            ParameterFault(parameter=name, detail=" ".join(map(str, errors))) for name, errors in form.errors.items()
        ]
        return problem(422, "Correct the fields that `errors` names.", faults)
    try:
        ticket = send(form, form_pass, given.lang, None)
    except NotStoredError:
        return problem(503, "The message could not be stored. Try again in a minute.")
    except SentBeforeError as error:
        return problem(409, f"Another message was sent under this token: {error.reference}.")
    return _answer(Receipt(reference=ticket.reference, promise=form_promise(), form_token=new_pass().signed()), 201)


def _body(model: type[Given]) -> Given:
    given = read_body(model)
    g.language = given.lang
    return given


def _article(article_id: str, lang: Language) -> Article:
    article = content().article(ArticleKey(ArticleId(article_id), lang))
    if article is None or not is_public(article):
        abort(404, "There is no such article.")
    return article


def _form(given: MessageCall) -> ContactForm:
    return ContactForm(data=given.model_dump(include={"name", "email", "subject", "message"}))


def _believed(token: str) -> FormPass:
    form_pass = read_pass(token)
    if not isinstance(form_pass, FormPass):
        _log.warning("%s: refused, the form's token is %s", request.path, form_pass)
        abort(problem(403, "Start again: the form's token is too old or not ours."))
    return form_pass


def _offer(offer: Offer) -> OfferItem:
    _, _, article_id = offer.choice.split(".", 2)
    title = [Part(text=part.text, mark=part.mark) for part in offer.title]
    return OfferItem(choice=offer.choice, id=article_id, lang=offer.lang, title=title)


def _answer(model: BaseModel, status: int = 200) -> Response:
    response = answer_json(model, status)
    response.content_language.add(str(current_language()))
    return response


def _done() -> Response:
    return no_store(Response(status=204))
