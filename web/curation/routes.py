"""Rules that direct the search: listed, added, removed, exported and imported; in force with the next query."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.model import Permission
from kb.curation.exchange import from_yaml, to_yaml
from kb.curation.model import Match, ResultAction, RuleId
from kb.errors import UserError
from kb.model import ArticleId, Language
from web.curation.forms import ImportForm, RedirectForm, ResultForm, SynonymForm, language_of, lines_of
from web.curation.pages import Forms, curation_page, is_known
from web.desk.access import guarded, present_user
from web.i18n import gettext
from web.services import services


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages to a blueprint."""
    demand = Permission.CURATE
    blueprint.add_url_rule("/", "home", guarded(demand, home))
    blueprint.add_url_rule("/synonyms", "add_synonyms", guarded(demand, add_synonyms), methods=["POST"])
    blueprint.add_url_rule("/results", "add_result", guarded(demand, add_result), methods=["POST"])
    blueprint.add_url_rule("/redirects", "add_redirect", guarded(demand, add_redirect), methods=["POST"])
    blueprint.add_url_rule("/rules/<rule>/remove", "remove", guarded(demand, remove), methods=["POST"])
    blueprint.add_url_rule("/rules.yaml", "export", guarded(demand, export))
    blueprint.add_url_rule("/import", "import_rules", guarded(demand, import_rules), methods=["POST"])


def home() -> AnyResponse:
    """Show all rules."""
    return _page()


def add_synonyms() -> AnyResponse:
    """Add synonyms."""
    form = SynonymForm()
    if not form.validate():
        return _page(synonym=form, fault=_first_fault(form))
    try:
        services().curation.add_synonyms(
            lines_of(form.terms.data),
            lines_of(form.replacements.data),
            lang=language_of(form.lang.data),
            by=present_user().login,
            why=form.why.data or "",
        )
    except UserError:
        fault = gettext(
            "Write two terms that stand for each other, or one and what to search too; at most 20, short ones."
        )
        return _page(synonym=form, fault=fault)
    return _back("synonyms")


def add_result() -> AnyResponse:
    """Put an article first, or leave it out."""
    form = ResultForm()
    if not form.validate():
        return _page(result=form, fault=_first_fault(form))
    if not is_known(ArticleId(form.article.data)):
        return _page(result=form, fault=_unknown_article())
    services().curation.add_result(
        ResultAction(form.action.data),
        form.pattern.data,
        ArticleId(form.article.data),
        match=Match(form.match.data),
        lang=language_of(form.lang.data),
        by=present_user().login,
        why=form.why.data or "",
    )
    return _back("results")


def add_redirect() -> AnyResponse:
    """Lead an old address to an article."""
    form = RedirectForm()
    if not form.validate():
        return _page(redirect_=form, fault=_first_fault(form))
    if not is_known(ArticleId(form.article.data)):
        return _page(redirect_=form, fault=_unknown_article())
    try:
        services().curation.add_redirect(
            Language(form.lang.data),
            form.slug.data,
            ArticleId(form.article.data),
            by=present_user().login,
            why=form.why.data or "",
        )
    except UserError:
        return _page(redirect_=form, fault=gettext("Write the last part of the old address, without slashes."))
    return _back("redirects")


def remove(rule: str) -> AnyResponse:
    """Delete a rule."""
    services().curation.remove(RuleId(rule))
    return redirect(url_for("curation.home"), 303)


def export() -> AnyResponse:
    """Give all rules as YAML."""
    response = Response(to_yaml(services().curation.rules()), content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=rules.yaml"
    return response


def import_rules() -> AnyResponse:
    """Replace all rules by those of a YAML text."""
    form = ImportForm()
    if not form.validate():
        return _page(imported=form, fault=_first_fault(form))
    try:
        services().curation.replace_all(from_yaml(form.rules.data))
    except UserError as error:
        return _page(imported=form, fault=str(error))
    return _back("synonyms")


def _page(
    synonym: SynonymForm | None = None,
    result: ResultForm | None = None,
    redirect_: RedirectForm | None = None,
    imported: ImportForm | None = None,
    fault: str = "",
) -> AnyResponse:
    forms = Forms(
        synonym or SynonymForm(formdata=None),
        result or ResultForm(formdata=None),
        redirect_ or RedirectForm(formdata=None),
        imported or ImportForm(formdata=None),
    )
    page = curation_page(services().curation.rules(), forms, fault)
    return make_response(render_template("curation/home.html", page=page), 400 if fault else 200)


def _first_fault(form: SynonymForm | ResultForm | RedirectForm | ImportForm) -> str:
    return str(next((faults[0] for faults in form.errors.values() if faults), ""))


def _unknown_article() -> str:
    return gettext("There is no article with this id.")


def _back(section: str) -> AnyResponse:
    return redirect(url_for("curation.home", _anchor=section), 303)
