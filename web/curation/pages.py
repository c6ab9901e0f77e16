"""What the page of rules shows."""

from __future__ import annotations

from dataclasses import dataclass

from kb.curation.model import Decision, ResultAction, ResultRule, RuleId, Rules, SynonymKind
from kb.model import ArticleId, ArticleKey, Language
from web.curation.forms import ACTION_NAMES, MATCH_NAMES, ImportForm, RedirectForm, ResultForm, SynonymForm
from web.i18n import current_language, gettext
from web.layout import Head
from web.services import content, is_public


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in a list.

    Attributes:
        what: The words that it is about.
        effect: What it does, in words.
        audience: Whom it is for, in words.
        warning: Why it has no effect now; empty if it has.
    """

    id: RuleId
    what: str
    effect: str
    audience: str
    decision: Decision
    warning: str = ""


@dataclass(frozen=True, slots=True)
class ArticleChoice:
    """An article that can be named in a form."""

    id: ArticleId
    title: str


@dataclass(frozen=True, slots=True)
class CurationPage:
    """All rules in force, and forms for more.

    Attributes:
        articles: Offered while an id is typed.
        fault: Why the last form was refused; empty otherwise.
    """

    head: Head
    synonyms: tuple[RuleLine, ...]
    results: tuple[RuleLine, ...]
    redirects: tuple[RuleLine, ...]
    articles: tuple[ArticleChoice, ...]
    synonym_form: SynonymForm
    result_form: ResultForm
    redirect_form: RedirectForm
    import_form: ImportForm
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page; the one that was sent keeps what was typed, the others are empty."""

    synonym: SynonymForm
    result: ResultForm
    redirect: RedirectForm
    imported: ImportForm


def curation_page(rules: Rules, forms: Forms, fault: str = "") -> CurationPage:
    """Return the page for the rules in force."""
    return CurationPage(
        Head(gettext("Direct search")),
        tuple(
            RuleLine(
                rule.id,
                separator().join(rule.terms),
                gettext("stand for each other")
                if rule.kind is SynonymKind.TWO_WAY
                else gettext("also search: %(terms)s", terms=separator().join(rule.replacements)),
                _audience(rule.lang),
                rule.decision,
            )
            for rule in rules.synonyms
        ),
        tuple(_result_line(rule) for rule in rules.results),
        tuple(
            RuleLine(
                rule.id,
                rule.slug,
                gettext("leads to %(title)s", title=_title(rule.article)),
                _audience(rule.lang),
                rule.decision,
                _warning(rule.article),
            )
            for rule in rules.redirects
        ),
        _choices(),
        forms.synonym,
        forms.result,
        forms.redirect,
        forms.imported,
        fault,
    )


def separator() -> str:
    """Return what stands between the items of a list in this language."""
    return "، " if current_language() is Language.AR else ", "


def is_known(article: ArticleId) -> bool:
    """Tell whether the index holds an article in any language."""
    return any(content().article(ArticleKey(article, lang)) is not None for lang in Language)


def _result_line(rule: ResultRule) -> RuleLine:
    effect = f"{ACTION_NAMES[rule.action]}: {_title(rule.article)}"
    what = f"{rule.pattern} ({MATCH_NAMES[rule.match]})"
    warning = _warning(rule.article) if rule.action is ResultAction.PIN else ""
    return RuleLine(rule.id, what, effect, _audience(rule.lang), rule.decision, warning)


def _warning(article: ArticleId) -> str:
    versions = [content().article(ArticleKey(article, lang)) for lang in Language]
    if any(version is not None and is_public(version) for version in versions):
        return ""
    return gettext("Without effect: readers cannot open this article.")


def _title(article: ArticleId) -> str:
    lang = current_language()
    versions = (content().article(ArticleKey(article, each)) for each in (lang, lang.other))
    return next((version.title for version in versions if version), article)


def _choices() -> tuple[ArticleChoice, ...]:
    lang = current_language()
    titles = {article.id: article.title for each in (lang.other, lang) for article in content().articles(each)}
    return tuple(ArticleChoice(id_, titles[id_]) for id_ in sorted(titles))


def _audience(lang: Language | None) -> str:
    if lang is None:
        return gettext("Readers of both languages")
    return gettext("Arabic readers") if lang is Language.AR else gettext("English readers")
