"""How a ticket reads for the agent: plain text in the customer's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.contact.model import Ticket
from kb.contact.surveys import SurveyLinks
from kb.events import Survey
from kb.model import Language

# Reference, searched, read, agreed to nothing, link to the survey.
_LABELS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "reference": "Reference",
        "searched": "Searched before writing",
        "read": "Read before writing (do not send again)",
        "kept": "The customer did not share what they searched and read.",
        "survey": "Survey link to add to your last answer",
    },
    Language.AR: {
        "reference": "الرقم المرجعي",
        "searched": "ما بحث عنه العميل قبل الكتابة",
        "read": "ما قرأه العميل قبل الكتابة (لا ترسله مجددًا)",
        "kept": "لم يشارك العميل ما بحث عنه وما قرأه.",
        "survey": "رابط التقييم، أضِفه إلى ردك الأخير",
    },
}


def ticket_text(ticket: Ticket, surveys: SurveyLinks) -> str:
    """Return the message followed by what the agent should know."""
    return "\n".join([ticket.draft.message, "", "--", *_facts(ticket, surveys)]) + "\n"


def ticket_subject(ticket: Ticket) -> str:
    """Return the subject on one line, with the reference in front."""
    return " ".join(f"[{ticket.reference}] {ticket.draft.subject}".split())


def _facts(ticket: Ticket, surveys: SurveyLinks) -> Iterator[str]:
    labels = _LABELS[ticket.draft.lang]
    trail = ticket.draft.trail
    yield f"{labels['reference']}: {ticket.reference}"
    if trail is None:
        yield labels["kept"]
    else:
        if trail.searches:
            yield f"{labels['searched']}:"
            yield from (f"- {search}" for search in trail.searches)
        if trail.articles:
            yield f"{labels['read']}:"
            yield from (f"- {article.title}: {article.url}" for article in trail.articles)
    yield f"{labels['survey']}: {surveys.link(Survey.SATISFACTION, ticket.id, ticket.draft.lang)}"
