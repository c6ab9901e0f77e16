"""What the contact pages show: one dataclass for each template, and how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from kb.contact.model import Ticket, Trail
from kb.contact.surveys import SurveyLink, SurveyLinks
from kb.events import Survey
from kb.model import Language
from web.contact.channels import ChannelCard, channel_cards, form_promise, zone_name
from web.contact.forms import ContactForm, FormPass
from web.contact.offers import Answer, Offer
from web.contact.trail import trail_of
from web.i18n import gettext
from web.layout import Crumb, Head
from web.public.pages import ArticleLink, home_crumb
from web.services import services
from web.survey.pages import Question, given_score, question


@dataclass(frozen=True, slots=True)
class Help:
    """What is offered while the form is filled in.

    Attributes:
        asked: Something was looked up, so that "nothing found" can be said.
        answer: The article that is open inside the page.
    """

    offers: tuple[Offer, ...] = ()
    asked: bool = False
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class ContactPage:
    """The contact page.

    Attributes:
        token: The form's pass.
        suggests: This form offers articles.
        trail: What may be sent along.
        promise: How soon messages are answered, or empty.
        fault: Why the message was not taken, or empty.
    """

    head: Head
    crumbs: tuple[Crumb, ...]
    channels: tuple[ChannelCard, ...]
    zone: str
    form: ContactForm
    token: str
    suggests: bool
    help: Help
    trail: Trail
    promise: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SentPage:
    """The acknowledgement of a ticket.

    Attributes:
        address: Where the answer goes, as it was understood.
        promise: How soon it is answered, or empty.
        effort: The one question after it; None once it was answered.
    """

    head: Head
    reference: str
    address: str
    promise: str
    effort: Question | None


@dataclass(frozen=True, slots=True)
class SolvedPage:
    """What is said after "this solved it".

    Attributes:
        article: What solved it.
    """

    head: Head
    article: ArticleLink | None


def contact_page(given: ContactForm, form_pass: FormPass, found: Help, fault: str = "") -> ContactPage:
    """Return what the contact page shows."""
    title = gettext("Contact us")
    return ContactPage(
        head=Head(
            title=title,
            description=gettext("Ways to reach our team, and how soon we answer."),
            canonical=url_for("contact.form"),
            alternates=_alternates("contact.form"),
        ),
        crumbs=(home_crumb(), Crumb(title)),
        channels=channel_cards(),
        zone=zone_name(),
        form=given,
        token=form_pass.signed(),
        suggests=form_pass.arm == "suggestions",
        help=found,
        trail=trail_of(form_pass.key),
        promise=form_promise(),
        fault=fault,
    )


def sent_page(ticket: Ticket) -> SentPage:
    """Return what the acknowledgement shows."""
    return SentPage(
        head=Head(gettext("We have your message")),
        reference=ticket.reference,
        address=ticket.draft.email,
        promise=form_promise(),
        effort=_effort_question(ticket),
    )


def _effort_question(ticket: Ticket) -> Question | None:
    if given_score(SurveyLink(Survey.EFFORT, ticket.id)) is not None:
        return None
    links = SurveyLinks(services().secret_key, services().settings.site_url)
    return question(Survey.EFFORT, links.token(Survey.EFFORT, ticket.id))


def _alternates(endpoint: str) -> Mapping[Language, str]:
    return {language: url_for(endpoint, lang=language) for language in Language}
