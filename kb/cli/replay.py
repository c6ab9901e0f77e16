"""`kb replay`: asks again what readers asked, now and of another state, and lists what they opened and would lose."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.context import open_context
from kb.clock import SystemClock
from kb.errors import UserError
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.curation.model import Rules
    from kb.editing.past_queries import PastQuery
    from search.improving.replay import Difference, ReplayReport, Side
    from search.serving.service import SearchService


@click.command()
@click.option("--days", type=click.IntRange(1, 3650), default=14, show_default=True, help="Days to replay.")
@click.option(
    "--candidate-index",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Directory of index generations to compare with; `kb index --candidate` writes KB_VAR_DIR/candidate.",
)
@click.option("--generation", help="Name of one generation of that directory, or of the one that serves.")
@click.option(
    "--rules",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Synonyms, pins and redirects as YAML, in place of those in force.",
)
@click.option("--model", help="Embedding model of the candidate; needs an index that was built with it.")
@click.option("--limit", type=click.IntRange(1, 30_000), default=5_000, show_default=True, help="Most queries.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def replay(
    days: int,
    candidate_index: Path | None,
    generation: str | None,
    rules: Path | None,
    model: str | None,
    limit: int,
    as_json: bool,  # noqa: FBT001 - click passes by name
) -> None:
    """Compare what readers opened with what another index, other rules or another model would show them.

    Exits with 1 if the candidate loses more opened results than it wins.
    """
    from kb.curation.store import CurationStore
    from kb.editing.past_queries import past_queries
    from search.improving.replay import replay as replayed
    from search.serving.opening import open_search

    with open_context() as opened:
        settings, clock = opened.settings, opened.clock
        in_force = CurationStore(opened.engine, clock).rules()
        past = past_queries(opened.engine, clock.now() - timedelta(days=days), limit, settings.k_anonymity)
    current = open_search(settings, clock, lambda: in_force).service
    changed = _read_rules(rules) if rules else in_force
    candidate = _open_candidate(settings, current, changed, candidate_index, generation, model)
    with click.progressbar(length=len(past), label="Replaying", file=sys.stderr) as bar:
        report = replayed(past, current, candidate, lambda done: bar.update(1))
    if as_json:
        click.echo(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
    else:
        _print(report)
    click.get_current_context().exit(1 if report.lost > report.won else 0)


def _read_rules(path: Path) -> Rules:
    from kb.curation.exchange import from_yaml

    try:
        return from_yaml(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}.") from error


def _open_candidate(
    settings: Settings,
    current: SearchService,
    rules: Rules,
    index: Path | None,
    generation: str | None,
    model: str | None,
) -> SearchService:
    """Return the search to compare with; what is not named is as it is now."""
    from kb.embedding.opening import open_calibrated
    from kb.storage.generations import GenerationStore
    from search.improving.candidate import candidate_search

    store = GenerationStore(index or settings.index_dir, SystemClock()) if index or generation else None
    embedder = open_calibrated(settings, model) if model else None
    return candidate_search(current, rules, store, generation, embedder)


def _print(report: ReplayReport) -> None:
    for each in report.differences:
        places = f"{each.before or '–'} -> {each.after or '–'}"
        click.echo(f"{each.fate:<5} {each.times:>5}  {places:<9} {each.article:<32} {_shown(each.query)}")
    click.echo(f"{report.searches} searches, {report.openings} opened results: {report.lost} lost, {report.won} won.")
    for name, side in (("now", report.current), ("candidate", report.candidate)):
        click.echo(
            f"{name:<10} on the first page {side.on_first_page}, mean of 1 / place {_mean(side):.3f}, "
            f"searches without an answer {side.unanswered}"
        )


def _shown(query: PastQuery) -> str:
    return f"{query.lang}  {query.text}" if query.disclosed else f"{query.lang}  (typed by too few to be shown)"


def _mean(side: Side) -> float:
    return side.reciprocal_ranks / side.on_first_page if side.on_first_page else 0.0


def _as_json(report: ReplayReport) -> dict[str, object]:
    return {
        "searches": report.searches,
        "openings": report.openings,
        "lost": report.lost,
        "won": report.won,
        "current": _side_as_json(report.current),
        "candidate": _side_as_json(report.candidate),
        "differences": [_difference_as_json(each) for each in report.differences],
    }


def _side_as_json(side: Side) -> dict[str, object]:
    return {"found": side.on_first_page, "mean_reciprocal_rank": round(_mean(side), 4), "unanswered": side.unanswered}


def _difference_as_json(each: Difference) -> dict[str, object]:
    return {
        "query": each.query.text if each.query.disclosed else None,
        "lang": each.query.lang,
        "article": each.article,
        "fate": each.fate,
        "times": each.times,
        "before": each.before,
        "after": each.after,
    }
