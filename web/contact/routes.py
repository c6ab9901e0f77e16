"""The contact page: shows it, looks things up for it, and takes the message."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.events import EventId, HelpStillNeeded, ProblemSolved, TicketId
from kb.model import Language
from web.caching import no_store
from web.contact.forms import PASS_LIFE, ContactForm, FormPass, new_pass, read_pass
from web.contact.message import NotStoredError, SentBeforeError, record_opened, record_typed, send
from web.contact.offers import chosen_article, offers_for, open_answer, record_reading
from web.contact.pages import Help, SolvedPage, contact_page, sent_page
from web.contact.trail import trail_of
from web.i18n import gettext, ngettext, number
from web.layout import Head
from web.public.pages import article_links
from web.same_origin import is_same_origin
from web.services import services
from web.signing import SigningFault, read_signed, sign
from web.tracking.recording import article_ref, record, stable_id

NO_HELP = Help()
_RECEIPT = "ticket-receipt"


def add_routes(blueprint: Blueprint) -> None:
    """Add the contact pages to a blueprint."""
    blueprint.add_url_rule("/<lang:lang>/contact", "form", form, methods=["GET", "POST"])
    blueprint.add_url_rule("/<lang:lang>/contact/suggestions", "suggestions", suggestions, methods=["POST"])
    blueprint.add_url_rule("/<lang:lang>/contact/answer", "answer", answer, methods=["POST"])
    blueprint.add_url_rule("/<lang:lang>/contact/reading", "reading", reading, methods=["POST"])
    blueprint.add_url_rule("/<lang:lang>/contact/sent/<receipt>", "sent", sent)
    blueprint.add_url_rule("/<lang:lang>/contact/solved", "solved", solved)


def form(lang: Language) -> AnyResponse:
    """Show the form, or do what its pressed button says."""
    if request.method != "POST":
        form_pass = new_pass()
        record_opened(form_pass)
        return _show(ContactForm(), form_pass)
    given, believed = ContactForm(request.form), _believed_pass()
    if not isinstance(believed, FormPass):
        return _show(given, new_pass(), fault=believed, status=400)
    record_typed(given, believed)
    if "switch" in request.form:  # came from the page in the other language
        return _show(given, believed)
    if choice := request.form.get("open"):
        return _show(given, believed, Help(offers_for(given, believed), True, open_answer(choice, believed)))
    if choice := request.form.get("solved"):
        _record_solved(choice, believed)
        return redirect(url_for("contact.solved", a=choice), 303)
    if choice := request.form.get("still"):
        _record_still_needed(choice, believed)
        return _show(given, believed, Help(offers_for(given, believed), asked=True))
    if "suggest" in request.form:
        return _show(given, believed, Help(offers_for(given, believed), asked=True))
    return _send(lang, given, believed)


def suggestions(lang: Language) -> AnyResponse:
    """Give a script the articles for what was typed so far."""
    given, believed = ContactForm(request.form), _believed_pass()
    if not isinstance(believed, FormPass):
        abort(400)
    record_typed(given, believed)
    return _part("contact/offers.html", help=Help(offers_for(given, believed), asked=True))


def answer(lang: Language) -> AnyResponse:
    """Give a script one suggested article, or note what was said of it."""
    believed = _believed_pass()
    if not isinstance(believed, FormPass):
        abort(400)
    if choice := request.form.get("still"):
        _record_still_needed(choice, believed)
        return make_response("", 204)
    opened = open_answer(request.form.get("open", ""), believed)
    if opened is None:
        abort(404)
    return _part("contact/answer.html", answer=opened)


def reading(lang: Language) -> AnyResponse:
    """Take the beacon that says for how many seconds a suggested article has been visible."""
    believed = _believed_pass()
    found = chosen_article(request.form.get("choice", ""))
    if not isinstance(believed, FormPass) or found is None:
        abort(400)
    seconds = request.form.get("dwell_s", type=float)
    if seconds is None or not 0 <= seconds <= PASS_LIFE.total_seconds():
        abort(400)
    record_reading(found[1], believed, seconds)
    return make_response("", 204)


def sent(lang: Language, receipt: str) -> AnyResponse:
    """Acknowledge a ticket."""
    parts = read_signed(_RECEIPT, receipt)
    ticket = services().tickets.find(TicketId(parts[0])) if parts else None
    if ticket is None:
        abort(404)
    return _part("contact/sent.html", page=sent_page(ticket))


def solved(lang: Language) -> AnyResponse:
    """Thank the reader."""
    found = chosen_article(request.args.get("a", ""))
    links = article_links((found[1],)) if found else ()
    page = SolvedPage(Head(gettext("Glad it is solved")), links[0] if links else None)
    return _part("contact/solved.html", page=page)


def _believed_pass() -> FormPass | str:
    """Return the form's pass, or why it is not believed, in the reader's words."""
    if not is_same_origin():
        return gettext("This message did not come from our page. Look it over and send it from here.")
    form_pass = read_pass(request.form.get("token", ""))
    if form_pass is SigningFault.STALE:
        return gettext("This page was open for too long. Nothing is lost: look it over and send it again.")
    if form_pass is SigningFault.FORGED:
        return gettext("We could not accept this message as it came. Look it over and send it again.")
    assert isinstance(form_pass, FormPass)
    return form_pass


def _send(lang: Language, given: ContactForm, form_pass: FormPass) -> AnyResponse:
    if given.website.data:
        return _show(given, form_pass, fault=gettext("This message looks automatic, so it was not sent."), status=400)
    if not given.validate():
        return _show(given, form_pass, fault=_faults_words(len(given.errors)), status=400)
    try:
        ticket = send(given, form_pass, lang, trail_of(form_pass.key))
    except NotStoredError:
        fault = gettext("Your message could not be sent just now. It is kept below: try again in a minute.")
        return _show(given, form_pass, fault=fault, status=503)
    except SentBeforeError as error:
        return _already_sent(given, error.reference)
    return redirect(url_for("contact.sent", receipt=sign(_RECEIPT, ticket.id)), 303)


def _faults_words(count: int) -> str:
    return ngettext(
        "One field needs another look. Everything you wrote is kept.",
        "%(count)s fields need another look. Everything you wrote is kept.",
        count,
        count=number(count),
    )


def _already_sent(given: ContactForm, reference: str) -> AnyResponse:
    fault = gettext(
        "This form was sent before, with the reference %(reference)s. Send again to make a second message of it.",
        reference=reference,
    )
    return _show(given, new_pass(), fault=fault, status=409)


def _show(
    given: ContactForm, form_pass: FormPass, found: Help = NO_HELP, *, fault: str = "", status: int = 200
) -> AnyResponse:
    page = contact_page(given, form_pass, found, fault)
    return no_store(make_response(render_template("contact/form.html", page=page), status))


def _part(template: str, **shown: object) -> AnyResponse:
    return no_store(make_response(render_template(template, **shown)))


def _record_solved(choice: str, form_pass: FormPass) -> None:
    found = chosen_article(choice)
    article = article_ref(found[1]) if found else None
    event = EventId(stable_id("solved", form_pass.form, choice))
    record(ProblemSolved(id=event, at=services().clock.now(), origin=form_pass.origin(), article=article))


def _record_still_needed(choice: str, form_pass: FormPass) -> None:
    event = EventId(stable_id("still", form_pass.form, choice))
    record(HelpStillNeeded(id=event, at=services().clock.now(), origin=form_pass.origin()))
