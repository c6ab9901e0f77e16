"""The endpoints of the JSON API: parameters in, one model out."""

from __future__ import annotations

from flask import Response, abort, url_for

from kb.events import Channel
from kb.model import Article, ArticleId, ArticleKey, Language
from kb.results import Filters, Hit, Query, Rewriting, Suggestion, TextPart
from web.api.models import (
    ArticleDocument,
    Categories,
    CategoryItem,
    Health,
    LanguageParameters,
    Part,
    SearchAnswer,
    SearchParameters,
    SearchResult,
    SuggestionItem,
    Suggestions,
    SuggestParameters,
    Version,
)
from web.api.readiness import look
from web.i18n import preferred_language
from web.json_calls import answer_json, read_parameters
from web.layout import absolute
from web.prefix import complete_addresses
from web.public.pages import article_path, category_cards, public_versions
from web.services import content, is_public, pinned_search, services
from web.tracking.recording import record_search


def search() -> Response:
    """Answer a question."""
    given = read_parameters(SearchParameters)
    query = Query(
        text=given.q,
        lang=given.lang or preferred_language(),
        limit=given.limit,
        offset=given.offset,
        mode=given.mode,
        filters=Filters(
            category=given.category,
            tag=given.tag,
            lang=given.article_lang,
            updated_from=given.updated_from,
            updated_to=given.updated_to,
        ),
        rewriting=Rewriting.LITERAL if given.literal else Rewriting.ALLOWED,
    )
    response = pinned_search().search(query)
    return answer_json(
        SearchAnswer(
            results=[_result(hit) for hit in response.hits],
            total=response.total,
            no_answer=response.no_answer,
            rewritten_query=response.rewritten_query,
            intent=response.intent,
            degraded=[str(part) for part in response.degraded],
            took_ms=round(response.took_ms, 1),
            search_id=record_search(query, response, Channel.API) or services().new_id(),
        )
    )


def suggest() -> Response:
    """Complete what is being typed."""
    given = read_parameters(SuggestParameters)
    lang = given.lang or preferred_language()
    offered = pinned_search().suggest(given.q, lang, given.limit)
    return answer_json(Suggestions(suggestions=[_suggestion(item, lang) for item in offered]))


def article(article_id: str) -> Response:
    """Give one article in the language asked for, else in the one that there is."""
    lang = read_parameters(LanguageParameters).lang or preferred_language()
    versions = [content().article(ArticleKey(ArticleId(article_id), each)) for each in (lang, lang.other)]
    found = next((version for version in versions if version and is_public(version)), None)
    if found is None:
        abort(404, "There is no article with this id.")
    return answer_json(_document(found))


def categories() -> Response:
    """List the categories."""
    lang = read_parameters(LanguageParameters).lang or preferred_language()
    items = [
        CategoryItem(
            slug=card.category.slug,
            title=card.category.title,
            summary=card.category.summary,
            icon=card.category.icon,
            articles=card.count,
            url=absolute(card.path),
        )
        for card in category_cards(lang)
    ]
    return answer_json(Categories(categories=items))


def health() -> Response:
    """Tell that the process lives."""
    return answer_json(Health(status="ok"))


def readiness() -> Response:
    """Tell whether questions are answered, articles shown and messages stored, and what is out of order."""
    found, status = look()
    return answer_json(found, status)


def _parts(parts: tuple[TextPart, ...]) -> list[Part]:
    return [Part(text=part.text, mark=part.mark) for part in parts]


def _result(hit: Hit) -> SearchResult:
    return SearchResult(
        id=hit.article.id,
        lang=hit.article.lang,
        title="".join(part.text for part in hit.title),
        url=absolute(url_for("public.article", lang=hit.article.lang, slug=hit.slug)),
        anchor=hit.anchor,
        snippet=_parts(hit.snippet),
        score=round(hit.score, 4),
        ranks=dict(hit.ranks),
    )


def _suggestion(item: Suggestion, lang: Language) -> SuggestionItem:
    if item.article and item.slug:
        path = url_for("public.article", lang=item.article.lang, slug=item.slug)
    else:
        path = url_for("public.search", lang=lang, q="".join(part.text for part in item.text))
    return SuggestionItem(
        text=_parts(item.text), url=absolute(path), article_id=item.article.id if item.article else None
    )


def _document(found: Article) -> ArticleDocument:
    return ArticleDocument(
        id=found.id,
        lang=found.lang,
        title=found.title,
        summary=found.summary,
        category=found.category,
        tags=list(found.tags),
        updated=found.updated,
        url=absolute(article_path(found)),
        html=complete_addresses(found.html),
        markdown=found.source,
        versions=[
            Version(lang=version.lang, url=absolute(article_path(version))) for version in public_versions(found)
        ],
    )
