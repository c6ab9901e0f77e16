"""`kb stats`: the figures of a period in the terminal or as JSON, and the jobs that keep them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kb.cli.context import open_context
from kb.cli.options import LANGUAGE
from kb.clock import SystemClock
from kb.model import Language
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.statistics.overview import Figure, Overview

F = TypeVar("F", bound=Callable[..., Any])


def period_options(command: F) -> F:
    """Add the options that say which figures are wanted."""
    options = (
        click.option(
            "--period",
            default="last-30-days",
            show_default=True,
            help="last-30-days, 2026-11, 2026-W47, 2026-11-21, or 2026-11-01..2026-11-15 (days in UTC).",
        ),
        click.option("--lang", type=LANGUAGE, help="Readers of this language only."),
        click.option("--category", help="Journeys that opened an article of this category."),
        click.option("--channel", type=click.Choice(["site", "widget", "api"]), help="One channel only."),
        click.option(
            "--window",
            type=click.Choice(["24h", "72h", "7d"]),
            help="How long a ticket after reading counts; default: the setting deflection_window_hours.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@period_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every definition.")
@click.pass_context
def stats(
    context: click.Context,
    period: str,
    lang: Language | None,
    category: str | None,
    channel: str | None,
    window: str | None,
    as_json: bool,  # noqa: FBT001 - click passes by name
) -> None:
    """Print the figures of a period: deflection, self-service, searches, links, surveys.

    What is new is rolled up first. Figures under 30 cases are counts only; a figure marked “open” may still be moved by
    late tickets.
    """
    if context.invoked_subcommand:
        return
    from kb.statistics.export import overview_records
    from kb.statistics.overview import overview
    from kb.statistics.rollups import roll_up

    with open_context() as opened:
        roll_up(opened.engine, opened.clock)
        wanted = requested(opened.settings, period, lang, category, channel, window)
        found = overview(opened.engine, *wanted)
    if as_json:
        answer = {
            "period": {"first": found.period.first.isoformat(), "last": found.period.last.isoformat()},
            "window": found.window.value,
            "filters": {"lang": lang, "category": category, "channel": channel},
            "figures": overview_records(found, opened.clock.now()),
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print(found)


@stats.command("rollup")
def rollup() -> None:
    """Bring the daily figures up to date with the event log."""
    from kb.statistics.rollups import roll_up

    started = time.perf_counter()
    with open_context() as opened:
        report = roll_up(opened.engine, opened.clock)
    if report is None:
        click.echo("Another process is rolling up; nothing was done.")
        return
    click.echo(
        f"{report.events} new events, {report.visitors} visitors, {report.days} days, "
        f"{time.perf_counter() - started:.1f} s."
    )


@stats.command("prune")
def prune_command() -> None:
    """Remove raw events older than the setting retention_days; the daily figures stay.

    What deleted rows left in the database's file is overwritten, whatever its size: others wait meanwhile, about 2 s
    for 100 MB. A running server does all of this once a day, for files up to 96 MB.
    """
    from kb.statistics.retention import prune, tend_copies, terms_of

    with open_context() as opened:
        terms = terms_of(opened.settings)
        report = prune(opened.engine, opened.clock, retention_days=terms.raw_days, k=terms.k, largest=None)
        tend_copies(opened.engine, opened.clock, terms)
    if report is None:
        click.echo("Another process is rolling up; nothing was done.")
        return
    click.echo(f"Removed {report.events} events; {report.votes} votes became totals; {report.salts} salts destroyed.")


def requested(
    settings: Settings,
    period: str,
    lang: Language | None,
    category: str | None,
    channel: str | None,
    window: str | None,
) -> tuple[Any, Any, Any]:
    """Return period, window and filters from the options of `period_options`.

    Raises:
        UserError: The period cannot be read.
    """
    from kb.events import Channel
    from kb.statistics.filters import FigureFilters
    from kb.statistics.periods import Window, parse_period

    filters = FigureFilters(
        lang=lang,
        category=category,
        channel=Channel(channel) if channel else None,
    )
    chosen = Window(window) if window else Window.of_hours(settings.deflection_window_hours)
    return parse_period(period, SystemClock().now().date()), chosen, filters


def _print(found: Overview) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{found.period}, contacts within {found.window.value}", title_justify="left")
    for heading in ("Figure", "Value", "95 % interval", "Of", "Note"):
        table.add_column(heading, justify="left" if heading in {"Figure", "Note"} else "right")
    now = SystemClock().now()
    for figure in found.figures:
        is_open = figure.closes is not None and now < figure.closes
        notes = [text for text in ("open" if is_open else "", figure.note) if text]
        table.add_row(figure.metric.title, _value(figure), _interval(figure), _counts(figure), "; ".join(notes))
    Console(width=None if Console().is_terminal else 140).print(table)


def _value(figure: Figure) -> str:
    from kb.statistics.catalogue import Unit

    if figure.value is None:
        return "—" if figure.interval is None else "range"
    return f"{figure.value:.2f}" if figure.metric.unit is Unit.MEAN else f"{figure.value:.1%}"


def _interval(figure: Figure) -> str:
    return f"{figure.interval.low:.1%} to {figure.interval.high:.1%}" if figure.interval else ""


def _counts(figure: Figure) -> str:
    return f"{figure.numerator:g} / {figure.denominator}"
