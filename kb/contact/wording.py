"""How a ticket reads for the agent, and its receipt for the customer: plain text in the customer's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from babel.dates import format_timedelta

from kb.contact.model import Ticket
from kb.contact.plain_text import message_text, one_line
from kb.contact.surveys import SurveyLinks
from kb.events import Survey
from kb.model import Language

_LABELS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "reference": "Reference",
        "name": "Name",
        "email": "E-mail",
        "by hand": "To answer, copy this address: it could not be filled in for you.",
        "searched": "Searched before writing",
        "read": "Read before writing (do not send again)",
        "kept": "The customer did not share what they searched and read.",
        "survey": "Survey link to add to your last answer",
    },
    Language.AR: {
        "reference": "الرقم المرجعي",
        "name": "الاسم",
        "email": "البريد الإلكتروني",
        "by hand": "للرد انسخ هذا العنوان، فقد تعذّر ملؤه آليًا.",
        "searched": "ما بحث عنه العميل قبل الكتابة",
        "read": "ما قرأه العميل قبل الكتابة (لا ترسله مجددًا)",
        "kept": "لم يشارك العميل ما بحث عنه وما قرأه.",
        "survey": "رابط التقييم، أضِفه إلى ردك الأخير",
    },
}


def ticket_text(ticket: Ticket, surveys: SurveyLinks, *, by_hand: bool = False) -> str:
    """Return the message followed by what the agent should know.

    The line between them holds the reference, which nobody knows who writes a message: what stands above is the
    customer's, whatever it looks like.

    Args:
        ticket: Accepted before.
        surveys: Makes the link for the last answer.
        by_hand: The customer's address could not be put where answers go by themselves.
    """
    facts = [f"-- {ticket.reference} --", *_facts(ticket, surveys, by_hand=by_hand)]
    return "\n".join([message_text(ticket.draft.message), "", *facts]) + "\n"


def ticket_subject(ticket: Ticket) -> str:
    """Return the subject on one line, with the reference in front."""
    return one_line(f"[{ticket.reference}] {ticket.draft.subject}")


def _facts(ticket: Ticket, surveys: SurveyLinks, *, by_hand: bool) -> Iterator[str]:
    draft, labels = ticket.draft, _LABELS[ticket.draft.lang]
    yield f"{labels['reference']}: {ticket.reference}"
    if draft.name:
        yield f"{labels['name']}: {one_line(draft.name)}"
    yield f"{labels['email']}: {one_line(draft.email)}"
    if by_hand:
        yield labels["by hand"]
    if draft.trail is None:
        yield labels["kept"]
    else:
        if draft.trail.searches:
            yield f"{labels['searched']}:"
            yield from (f"- {one_line(search)}" for search in draft.trail.searches)
        if draft.trail.articles:
            yield f"{labels['read']}:"
            yield from (f"- {one_line(article.title)}: {article.url}" for article in draft.trail.articles)
    yield f"{labels['survey']}: {surveys.link(Survey.SATISFACTION, ticket.id, draft.lang)}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a customer is told of a ticket.

    Attributes:
        reply: How soon it is usually answered; zero: nothing is promised.
        is_open: The time counts from now, not from opening.
        site: Address of the site's home page.
    """

    reference: str
    lang: Language
    reply: timedelta
    is_open: bool
    site: str


# The reference stands between isolates, so that its parts keep their order in Arabic. The time to answer is a noun of
# its own: after a preposition Arabic would decline it.
_RECEIPTS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "subject": "[{reference}] We have your message",
        "arrived": "Hello,\n\nWe have your message. Its reference is {reference}.",
        "reply": "Usual time to answer: {time}.",
        "from opening": "Usual time to answer: {time}, counted from opening.",
        "more": "To add something, answer this e-mail.\nIf you did not write to us, you need not do anything.",
    },
    Language.AR: {
        "subject": "[{reference}] وصلتنا رسالتك",
        "arrived": "مرحبًا،\n\nوصلتنا رسالتك، ورقمها المرجعي \u2066{reference}\u2069.",
        "reply": "المدة المعتادة للرد: {time}.",
        "from opening": "المدة المعتادة للرد: {time}، تُحسب من بدء الدوام.",
        "more": "لإضافة شيء إلى رسالتك، رد على هذا البريد.\nإن لم تكن قد راسلتنا فلا يلزمك فعل شيء.",
    },
}


def receipt_subject(receipt: Receipt) -> str:
    """Return the subject, with the reference in front."""
    return _RECEIPTS[receipt.lang]["subject"].format(reference=receipt.reference)


def receipt_text(receipt: Receipt) -> str:
    """Return the receipt; nothing of what the customer wrote is in it."""
    words = _RECEIPTS[receipt.lang]
    paragraphs = [words["arrived"].format(reference=receipt.reference)]
    if receipt.reply:
        # Up to two days in hours, as on the contact page.
        time = format_timedelta(receipt.reply, threshold=2, locale=receipt.lang)
        paragraphs.append(words["reply" if receipt.is_open else "from opening"].format(time=time))
    return "\n\n".join([*paragraphs, words["more"], f"-- \n{receipt.site}"]) + "\n"
