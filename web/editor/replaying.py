"""Compares the present state of the search with another one by what readers asked of late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response as AnyResponse

from kb.curation.exchange import from_yaml, to_yaml
from kb.editing.past_queries import past_queries
from kb.errors import UserError
from search.curated import EditorsCuration
from search.past import past_of
from search.replay import ReplayReport, replay
from search.service import SearchService
from web.desk.access import guarded
from web.editor.forms import ReplayForm
from web.editor.lines import editing
from web.editor.pages import Tab, tabs
from web.editor.routes import DEMAND
from web.i18n import gettext
from web.layout import Head
from web.services import services

MOST_QUERIES: Final = 500
"""Queries that the page replays, most asked first; `kb replay` takes all."""


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """A form, and after it was sent what it found.

    Attributes:
        report: None before the first replay.
        fault: Why the form was refused; empty otherwise.
    """

    head: Head
    tabs: tuple[Tab, ...]
    form: ReplayForm
    most: int
    report: ReplayReport | None = None
    fault: str = ""


def add_routes(blueprint: Blueprint) -> None:
    """Add the replay to a blueprint."""
    blueprint.add_url_rule("/replay", "replay", guarded(DEMAND, form))
    blueprint.add_url_rule("/replay", "run_replay", guarded(DEMAND, run), methods=["POST"])


def form() -> AnyResponse:
    """Show the form, filled with the rules in force, to be changed."""
    curation = services().curation
    assert curation is not None
    return _page(ReplayForm(formdata=None, days=14, rules=to_yaml(curation.rules())))


def run() -> AnyResponse:
    """Replay, and show what would be lost and won."""
    given = ReplayForm()
    if not given.validate():
        return _page(given, fault=str(next(iter(given.errors.values()))[0]))
    try:
        candidate = _candidate(given.rules.data or "format: 1")
    except UserError as error:
        return _page(given, fault=str(error))
    since = services().clock.now() - timedelta(days=given.days.data or 1)
    asked = past_queries(editing().engine, since, MOST_QUERIES)
    past = past_of(asked, services().settings.k_anonymity)
    return _page(given, report=replay(past, services().search, candidate))


def _candidate(rules: str) -> SearchService:
    read = from_yaml(rules)
    search = services().search
    return search.directed_by(EditorsCuration(lambda: read, search.snapshot.analyzer))


def _page(given: ReplayForm, report: ReplayReport | None = None, fault: str = "") -> AnyResponse:
    page = ReplayPage(Head(gettext("Replay")), tabs(), given, MOST_QUERIES, report, fault)
    return make_response(render_template("editor/replay.html", page=page), 400 if fault else 200)
