"""Articles that may answer what is being typed, and the one that was opened inside the page."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from kb.events import Arm, EventId, SuggestionOpened, SuggestionsShown, ViewTimed
from kb.model import Article, ArticleId, ArticleKey, Language
from kb.results import Hit, Query, TextPart
from search.serving.query_text import MAX_QUERY_LENGTH, QueryError
from web.contact.forms import ContactForm, FormPass
from web.public.pages import article_path, sanitised
from web.services import content, is_public, pinned_search, services
from web.tracking.recording import article_ref, record_paced, stable_id

OFFERED = 3
SHORTEST_QUESTION = 6
"""Characters under which a search would guess."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggested article.

    Attributes:
        choice: What its button sends: rank, language and id.
    """

    title: tuple[TextPart, ...]
    snippet: tuple[TextPart, ...]
    lang: Language
    choice: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A suggested article, opened inside the page.

    Attributes:
        choice: As in `Offer`.
        path: The article's own page.
    """

    article: Article
    body: Markup
    choice: str
    path: str


def offers_for(form: ContactForm, form_pass: FormPass) -> tuple[Offer, ...]:
    """Return articles for what was typed, and record that they are shown; none for the holdout or without an answer."""
    text = form.typed
    if form_pass.arm is Arm.HOLDOUT or len(text) < SHORTEST_QUESTION:
        return ()
    lang = form_pass.origin().lang
    try:
        response = pinned_search().search(Query(text[:MAX_QUERY_LENGTH], lang, limit=OFFERED))
    except QueryError:
        return ()
    if response.no_answer:
        return ()
    _record_shown(response.hits, form_pass)
    return tuple(_offer(hit, rank) for rank, hit in enumerate(response.hits, 1))


def open_answer(choice: str, form_pass: FormPass) -> Answer | None:
    """Return a suggested article and record that it was opened; None if there is no such article."""
    found = chosen_article(choice)
    if found is None:
        return None
    rank, article = found
    view = view_of(article, form_pass)
    now, origin = services().clock.now(), form_pass.origin()
    record_paced(SuggestionOpened(id=view, at=now, origin=origin, article=article_ref(article), rank=rank))
    return Answer(article, sanitised(article), choice, article_path(article))


def record_reading(article: Article, form_pass: FormPass, dwell_s: float) -> None:
    """Record for how many seconds an opened suggestion has been visible so far."""
    report, view = EventId(services().new_id()), view_of(article, form_pass)
    now, origin = services().clock.now(), form_pass.origin()
    record_paced(ViewTimed(id=report, at=now, origin=origin, view=view, article=article_ref(article), dwell_s=dwell_s))


def view_of(article: Article, form_pass: FormPass) -> EventId:
    """Return what names the opening of a suggestion in a form, however often it is opened."""
    return EventId(stable_id("suggestion", form_pass.form, str(article.key)))


def chosen_article(choice: str) -> tuple[int, Article] | None:
    """Return rank and article of a choice, None if it names none that anybody may read."""
    rank, _, rest = choice.partition(".")
    lang, _, article_id = rest.partition(".")
    if rank not in map(str, range(1, OFFERED + 1)) or lang not in set(Language):
        return None
    article = content().article(ArticleKey(ArticleId(article_id), Language(lang)))
    return (int(rank), article) if article and is_public(article) else None


def _offer(hit: Hit, rank: int) -> Offer:
    choice = f"{rank}.{hit.article.lang}.{hit.article.id}"
    return Offer(hit.title, hit.snippet, hit.article.lang, choice)


def _record_shown(hits: tuple[Hit, ...], form_pass: FormPass) -> None:
    articles = tuple(hit.article for hit in hits)
    if articles:
        shown = EventId(stable_id("shown", form_pass.form, *map(str, articles)))
        now, origin = services().clock.now(), form_pass.origin()
        record_paced(SuggestionsShown(id=shown, at=now, origin=origin, articles=articles))
