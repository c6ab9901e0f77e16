"""What the search page shows: results as people read them, filters as they set them, ways on when nothing fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from kb.model import Category, Language
from kb.results import Degradation, Hit, Intent, SearchResponse, TextPart
from search.serving.query_text import MAX_QUERY_LENGTH, QueryError, QueryFault
from web.i18n import current_language, gettext, long_date, ngettext
from web.layout import Head
from web.paging import Paging, paging
from web.public.forms import LAST_PAGE, PAGE_SIZE, SearchForm
from web.public.pages import CategoryCard, category_cards, example_questions
from web.services import content, pinned_search
from web.tracking.recording import record_search

FILTER_FIELDS = ("category", "tag", "language", "from", "to")
OFFERED_TAGS = 40
OFFERED_SUGGESTIONS = 5
SHOWN_NEAREST = 4


@dataclass(frozen=True, slots=True)
class Result:
    """One result.

    Attributes:
        foreign: It is in the other language than the page.
    """

    title: tuple[TextPart, ...]
    snippet: tuple[TextPart, ...]
    path: str
    category: str
    lang: Language
    foreign: bool
    updated: date


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter that is set, and the path of the same search without it."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """An article that may answer what was typed."""

    text: tuple[TextPart, ...]
    path: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The search page.

    Attributes:
        message: Why nothing could be searched; empty if it could.
        wordless: There is no word in what was typed: signs, pictures or marks alone.
        total: Articles found; None if nothing was searched.
        nearest: Shown apart, because the evidence says that they do not answer the question.
        rewritten: What was searched instead, or empty.
        literal_path: Searches what was typed, to the letter.
        person: A person is wanted: the contact card stands first.
        degraded: Parts of the search failed.
        suggested: Offered if nothing answers.
        examples: What may be asked, for who sees no results.
        tags: The most used tags of the language.
    """

    head: Head
    form: SearchForm
    categories: tuple[CategoryCard, ...]
    tags: tuple[str, ...]
    filters: tuple[ActiveFilter, ...]
    unfiltered_path: str
    message: str = ""
    wordless: bool = False
    total: int | None = None
    results: tuple[Result, ...] = ()
    nearest: tuple[Result, ...] = ()
    rewritten: str = ""
    literal_path: str = ""
    person: bool = False
    degraded: bool = False
    suggested: tuple[Suggested, ...] = ()
    examples: tuple[str, ...] = ()
    paging: Paging | None = None

    @property
    def status(self) -> int:
        """Return the HTTP status: 400 if something could not be understood."""
        return 400 if self.form.faults or self.message else 200


def search_page(form: SearchForm) -> SearchPage:
    """Search and return what the page shows; a question that cannot be searched gives a page that says why."""
    lang = current_language()
    if not form.text:
        return replace(_page(form), examples=example_questions(lang))
    query = form.query(lang)
    try:
        response = pinned_search().search(query)
    except QueryError as error:
        if error.fault is QueryFault.EMPTY:
            return replace(_page(form), wordless=True, examples=example_questions(lang))
        return replace(_page(form), message=_too_long())
    results = _results(response, record_search(query, response))
    answered = not response.no_answer
    return replace(
        _page(form),
        total=response.total if answered else 0,
        results=results if answered else (),
        nearest=() if answered else results[:SHOWN_NEAREST],
        rewritten=response.rewritten_query or "",
        literal_path=_path(form, literal="1"),
        person=response.intent in {Intent.PERSON, Intent.COMPLAINT},
        degraded=any(part is not Degradation.CURATION for part in response.degraded),
        suggested=() if answered and results else _suggested(form.text),
        examples=() if answered and results else example_questions(lang),
        paging=_paging(form, response.total) if answered else None,
    )


def _page(form: SearchForm) -> SearchPage:
    lang = current_language()
    title = gettext("Results for “%(query)s”", query=form.text[:80]) if form.text else gettext("Search")
    arguments = form.arguments()
    return SearchPage(
        head=Head(
            title=title,
            alternates={language: search_path(arguments, language) for language in Language},
        ),
        form=form,
        categories=category_cards(lang),
        tags=tuple(tag for tag, _count in content().tags(form.filters.lang or lang)[:OFFERED_TAGS]),
        filters=_active_filters(form),
        unfiltered_path=_path(form, **dict.fromkeys(FILTER_FIELDS)),
    )


def _too_long() -> str:
    return ngettext(
        "That is more than %(limit)s character. Ask in a sentence or two.",
        "That is more than %(limit)s characters. Ask in a sentence or two.",
        MAX_QUERY_LENGTH,
        limit=MAX_QUERY_LENGTH,
    )


def _results(response: SearchResponse, search: str) -> tuple[Result, ...]:
    titles = {(c.lang, c.slug): c for language in Language for c in content().categories(language)}
    first = response.query.offset + 1
    return tuple(
        _result(hit, titles, {"s": search, "r": str(rank)} if search else {})
        for rank, hit in enumerate(response.hits, first)
    )


def _result(hit: Hit, categories: Mapping[tuple[Language, str], Category], followed: Mapping[str, Any]) -> Result:
    lang = hit.article.lang
    category = categories.get((current_language(), hit.category)) or categories.get((lang, hit.category))
    return Result(
        title=hit.title,
        snippet=hit.snippet,
        path=url_for("public.article", lang=lang, slug=hit.slug, _anchor=hit.anchor or None, **followed),
        category=category.title if category else "",
        lang=lang,
        foreign=lang is not current_language(),
        updated=hit.updated,
    )


def _suggested(text: str) -> tuple[Suggested, ...]:
    offered = pinned_search().suggest(text, current_language(), OFFERED_SUGGESTIONS)
    return tuple(
        Suggested(each.text, url_for("public.article", lang=each.article.lang, slug=each.slug))
        for each in offered
        if each.article and each.slug
    )


def _path(form: SearchForm, **changes: str | None) -> str:
    return search_path(form.arguments(**changes), current_language())


def search_path(arguments: Mapping[str, str], lang: Language) -> str:
    """Return the path of a search."""
    query = f"?{urlencode(arguments)}" if arguments else ""
    return url_for("public.search", lang=lang) + query


def _paging(form: SearchForm, total: int) -> Paging:
    reachable = min(total, LAST_PAGE * PAGE_SIZE)
    return paging(form.page, reachable, PAGE_SIZE, lambda page: _path(form, page=str(page) if page > 1 else None))


def _active_filters(form: SearchForm) -> tuple[ActiveFilter, ...]:
    filters = form.filters
    titles = {category.slug: category.title for category in content().categories(current_language())}
    labels = {
        "category": filters.category and titles.get(filters.category, filters.category),
        "tag": filters.tag,
        "language": filters.lang and language_name(filters.lang),
        "from": filters.updated_from and gettext("From %(day)s", day=long_date(filters.updated_from)),
        "to": filters.updated_to and gettext("To %(day)s", day=long_date(filters.updated_to)),
    }
    return tuple(ActiveFilter(label, _path(form, **{name: None})) for name, label in labels.items() if label)


def language_name(language: Language) -> str:
    """Return the name of a language in the reader's."""
    return gettext("Arabic") if language is Language.AR else gettext("English")
