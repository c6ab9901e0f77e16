"""Articles that may answer a customer's message, internal ones too, with what the customer already knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kb.agents.customers import Customer
from kb.agents.snippets import passage_of
from kb.agents.ticket_text import clean_ticket, find_reference, question_of
from kb.language.detect import detect_language
from kb.model import Article, Audience, Language
from kb.results import Filters, Hit, Query, SearchResponse, TextPart
from search.serving.query_text import QueryError
from web.i18n import current_language
from web.services import content, is_public, pinned_search, services, snapshot

OFFERED = 10
LONGEST_MESSAGE = 20_000
EVERYTHING = frozenset({Audience.PUBLIC, Audience.INTERNAL})


class Known(StrEnum):
    """What a customer already did with an article."""

    READ = "read"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class AgentHit:
    """An article that may answer.

    Attributes:
        anchor: Section that answers; empty for the top.
        passage: Whole sentences that answer, as plain text.
        known: What the customer did with it, None if nothing or if nobody knows.
    """

    article: Article
    title: tuple[TextPart, ...]
    snippet: tuple[TextPart, ...]
    anchor: str
    passage: str
    score: float
    known: Known | None

    @property
    def linkable(self) -> bool:
        """Return whether customers may have it."""
        return is_public(self.article)


@dataclass(frozen=True, slots=True)
class AgentAnswer:
    """What was found for a message.

    Attributes:
        lang: The customer's language.
        question: What was searched for.
        hits: Best first, those that the customer rejected last.
        no_answer: Nothing here answers it; hits are the nearest articles.
        customer: Who wrote, if the message came through the contact page.
        reference: The ticket's name, as given or as found in the message; empty if there is none.
    """

    lang: Language
    question: str
    hits: tuple[AgentHit, ...]
    no_answer: bool
    customer: Customer | None
    reference: str
    took_ms: float = 0.0

    def hit_of(self, article: Article) -> AgentHit | None:
        """Return the hit of an article."""
        return next((hit for hit in self.hits if hit.article.key == article.key), None)


def suggest(message: str, ticket: str = "", lang: Language | None = None, limit: int = OFFERED) -> AgentAnswer:
    """Return the articles that may answer a customer's message.

    Args:
        message: As it was pasted; empty: nothing is found.
        ticket: The ticket's name; a reference of the contact page that stands in the message counts too.
        lang: The customer's language; None: that of the message.
        limit: Articles wanted, 1 to 50.
    """
    cleaned = clean_ticket(message[:LONGEST_MESSAGE])
    reference = ticket.strip() or find_reference(message)
    customer = _customer(reference, find_reference(message))
    lang = lang or detect_language(cleaned) or current_language()
    lexical = snapshot().lexical
    question = question_of(cleaned, lexical.focus if lexical else _every_sentence_alike)
    response = _search(question, lang, limit)
    hits = [_hit(found, customer) for found in response.hits] if response else []
    return AgentAnswer(
        lang=lang,
        question=question,
        hits=tuple(sorted((hit for hit in hits if hit), key=lambda hit: hit.known is Known.REJECTED)),
        no_answer=response is None or response.no_answer,
        customer=customer,
        reference=reference,
        took_ms=response.took_ms if response else 0.0,
    )


def _customer(*references: str) -> Customer | None:
    """Return the customer of the first ticket that came through the contact page."""
    customers = services().agents.customers
    found = (customers.of(reference) for reference in dict.fromkeys(references) if reference)
    return next((customer for customer in found if customer), None)


def _search(question: str, lang: Language, limit: int) -> SearchResponse | None:
    try:
        return pinned_search().search(Query(question, lang, limit=limit, filters=Filters(audiences=EVERYTHING)))
    except QueryError:
        return None


def _hit(found: Hit, customer: Customer | None) -> AgentHit | None:
    article = content().article(found.article)
    if article is None:
        return None
    shown = "".join(part.text for part in found.snippet)
    passage = passage_of(article, found.anchor, shown)
    return AgentHit(article, found.title, found.snippet, found.anchor, passage, found.score, _known(article, customer))


def _known(article: Article, customer: Customer | None) -> Known | None:
    if customer is None:
        return None
    if article.id in customer.rejected:
        return Known.REJECTED
    return Known.READ if article.id in customer.read else None


def _every_sentence_alike(_sentence: str) -> float:
    return 1.0
