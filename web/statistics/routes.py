"""The pages of the statistics, their exports, and the notes on the calendar; they read the daily figures only."""

from __future__ import annotations

import json
from datetime import timedelta

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.model import Permission
from kb.statistics.export import to_csv
from kb.statistics.operations import annotate, remove_annotation
from web.desk.access import guarded
from web.i18n import current_language
from web.services import services
from web.statistics.exports import EXPORTS
from web.statistics.forms import NoteForm
from web.statistics.pages import (
    StatisticsPage,
    articles_page,
    breakdown_page,
    home_page,
    report_page,
    searches_page,
)
from web.statistics.selection import DEFAULT_PERIOD, Selection, read_selection


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages to a blueprint."""
    demand = Permission.READ_STATISTICS
    blueprint.add_url_rule("/", "home", guarded(demand, home))
    blueprint.add_url_rule("/parts", "breakdown", guarded(demand, breakdown))
    blueprint.add_url_rule("/searches", "searches", guarded(demand, searches))
    blueprint.add_url_rule("/articles", "articles", guarded(demand, articles))
    blueprint.add_url_rule("/report", "report", guarded(demand, report))
    blueprint.add_url_rule("/export/<name>.<any(csv, json):form>", "export", guarded(demand, export))
    blueprint.add_url_rule("/notes", "add_note", guarded(demand, add_note), methods=["POST"])
    blueprint.add_url_rule("/notes/<note>/remove", "remove_note", guarded(demand, remove_note), methods=["POST"])


def home() -> AnyResponse:
    """Show what self-service achieves."""
    return _home(NoteForm(formdata=None))


def breakdown() -> AnyResponse:
    """Show deflection in parts."""
    return _answer("statistics/page.html", breakdown_page(services().engine, _selection(), services().clock.now()))


def searches() -> AnyResponse:
    """Show how well the search serves readers."""
    given = services()
    page = searches_page(services().engine, _selection(), given.clock.now(), given.settings.k_anonymity)
    return _answer("statistics/page.html", page)


def articles() -> AnyResponse:
    """Show how articles are read."""
    return _answer("statistics/page.html", articles_page(services().engine, _selection(), services().clock.now()))


def report() -> AnyResponse:
    """Show a report to print, of the last whole month unless another period is asked for."""
    now = services().clock.now()
    last_month = now.date().replace(day=1) - timedelta(days=1)
    return _answer("statistics/report.html", report_page(services().engine, _selection(f"{last_month:%Y-%m}"), now))


def export(name: str, form: str) -> AnyResponse:
    """Give the records behind a table as CSV or JSON."""
    if name not in EXPORTS:
        abort(404)
    selection, given = _selection(), services()
    if selection.is_refused:
        abort(400)
    rows = EXPORTS[name](services().engine, selection, given.clock.now(), given.settings.k_anonymity)
    if form == "csv":
        response = Response(to_csv(rows), content_type="text/csv; charset=utf-8")
    else:
        text = json.dumps(list(rows), ensure_ascii=False, indent=2) + "\n"
        response = Response(text, content_type="application/json; charset=utf-8")
    filename = f"{name}-{selection.period.first}-{selection.period.last}.{form}"
    response.headers["Content-Disposition"] = f"attachment; filename={filename}"
    return response


def add_note() -> AnyResponse:
    """Write a note; a refused one is shown again with what is wrong."""
    form = NoteForm()
    if not form.validate() or form.day.data is None:
        return _home(form)
    annotate(services().engine, form.day.data, form.kind_value, (form.text.data or "").strip())
    return _back_to_notes()


def remove_note(note: str) -> AnyResponse:
    """Remove a note."""
    if not remove_annotation(services().engine, note):
        abort(404)
    return _back_to_notes()


def _home(form: NoteForm) -> AnyResponse:
    page = home_page(services().engine, _selection(), services().clock.now(), form)
    return _answer("statistics/page.html", page, is_refused=bool(form.errors))


def _answer(template: str, page: StatisticsPage, *, is_refused: bool = False) -> AnyResponse:
    given = services().settings
    is_arabic_indic = current_language() == "ar" and given.arabic_digits == "arab"
    text = render_template(template, page=page, digits="arab" if is_arabic_indic else "latn", k=given.k_anonymity)
    return make_response(text, 400 if is_refused or page.selection.is_refused else 200)


def _back_to_notes() -> AnyResponse:
    return redirect(url_for("statistics.home", _anchor="notes", **_selection().arguments), 303)


def _selection(default_period: str = DEFAULT_PERIOD) -> Selection:
    given = services()
    return read_selection(
        request.args, given.clock.now().date(), given.settings.deflection_window_hours, default_period
    )
