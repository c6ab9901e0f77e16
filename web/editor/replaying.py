"""Compares the present state of the search with another one by what readers asked of late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response as AnyResponse

from kb.curation.exchange import from_yaml, to_yaml
from kb.editing.past_queries import past_queries
from kb.errors import DalilError
from kb.storage.generations import CorruptGeneration, GenerationStore, read_manifest
from search.improving.candidate import candidate_search
from search.improving.replay import ReplayReport, replay
from search.serving.service import SearchService
from web.desk.access import guarded
from web.editor.forms import ReplayForm
from web.editor.pages import Tab, tabs
from web.editor.routes import DEMAND
from web.i18n import clock_time, gettext, long_date, number
from web.layout import Head
from web.services import pinned_search, services, snapshot

MOST_QUERIES: Final = 500
"""Queries that the page replays, most asked first; `kb replay` takes all."""
CANDIDATE: Final = "candidate"


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
    return _page(_with_choices(ReplayForm(formdata=None, days=14, rules=to_yaml(services().curation.rules()))))


def run() -> AnyResponse:
    """Replay, and show what would be lost and won."""
    given = _with_choices(ReplayForm())
    if not given.validate():
        return _page(given, fault=str(next(iter(given.errors.values()))[0]))
    try:
        candidate = _candidate(given)
    except DalilError as error:
        return _page(given, fault=str(error))
    since = services().clock.now() - timedelta(days=given.days.data or 1)
    past = past_queries(services().engine, since, MOST_QUERIES, services().settings.k_anonymity)
    return _page(given, report=replay(past, pinned_search(), candidate))


def _candidate(given: ReplayForm) -> SearchService:
    rules = from_yaml(given.rules.data or "format: 1")
    place, _, generation = (given.index.data or "").partition("/")
    return candidate_search(pinned_search(), rules, _stores().get(place), generation or None)


def _stores() -> dict[str, GenerationStore]:
    """Return where indexes are, by the names that the form gives them."""
    settings, clock = services().settings, services().clock
    roots = {CANDIDATE: settings.candidate_dir, "index": settings.index_dir}
    return {name: GenerationStore(root, clock) for name, root in roots.items()}


def _with_choices(given: ReplayForm) -> ReplayForm:
    """Return a form that offers the index that serves, candidates, and the generations before, newest first."""
    serving = snapshot().name
    choices = [("", gettext("The one that serves, with other rules"))]
    for place, store in _stores().items():
        others = [path for path in reversed(store.generations()) if path.name != serving]
        choices += [(f"{place}/{path.name}", name) for path in others if (name := _name_of(place, path))]
    given.index.choices = choices
    return given


def _name_of(place: str, path: Path) -> str:
    """Return what a generation is called, empty if it is damaged."""
    try:
        manifest = read_manifest(path)
    except CorruptGeneration:
        return ""
    built = {
        "day": long_date(manifest.created.date()),
        "time": clock_time(manifest.created.time()),
        "articles": number(manifest.counts.get("articles", 0)),
    }
    if place == CANDIDATE:
        return gettext("Candidate of %(day)s, %(time)s UTC, articles: %(articles)s", **built)
    return gettext("Earlier one of %(day)s, %(time)s UTC, articles: %(articles)s", **built)


def _page(given: ReplayForm, report: ReplayReport | None = None, fault: str = "") -> AnyResponse:
    page = ReplayPage(Head(gettext("Replay")), tabs(), given, MOST_QUERIES, report, fault)
    return make_response(render_template("editor/replay.html", page=page), 400 if fault else 200)
